# SPDX-License-Identifier: Apache-2.0
"""What stands in a street: seeds -> camera, light and primitives, all as batched tensors.

World: x right, y up, z along the street, metres; the ground is y = 0. A primitive is a box, an
ellipsoid, an upright cylinder ("column") or a cylinder along its x axis ("axle"), turned about the
vertical by a yaw. Slots are fixed: slot number -> kind, class and material never change, so that
rendering is the same tensor program for every scene; an unused slot is buried below the ground.
"""

from collections import namedtuple

import torch

from models.training.hash_rng import uniform

CLASSES = ("flat", "construction", "object", "nature", "sky", "human", "vehicle")
FLAT, CONSTRUCTION, OBJECT, NATURE, SKY, HUMAN, VEHICLE = range(7)
KINDS = ("box", "axle", "ellipsoid", "column")
MATERIALS = ("facade", "wall", "leaf", "paint", "glass", "tyre", "sign", "metal", "cloth", "skin",
             "bark")

# (name, kind, class, material, count); a group's slots follow each other. Counts are chosen so that
# every kind has a multiple of scene_raycast.CHUNK slots.
GROUPS = (
    ("building", "box", CONSTRUCTION, "facade", 15), ("wall", "box", CONSTRUCTION, "wall", 3),
    ("hedge", "box", NATURE, "leaf", 2), ("body", "box", VEHICLE, "paint", 6),
    ("cabin", "box", VEHICLE, "glass", 6), ("sign", "box", OBJECT, "sign", 6),
    ("cabinet", "box", OBJECT, "metal", 2),
    ("wheel", "axle", VEHICLE, "tyre", 12),
    ("torso", "ellipsoid", HUMAN, "cloth", 6), ("face", "ellipsoid", HUMAN, "skin", 6),
    ("crown", "ellipsoid", NATURE, "leaf", 12), ("bush", "ellipsoid", NATURE, "leaf", 4),
    ("grove", "ellipsoid", NATURE, "leaf", 4),
    ("legs", "column", HUMAN, "cloth", 6), ("trunk", "column", NATURE, "bark", 6),
    ("pole", "column", OBJECT, "metal", 6), ("bin", "column", OBJECT, "metal", 3),
    ("bollard", "column", OBJECT, "sign", 3),
)
SLOTS = sum(group[4] for group in GROUPS)

# Columns of the primitive tensor [B, SLOTS, 12].
CX, CY, CZ, HX, HY, HZ, COS, SIN, RED, GREEN, BLUE, TEXTURE = range(12)

Scene = namedtuple("Scene", "seeds camera street light prims")


def slot_table(pick):
    """Per-slot Python list of group[pick]."""
    return [group[pick] for group in GROUPS for _ in range(group[4])]


class Draw:
    """Uniform draws by name: each call takes the next stream, so the order of calls is the format."""

    def __init__(self, seeds):
        self.seeds, self.stream = seeds, 0

    def __call__(self, count, low=0.0, high=1.0):
        self.stream += 1
        return low + (high - low) * uniform(self.seeds, self.stream, count)

    def chance(self, count, probability):
        return self(count) < probability


def group_tensor(draw, x, y, z, half, yaw, colour, active):
    """Joins one group's columns; x, y, z, yaw [B, n]; half, colour triples of [B, n]."""
    y = torch.where(active, y, torch.full_like(y, -1000.0))
    texture = draw(x.shape[1])
    columns = [x, y, z, *half, torch.cos(yaw), torch.sin(yaw), *colour, texture]
    return torch.stack([c.expand_as(x) for c in columns], -1)


def palette(draw, count, saturation, low=0.15, high=0.9):
    """Random colours around a random grey."""
    grey = draw(count, low, high)
    return [torch.clamp(grey + saturation * draw(count, -1, 1), 0.03, 0.97) for _ in range(3)]


def side_of(draw, count):
    return torch.where(draw.chance(count, 0.5), 1.0, -1.0)


