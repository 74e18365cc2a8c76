# SPDX-License-Identifier: Apache-2.0
"""A second, different renderer: street views painted from far to near with flat polygons, in numpy alone.

What for: to see how a model trained on scenes.py does on pictures that come from somewhere else. It shares the class
numbers and the meaning of depth with scenes.py and nothing else: other camera (wider, higher, no roll), other
shapes (polygonal cars, cone trees, gabled houses, people of a few polygons), flat colours with hatching instead
of textures and light, other palette. `render(number)` is a pure function of the number.
"""

import numpy as np

HEIGHT, WIDTH = 128, 256
FLAT, CONSTRUCTION, OBJECT, NATURE, SKY, HUMAN, VEHICLE = range(7)
NEAR_METRES = 4.0  # inverse depth 1.0, as in scenes.py


class Canvas:
    """Colour, label and distance per pixel; polygons overwrite what is there."""

    def __init__(self, rng):
        self.rng = rng
        self.focal, self.horizon = WIDTH * rng.uniform(0.52, 0.6), HEIGHT * rng.uniform(0.4, 0.5)
        self.eye = rng.uniform(1.5, 2.1)
        self.v, self.u = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64) + 0.5
        self.colour = np.zeros((HEIGHT, WIDTH, 3))
        self.label = np.full((HEIGHT, WIDTH), SKY, np.uint8)
        self.distance = np.full((HEIGHT, WIDTH), np.inf)

    def project(self, x, y, z):
        return WIDTH / 2 + self.focal * x / z, self.horizon + self.focal * (self.eye - y) / z

    def inside(self, points):
        """Mask of a convex polygon given in pixels, either orientation."""
        mask, sign = np.ones((HEIGHT, WIDTH), bool), None
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1]))
        sign = 1.0 if area > 0 else -1.0
        for (u0, v0), (u1, v1) in zip(points, points[1:] + points[:1]):
            mask &= sign * ((u1 - u0) * (self.v - v0) - (v1 - v0) * (self.u - u0)) >= 0
        return mask

    def paint(self, mask, label, colour, distance):
        self.label[mask] = label
        self.colour[mask] = colour if np.ndim(colour) == 1 else colour[mask]
        self.distance[mask] = distance if np.ndim(distance) == 0 else distance[mask]

    def upright(self, corners, z, label, colour):
        """A polygon facing the camera at distance z; corners (x, y) in metres. Returns its mask."""
        mask = self.inside([self.project(x, y, z) for x, y in corners])
        self.paint(mask, label, colour, z)
        return mask

    def hatch(self, mask, pitch, slope, gain):
        stripes = mask & (np.mod(self.u + slope * self.v, pitch) < pitch / 2)
        self.colour[stripes] *= gain


def backdrop(canvas):
    """Sky in bands and ground with a road whose edges run to the vanishing point."""
    rng = canvas.rng
    top, low = rng.uniform(0.2, 0.7, 3), rng.uniform(0.6, 1.0, 3)
    band = np.floor(np.clip(canvas.v / canvas.horizon, 0, 1) * 6) / 6
    canvas.colour[:] = top + (low - top) * band[..., None]
    below = canvas.v > canvas.horizon + 0.5
    z = canvas.focal * canvas.eye / np.maximum(canvas.v - canvas.horizon, 0.5)
    x = (canvas.u - WIDTH / 2) * z / canvas.focal
    half = rng.uniform(4.0, 7.0)
    road, walk, lawn = (rng.uniform(0.3, 0.5) * np.array([1, 1, 1.05]), rng.uniform(0.55, 0.8) * np.ones(3),
                        np.array([0.35, 0.55, 0.2]) * rng.uniform(0.7, 1.1))
    canvas.paint(below, FLAT, road, z)
    canvas.paint(below & (np.abs(x) > half), FLAT, walk, z)
    canvas.paint(below & (np.abs(x) > half + rng.uniform(2, 4)), NATURE, lawn, z)
    canvas.paint(below & (np.abs(x) < 0.12) & (np.mod(z, 8) < 4), FLAT, np.array([0.95, 0.9, 0.6]), z)
    return half


