# SPDX-License-Identifier: Apache-2.0
"""Colours: surface textures, sun and shadow, sky, fog, exposure and sensor noise.

All maps are [B, H, W]; colours are triples of such maps in linear 0..1 before `expose`.
"""

import torch

from models.training import scene_layout as L
from models.training.hash_rng import MASK, cell_value, pixel_bits, value_noise

EPSILON = 2e-3


def material_map(which, names):
    """Material number of each pixel's slot; ground and sky get len(names), len(names) + 1."""
    table = [names.index(material) for material in L.slot_table(3)] + [len(names), len(names) + 1]
    return torch.tensor(table, device=which.device)[which]


def gather_prims(prims, which):
    """Columns of the primitive each pixel sees: list of 12 maps (slot 0's where none is seen)."""
    batch, height, width = which.shape
    index = torch.where(which < L.SLOTS, which, torch.zeros_like(which)).view(batch, -1, 1)
    picked = torch.gather(prims, 1, index.expand(-1, -1, prims.shape[2]))
    return [picked[:, :, k].view(batch, height, width) for k in range(prims.shape[2])]


def surface(columns, point, is_box):
    """Unit normal (world) and the two texture coordinates in metres of a hit on a primitive."""
    cos, sin = columns[L.COS], columns[L.SIN]
    rx, ry, rz = (point[k] - columns[L.CX + k] for k in range(3))
    local = (cos * rx - sin * rz, ry, sin * rx + cos * rz)
    half = [columns[L.HX + k] for k in range(3)]
    unit = [local[k] / half[k] for k in range(3)]
    size = [u.abs() for u in unit]
    face_x = (size[0] >= size[1]) & (size[0] >= size[2])
    face_y = ~face_x & (size[1] >= size[2])
    zero = torch.zeros_like(rx)
    flat = (torch.where(face_x, torch.sign(unit[0]), zero),
            torch.where(face_y, torch.sign(unit[1]), zero),
            torch.where(face_x | face_y, zero, torch.sign(unit[2])))
    normal = [torch.where(is_box, flat[k], unit[k] / half[k]) for k in range(3)]
    length = torch.sqrt(sum(n * n for n in normal)) + 1e-9
    nx, ny, nz = (n / length for n in normal)
    u = torch.where(is_box & face_x, local[2], local[0])
    v = torch.where(is_box & face_y, local[2], local[1])
    return (cos * nx + sin * nz, ny, cos * nz - sin * nx), u, v, unit


def facade(u, v, height, seed, key):
    """Windows: a grid whose pitch, size, tone and lit cells vary per building. Returns (gain,
    glass, tone): brightness of the wall, window mask, brightness of the pane."""
    pitch_u, pitch_v = 1.8 + 2.4 * seed, 2.6 + 1.2 * ((seed * 7) % 1)
    cu, cv = u / pitch_u, (v + height) / pitch_v
    fu, fv = cu - torch.floor(cu), cv - torch.floor(cv)
    wide, tall = 0.25 + 0.5 * ((seed * 13) % 1), 0.35 + 0.4 * ((seed * 29) % 1)
    glass = ((fu - 0.5).abs() < wide / 2) & ((fv - 0.55).abs() < tall / 2)
    tone = cell_value(torch.floor(cu).long(), torch.floor(cv).long(), key)
    brick = value_noise(u * 3.1, v * 7.7, key) - 0.5
    return 1 + 0.25 * brick, glass, 0.08 + 0.75 * tone * tone


def pattern(material, names, columns, u, v, unit, key):
    """Multiplies the base colour: texture of every material. Returns three maps."""
    is_a = lambda name: material == names.index(name)
    seed = columns[L.TEXTURE]
    grain = value_noise(u * 6.0, v * 6.0, key) - 0.5
    gain, glass, tone = facade(u, v, columns[L.HY], seed, key)
    leaf = 0.55 + 0.9 * value_noise(u * 4.5 + 9 * seed, v * 4.5, key)
    leaf = leaf * (0.7 + 0.6 * value_noise(u * 15, v * 15, key + 1))
    stripes = torch.where(torch.sin(v * (9 + 16 * seed)) > 0.2, 1.0, 0.62)
    cloth = (1 + 0.3 * grain) * torch.where(seed > 0.6, stripes, torch.ones_like(stripes))
    border = (unit[0].abs() > 0.82) | (unit[1].abs() > 0.82)
    inner = torch.sin(u * (6 + 14 * seed)) * torch.sin(v * 9) > 0.35
    sign = torch.where(border, 1.9, torch.where(inner, 0.45, 1.0))
    band = torch.where((unit[1] > -0.75) & (unit[1] < 0.8), 1.0, 2.6)
    paint = torch.where((unit[1] - 0.1).abs() < 0.05, 0.55, 1.0) * (1 + 0.12 * grain)
    factor = 1 + 0.35 * grain
    for name, value in (("facade", gain), ("leaf", leaf), ("cloth", cloth), ("sign", sign),
                        ("paint", paint), ("glass", band)):
        factor = torch.where(is_a(name), value, factor)
    base = [columns[L.RED + k] * factor for k in range(3)]
    pane = is_a("facade") & glass
    return [torch.where(pane, tone * (0.85 + 0.1 * k), base[k]) for k in range(3)]