def street_and_camera(draw):
    road, pavement = draw(1, 3.5, 7.5), draw(1, 1.5, 4.0)
    street = {"road": road, "pavement": pavement, "lane": draw(1, 2.6, 3.6),
              "grass": draw.chance(2, 0.4), "crossing": draw(1, 4, 40),
              "has_crossing": draw.chance(1, 0.35), "grey": draw(1, 0.18, 0.45),
              "slab": draw(1, 0.35, 0.7), "built": draw.chance(2, 0.78)}
    camera = {"x": draw(1, -0.7, 0.7) * road, "y": draw(1, 1.3, 2.5), "yaw": draw(1, -0.25, 0.25),
              "pitch": draw(1, -0.10, 0.07), "roll": draw(1, -0.03, 0.03),
              "focal": draw(1, 0.60, 0.95)}
    return street, camera


def light_of(draw):
    height, around = draw(1, 0.35, 1.2), draw(1, -3.14, 3.14)
    sun = torch.cat([torch.cos(height) * torch.sin(around), torch.sin(height),
                     torch.cos(height) * torch.cos(around)], 1)
    return {"sun": sun, "direct": draw(1, 0.2, 1.0), "ambient": draw(1, 0.35, 0.65),
            "fog": draw(1) ** 3 * 0.03, "cloud": draw(1, 0, 1), "exposure": draw(1, 0.7, 1.35),
            "noise": draw(1, 0.004, 0.035), "warm": draw(3, -0.08, 0.08),
            "zenith": torch.cat([draw(1, 0.15, 0.5), draw(1, 0.35, 0.6), draw(1, 0.6, 0.95)], 1),
            "haze": draw(1, 0.65, 0.95)}


def buildings(draw, street):
    def row(side, n):
        length = draw(n, 6, 20)
        gap = torch.where(draw.chance(n, 0.3), draw(n, 2, 12), torch.zeros_like(length))
        end = torch.cumsum(length + gap, 1) + draw(1, -14, 0)
        deep = draw(n, 3, 7)
        x = side * (street["road"] + street["pavement"] + draw(n, 0, 4) + draw(1, 0, 5) + deep)
        high = draw(n, 1.8, 7) + draw(n) ** 3 * 7
        built = street["built"][:, (0 if side < 0 else 1):][:, :1]
        return (x, high, end - length / 2, (deep, high, length / 2), x * 0,
                palette(draw, n, 0.14), built & draw.chance(n, 0.92))
    far = draw(1, 70, 130)
    height = draw(1, 3, 11)
    end = (draw(1, -8, 8), height, far, (draw(1, 8, 30), height, draw(1, 4, 8)), far * 0,
           palette(draw, 1, 0.12), draw.chance(1, 0.55))
    return torch.cat([group_tensor(draw, *item) for item in (row(-1, 7), row(1, 7), end)], 1)


def low_walls(draw, street):
    edge = street["road"] + street["pavement"]
    def strip(n, colour, probability, height):
        x = side_of(draw, n) * (edge + draw(n, 0.4, 3))
        half = (draw(n, 0.12, 0.4), draw(n, *height), draw(n, 3, 14))
        return group_tensor(draw, x, half[1], draw(n, 6, 45), half, x * 0, colour,
                            draw.chance(n, probability))
    green = [draw(2, 0.08, 0.25), draw(2, 0.2, 0.45), draw(2, 0.05, 0.2)]
    return [strip(3, palette(draw, 3, 0.1), 0.5, (0.4, 1.1)), strip(2, green, 0.6, (0.4, 0.9))]