def side_wall(canvas, side, x, z0, z1, height):
    """The long wall of a house along the street, with a row of windows; receding, so depth varies per pixel."""
    rng = canvas.rng
    near, far = max(z0, 1.0), z1
    points = [canvas.project(x, 0, near), canvas.project(x, 0, far), canvas.project(x, height, far),
              canvas.project(x, height, near)]
    mask = canvas.inside(points)
    z = canvas.focal * x / np.where(np.abs(canvas.u - WIDTH / 2) < 0.5, 0.5 * side, canvas.u - WIDTH / 2)
    y = canvas.eye - (canvas.v - canvas.horizon) * z / canvas.focal
    tone = rng.uniform(0.35, 0.85, 3)
    canvas.paint(mask, CONSTRUCTION, tone, np.clip(z, near, far))
    window = mask & (np.mod(z, 3.0) < 1.4) & (np.mod(y, 3.0) > 1.0) & (np.mod(y, 3.0) < 2.3)
    canvas.colour[window] = rng.uniform(0.1, 0.4, 3)


def house(canvas, half):
    rng = canvas.rng
    side, near = rng.choice([-1, 1]), rng.uniform(6, 45)
    x, width = side * (half + rng.uniform(3, 7)), rng.uniform(6, 12)
    height, length = rng.uniform(4, 11), rng.uniform(6, 14)
    tone, outer = rng.uniform(0.35, 0.85, 3), x + side * width

    def draw():
        side_wall(canvas, side, x, near, near + length, height)
        canvas.upright([(x, 0), (outer, 0), (outer, height), (x, height)], near, CONSTRUCTION, tone)
        for row in np.arange(1.0, height - 1.2, 2.8):
            for column in np.arange(1.0, width - 1.2, 2.4):
                left = x + side * column
                canvas.upright([(left, row), (left + side * 1.1, row), (left + side * 1.1, row + 1.3),
                                (left, row + 1.3)],
                               near, CONSTRUCTION, np.array([0.15, 0.2, 0.3]))
        gable = canvas.upright([(x, height), (outer, height), ((x + outer) / 2, height + width * 0.35)], near,
                               CONSTRUCTION,
                               rng.uniform(0.2, 0.6, 3) * np.array([1.2, 0.8, 0.7]))
        canvas.hatch(gable, 4, 0, 0.8)
    return near, draw


def cone_tree(canvas, half):
    rng = canvas.rng
    z, x = rng.uniform(7, 40), rng.choice([-1, 1]) * (half + rng.uniform(1.0, 6))
    wide, high, green = rng.uniform(1.0, 2.0), rng.uniform(3.5, 7), np.array([0.1, 0.4, 0.15]) * rng.uniform(0.7, 1.4)

    def draw():
        canvas.upright([(x - 0.2, 0), (x + 0.2, 0), (x + 0.2, 1.2), (x - 0.2, 1.2)], z, NATURE,
                       np.array([0.35, 0.22, 0.1]))
        for layer in range(3):
            base, size = 0.9 + layer * high * 0.25, wide * (1 - 0.25 * layer)
            part = canvas.upright([(x - size, base), (x + size, base), (x, base + high * 0.5)], z, NATURE,
                                  green * (1 + 0.12 * layer))
            canvas.hatch(part, 3, 1, 0.85)
    return z, draw