def ground_colour(scene, x, z, key):
    """Road with markings, kerb, paved or grassy verges."""
    street = {name: value[:, :, None] for name, value in scene.street.items()}
    road, edge = street["road"], street["road"] + street["pavement"]
    side = x.abs()
    grain = value_noise(x * 5, z * 5, key) + 0.5 * value_noise(x * 0.7, z * 0.4, key + 3)
    asphalt = street["grey"] * (0.75 + 0.35 * grain)
    lane = (torch.remainder(x, street["lane"]) - 0.5 * street["lane"]).abs()
    dashes = (lane < 0.09) & (torch.remainder(z, 6.0) < 3.0) & (side < road - 1)
    border = (side - road + 0.35).abs() < 0.08
    zebra = (z - street["crossing"]).abs() < 1.6
    zebra = zebra & (torch.remainder(x, 1.1) < 0.55) & street["has_crossing"]
    asphalt = torch.where((side < road) & (dashes | border | zebra), 0.72 + 0.2 * grain, asphalt)
    joint = (torch.remainder(x, 0.8) < 0.05) | (torch.remainder(z, 0.8) < 0.05)
    slab = street["slab"] * (0.8 + 0.25 * grain) * torch.where(joint, 0.75, 1.0)
    paved = torch.where(side < road, asphalt, torch.where(side < road + 0.2, slab * 1.25, slab))
    left = x < 0
    grass = torch.where(left, scene.street["grass"][:, :1, None], scene.street["grass"][:, 1:, None])
    grass = grass & (side > edge)
    blade = 0.6 + 0.5 * value_noise(x * 9, z * 9, key + 5)
    green = (0.2 + 0.12 * grain, 0.36 + 0.08 * grain, 0.12 + 0.05 * grain)
    tint = (1.0, 0.98, 0.95)
    colour = [torch.where(grass, green[k] * blade, paved * tint[k]) for k in range(3)]
    return colour, grass


def sky_colour(scene, direction, key):
    """Gradient from haze to zenith with clouds on a plane high above."""
    dx, dy, dz = direction
    up = torch.clamp(dy / torch.sqrt(dx * dx + dy * dy + dz * dz), 0.0, 1.0)
    reach = 1.0 / (up + 0.12)
    u, v = dx * reach * 1.3, dz * reach * 1.3
    puff = 0.65 * value_noise(u, v, key + 11) + 0.35 * value_noise(u * 2.7, v * 2.7, key + 12)
    cover = torch.clamp((puff - 0.95 + scene.light["cloud"][:, :, None] * 0.8) * 3, 0, 1)
    blend = torch.clamp(up * 2.2, 0, 1)
    haze = scene.light["haze"][:, :, None]
    colour = []
    for k in range(3):
        clear = haze + (scene.light["zenith"][:, k, None, None] - haze) * blend
        colour.append(clear + (haze * 0.95 - clear) * cover * 0.8)
    return colour


def shade(scene, colour, normal, lit):
    """Sun times shadow plus ambient light that is stronger from above."""
    sun = [scene.light["sun"][:, k, None, None] for k in range(3)]
    facing = torch.clamp(sum(normal[k] * sun[k] for k in range(3)), min=0.0)
    direct = scene.light["direct"][:, :, None] * facing * lit.to(facing.dtype)
    ambient = scene.light["ambient"][:, :, None] * (0.75 + 0.25 * normal[1])
    return [c * (ambient + direct) for c in colour]


def expose(scene, colour, distance, is_sky):
    """Fog, white balance, exposure, gamma, vignette and noise; returns uint8 [B, 3, H, W]."""
    veil = 1 - torch.exp(-scene.light["fog"][:, :, None] * distance)
    veil = torch.where(is_sky, torch.zeros_like(veil), veil)
    haze = scene.light["haze"][:, :, None] * 0.95
    height, width = distance.shape[1:]
    bits = pixel_bits(scene.seeds, height, width)
    v = torch.linspace(-1, 1, height, device=distance.device)[:, None]
    u = torch.linspace(-1, 1, width, device=distance.device)[None, :]
    gain = scene.light["exposure"][:, :, None] * (1 - 0.12 * (u * u + v * v))
    out = []
    for k in range(3):
        value = colour[k] + (haze - colour[k]) * veil
        value = value * gain * (1 + scene.light["warm"][:, k, None, None])
        value = torch.clamp(value, 0.0, 1.0) ** 0.7
        # Two 5-bit fields summed: a triangular distribution, near enough to sensor noise.
        noise = ((bits >> (10 * k)) & 31) + ((bits >> (10 * k + 5)) & 31) - 31
        value = value + scene.light["noise"][:, :, None] * noise.to(value.dtype) * 0.08
        out.append(torch.clamp(torch.floor(value * 255 + 0.5), 0, 255))
    return torch.stack(out, 1).to(torch.uint8)


def texture_key(scene, which):
    """Integer key per pixel so that every object of every scene has its own texture."""
    return (scene.seeds[:, None, None] * 1013 + which * 131) & MASK