def vehicles(draw, street, camera):
    n = 6
    index = torch.arange(n, device=street["road"].device, dtype=torch.float32)
    parked = draw.chance(n, 0.45)
    lane = street["road"] * torch.where(parked, torch.ones_like(index), draw(n, 0.2, 0.65))
    x = side_of(draw, n) * (lane - torch.where(parked, 1.2, 0.0))
    z = 5.5 + index * 6.0 + draw(n, 0, 4.5)
    z = torch.where(((x - camera["x"]).abs() < 2.4) & (z < 9), z + 5, z)
    form = draw(n)
    car, bus = form < 0.7, form > 0.87
    pick = lambda a, b, c: torch.where(car, a, torch.where(bus, c, b))
    long, wide = pick(draw(n, 1.9, 2.3), draw(n, 2.2, 2.7), draw(n, 3.2, 5)), draw(n, 0.82, 1.0)
    wide = torch.where(bus, wide * 1.3, wide)
    body = pick(draw(n, 0.36, 0.46), draw(n, 0.65, 0.9), draw(n, 1.0, 1.4))
    clear, top = draw(n, 0.22, 0.38), pick(draw(n, 0.26, 0.34), draw(n, 0.1, 0.2), draw(n, 0.1, 0.3))
    turned = torch.where(draw.chance(n, 0.12), 1.57, 0.0) * (1 - parked.float())
    yaw, active = turned + draw(n, -0.08, 0.08), draw.chance(n, 0.8)
    shift = pick(draw(n, -0.4, 0.1), draw(n, -0.2, 0.2), draw(n, -0.1, 0.1))
    boxes = [group_tensor(draw, x, clear + body, z, (wide, body, long), yaw,
                          palette(draw, n, 0.35, 0.1, 0.85), active),
             group_tensor(draw, x + shift * torch.sin(yaw), clear + 2 * body + top,
                          z + shift * torch.cos(yaw), (wide * 0.88, top, long * pick(
                              draw(n, 0.45, 0.62), draw(n, 0.85, 0.95), draw(n, 0.9, 0.98))), yaw,
                          palette(draw, n, 0.05, 0.1, 0.3), active)]
    wheels = []
    for sign in (-0.62, 0.62):
        radius = draw(n, 0.3, 0.4)
        wheels.append(group_tensor(draw, x + sign * long * torch.sin(yaw), radius,
                                   z + sign * long * torch.cos(yaw),
                                   (wide * 1.03, radius, radius), yaw,
                                   palette(draw, n, 0.02, 0.05, 0.15), active))
    return boxes, wheels


def people(draw, street):
    n = 6
    index = torch.arange(n, device=street["road"].device, dtype=torch.float32)
    walking = side_of(draw, n) * (street["road"] + street["pavement"] * draw(n, 0.05, 0.9))
    x = torch.where(draw.chance(n, 0.68), walking, street["road"] * draw(n, -0.9, 0.9))
    z, size = 4.5 + index * 3.6 + draw(n, 0, 4), draw(n, 0.82, 1.15)
    yaw, active = draw(n, -1.5, 1.5), draw.chance(n, 0.78)
    wide = draw(n, 0.27, 0.36)
    torso = group_tensor(draw, x, 1.13 * size, z, (wide * size, 0.42 * size, 0.22 * size), yaw,
                         palette(draw, n, 0.35, 0.1, 0.85), active)
    tone = draw(n, 0.3, 0.85)
    face = group_tensor(draw, x, 1.63 * size, z, (0.15 * size, 0.18 * size, 0.16 * size), yaw,
                        [tone, tone * 0.76, tone * 0.6], active)
    legs = group_tensor(draw, x, 0.42 * size, z, (0.21 * size, 0.42 * size, 0.17 * size), yaw,
                        palette(draw, n, 0.15, 0.08, 0.5), active)
    return torso, face, legs


def trees(draw, street):
    n = 6
    index = torch.arange(n, device=street["road"].device, dtype=torch.float32)
    x = side_of(draw, n) * (street["road"] + street["pavement"] * 0.5 + draw(n, 0, 5))
    z, active = 6 + index * 6.5 + draw(n, 0, 6), draw.chance(n, 0.7)
    height, size = draw(n, 1.3, 2.6), draw(n, 1.1, 2.4)
    tone = [draw(n, 0.06, 0.4), draw(n, 0.22, 0.5), draw(n, 0.04, 0.2)]
    girth = draw(n, 0.16, 0.32)
    trunk = group_tensor(draw, x, height, z, (girth, height, girth), x * 0,
                         [draw(n, 0.2, 0.4), draw(n, 0.15, 0.3), draw(n, 0.1, 0.2)], active)
    crowns = []
    for lift in (0.0, 0.8):
        spread = size * draw(n, 0.7, 1.1)
        crowns.append(group_tensor(
            draw, x + draw(n, -0.5, 0.5), 2 * height + size * (0.5 + lift), z + draw(n, -0.5, 0.5),
            (spread, size * draw(n, 0.7, 1.1), spread), x * 0, tone, active))
    return trunk, crowns