def car(canvas, half):
    rng = canvas.rng
    z, x = rng.uniform(7, 35), rng.uniform(-1, 1) * (half - 1.5)
    paint, w = rng.uniform(0.1, 0.95, 3), rng.uniform(0.85, 1.1)
    tall = rng.choice([1.0, 1.0, 1.7])

    def draw():
        for side in (-1, 1):
            canvas.upright([(x + side * w * 0.9, 0), (x + side * w * 0.5, 0), (x + side * w * 0.5, 0.5),
                            (x + side * w * 0.9, 0.5)],
                           z, VEHICLE, np.array([0.08, 0.08, 0.08]))
        canvas.upright([(x - w, 0.3), (x + w, 0.3), (x + w, 0.95 * tall), (x - w, 0.95 * tall)], z, VEHICLE, paint)
        canvas.upright([(x - w * 0.9, 0.95 * tall), (x + w * 0.9, 0.95 * tall), (x + w * 0.65, 1.5 * tall),
                        (x - w * 0.65, 1.5 * tall)],
                       z, VEHICLE, paint * 0.8)
        canvas.upright([(x - w * 0.75, 1.0 * tall), (x + w * 0.75, 1.0 * tall), (x + w * 0.58, 1.42 * tall),
                        (x - w * 0.58, 1.42 * tall)],
                       z, VEHICLE, np.array([0.5, 0.65, 0.75]))
        for side in (-1, 1):
            canvas.upright([(x + side * w * 0.95, 0.6), (x + side * w * 0.7, 0.6), (x + side * w * 0.7, 0.8),
                            (x + side * w * 0.95, 0.8)],
                           z, VEHICLE, np.array([0.9, 0.2, 0.15]))
    return z, draw


def person(canvas, half):
    rng = canvas.rng
    z, x = rng.uniform(5, 18), rng.choice([-1, 1]) * (half + rng.uniform(-0.8, 1.5))
    coat, trousers, s = rng.uniform(0.1, 0.9, 3), rng.uniform(0.1, 0.5, 3), rng.uniform(0.9, 1.1)

    def draw():
        for side in (-1, 1):
            canvas.upright([(x + side * 0.05, 0), (x + side * 0.22, 0), (x + side * 0.18, 0.85 * s),
                            (x + side * 0.02, 0.85 * s)], z, HUMAN, trousers)
        canvas.upright([(x - 0.24, 0.8 * s), (x + 0.24, 0.8 * s), (x + 0.3, 1.45 * s), (x - 0.3, 1.45 * s)], z, HUMAN,
                       coat)
        angle = np.linspace(0, 2 * np.pi, 8, endpoint=False)
        canvas.upright([(x + 0.15 * np.cos(a), 1.63 * s + 0.18 * np.sin(a)) for a in angle], z, HUMAN,
                       np.array([0.8, 0.6, 0.5]))
    return z, draw


def signpost(canvas, half):
    rng = canvas.rng
    z, x, high = rng.uniform(5, 22), rng.choice([-1, 1]) * (half + rng.uniform(0.2, 1.0)), rng.uniform(2.2, 4.5)
    face = rng.choice([0, 1])

    def draw():
        canvas.upright([(x - 0.12, 0), (x + 0.12, 0), (x + 0.12, high), (x - 0.12, high)], z, OBJECT,
                       np.array([0.45, 0.45, 0.5]))
        corners = 3 if face else 8
        angle = np.linspace(0, 2 * np.pi, corners, endpoint=False) + np.pi / 2
        canvas.upright([(x + 0.55 * np.cos(a), high + 0.55 * np.sin(a)) for a in angle], z, OBJECT,
                       np.array([0.85, 0.15, 0.15]))
        canvas.upright([(x + 0.35 * np.cos(a), high + 0.35 * np.sin(a)) for a in angle], z, OBJECT,
                       np.array([0.95, 0.95, 0.9]))
    return z, draw


def render(number):
    """Scene number -> (uint8 [H, W, 3], uint8 labels [H, W], float32 inverse depth [H, W], 0 in the sky)."""
    rng = np.random.default_rng([20261122, number])
    canvas = Canvas(rng)
    half = backdrop(canvas)
    things = [kind(canvas, half) for kind, count in ((house, 6), (cone_tree, 6), (car, 4), (person, 4), (signpost, 4))
              for _ in range(count)]
    for _, draw in sorted(things, key=lambda thing: -thing[0]):
        draw()
    image = canvas.colour * rng.uniform(0.85, 1.1) + rng.normal(0, 0.015, canvas.colour.shape)
    inverse = np.where(canvas.label == SKY, 0.0, np.minimum(1.0, NEAR_METRES / canvas.distance))
    return (np.clip(np.floor(image * 255 + 0.5), 0, 255).astype(np.uint8), canvas.label.copy(),
            inverse.astype(np.float32))