def shrubs(draw, street):
    edge, out = street["road"] + street["pavement"], []
    for n, reach, far, size, chance in ((4, 3.0, 30.0, (0.5, 1.2), 0.6),
                                        (4, 30.0, 110.0, (5.0, 10.0), 0.55)):
        radius = draw(n, *size)
        x = side_of(draw, n) * (edge + radius + draw(n, 0, reach))
        tone = [draw(n, 0.08, 0.35), draw(n, 0.22, 0.5), draw(n, 0.06, 0.25)]
        out.append(group_tensor(draw, x, radius * 0.6, draw(n, far * 0.2, far),
                                (radius, radius, radius), x * 0, tone, draw.chance(n, chance)))
    return out


def furniture(draw, street):
    """Poles with signs, cabinets, bins and bollards along the kerb."""
    n = 6
    index = torch.arange(n, device=street["road"].device, dtype=torch.float32)
    kerb = street["road"] + 0.4
    x = side_of(draw, n) * (kerb + draw(n, 0, 0.8))
    z, active = 5 + index * 4.5 + draw(n, 0, 4), draw.chance(n, 0.8)
    girth, height = draw(n, 0.13, 0.26), draw(n, 1.3, 3.4)
    pole = group_tensor(draw, x, height, z, (girth, height, girth), x * 0,
                        palette(draw, n, 0.06, 0.15, 0.7), active)
    wide, tall = draw(n, 0.35, 0.75), draw(n, 0.35, 0.75)
    sign = group_tensor(draw, x, 2 * height - tall * draw(n, 0, 1), z - girth - 0.05,
                        (wide, tall, draw(n, 0.04, 0.3)), draw(n, -0.3, 0.3),
                        palette(draw, n, 0.5, 0.2, 0.8), active & draw.chance(n, 0.75))
    def item(n, half, colour, chance):
        x = side_of(draw, n) * (kerb + draw(n, 0.1, 1.5))
        return group_tensor(draw, x, half[1], draw(n, 4.5, 22), half, draw(n, -0.4, 0.4), colour,
                            draw.chance(n, chance))
    cabinet = item(2, (draw(2, 0.4, 0.9), draw(2, 0.5, 1.1), draw(2, 0.25, 0.6)),
                   palette(draw, 2, 0.12, 0.2, 0.7), 0.5)
    girth = draw(3, 0.28, 0.48)
    bins = item(3, (girth, draw(3, 0.45, 0.7), girth), palette(draw, 3, 0.3, 0.15, 0.6), 0.65)
    girth = draw(3, 0.13, 0.22)
    bollard = item(3, (girth, draw(3, 0.4, 0.6), girth), palette(draw, 3, 0.5, 0.2, 0.8), 0.6)
    return pole, sign, cabinet, bins, bollard


def build(seeds):
    """[B] int64 seeds -> Scene."""
    draw = Draw(seeds)
    street, camera = street_and_camera(draw)
    light = light_of(draw)
    house = buildings(draw, street)
    walls, hedges = low_walls(draw, street)
    (body, cabin), wheels = vehicles(draw, street, camera)
    torso, face, legs = people(draw, street)
    trunk, crowns = trees(draw, street)
    bush, grove = shrubs(draw, street)
    pole, sign, cabinet, bins, bollard = furniture(draw, street)
    prims = torch.cat([house, walls, hedges, body, cabin, sign, cabinet, *wheels, torso, face,
                       *crowns, bush, grove, legs, trunk, pole, bins, bollard], 1)
    assert prims.shape[1] == SLOTS
    return Scene(seeds, camera, street, light, prims)
