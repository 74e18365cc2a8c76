# SPDX-License-Identifier: Apache-2.0
"""Street scenes from integer seeds: image, class labels and inverse depth, by tensor operations.

`render(seeds)` is a pure function of the seeds; batch size does not matter and CPU and GPU draw the
same scene (single pixels at outlines may differ by float rounding). Training uses seeds
0..2^31-1, validation VALIDATION_SEED + n: the ranges never meet.
"""

import torch

from models.training import scene_layout as L
from models.training import scene_raycast as R
from models.training import scene_shading as S
from models.training.hash_rng import value_noise

HEIGHT, WIDTH = 128, 256
CLASSES = L.CLASSES
COLOURS = ((128, 64, 128), (70, 70, 70), (220, 220, 0), (107, 142, 35), (70, 130, 180),
           (220, 20, 60), (0, 0, 142))
VALIDATION_SEED = 1 << 40
NEAR_METRES = 4.0  # inverse depth 1.0; everything nearer is 1.0 too


def validation_seeds(count, first=0):
    return torch.arange(first, first + count, dtype=torch.int64) + VALIDATION_SEED


def ragged_field(seeds, height, width):
    """Relative squared radius of leafy outlines, per pixel."""
    v = torch.arange(height, device=seeds.device, dtype=torch.float32)[None, :, None]
    u = torch.arange(width, device=seeds.device, dtype=torch.float32)[None, None, :]
    key = (seeds[:, None, None] * 77 + 5) & 0xFFFFFFFF
    field = value_noise(u * 0.16, v * 0.16, key) + 0.6 * value_noise(u * 0.45, v * 0.45, key + 1)
    return (1 + R.RAGGED * (field - 0.8)) ** 2


def paint(scene, origin, direction, depth, which):
    """Colours, before light, with normals and hit points. Returns (colour, normal, point, grass)."""
    which_prim = which < L.SLOTS
    columns = S.gather_prims(scene.prims, which)
    material = S.material_map(which, L.MATERIALS)
    is_box = torch.tensor([kind == "box" for kind in L.slot_table(1)] + [True, True],
                          device=which.device)[which]
    reach = torch.clamp(depth, max=1000.0)
    point = [origin[k] + direction[k] * reach for k in range(3)]
    key = S.texture_key(scene, which)
    normal, u, v, unit = S.surface(columns, point, is_box)
    colour = S.pattern(material, L.MATERIALS, columns, u, v, unit, key)
    ground, grass = S.ground_colour(scene, point[0], point[2], key)
    up = (0.0, 1.0, 0.0)
    normal = [torch.where(which_prim, normal[k], torch.full_like(depth, up[k])) for k in range(3)]
    colour = [torch.where(which_prim, colour[k], ground[k]) for k in range(3)]
    point = [point[k] + S.EPSILON * reach * normal[k] for k in range(3)]
    return colour, normal, point, grass


def compose(scene, direction, colour, normal, lit, depth, which):
    """Light, sky and camera: the final uint8 image."""
    is_sky = which == R.SKY_ID
    shaded = S.shade(scene, colour, normal, lit)
    sky = S.sky_colour(scene, direction, S.texture_key(scene, which * 0))
    shaded = [torch.where(is_sky, sky[k], shaded[k]) for k in range(3)]
    return S.expose(scene, shaded, torch.clamp(depth, max=1000.0), is_sky)


def labels_and_depth(depth, which, grass):
    table = torch.tensor(L.slot_table(2) + [L.FLAT, L.SKY], device=which.device, dtype=torch.uint8)
    labels = table[which]
    labels = torch.where((which == R.GROUND) & grass, torch.full_like(labels, L.NATURE), labels)
    inverse = torch.clamp(NEAR_METRES / torch.clamp(depth, min=1e-3), max=1.0)
    return labels, torch.where(which == R.SKY_ID, torch.zeros_like(inverse), inverse)


class Renderer:
    """Renders batches; `compiled` fuses the loops over primitives (worth it on a GPU only; the texture
    functions take minutes to compile and little time to run, so they stay as they are)."""

    def __init__(self, compiled=False):
        wrap = torch.compile if compiled else (lambda function, **_: function)
        self.build_ = wrap(L.build, dynamic=False)
        self.nearest_ = wrap(R.nearest_chunk, dynamic=False)
        self.shadow_ = wrap(R.shadow_chunk, dynamic=False)
        self.ragged_ = ragged_field
        self.paint_ = paint
        self.compose_ = compose

    @torch.no_grad()
    def __call__(self, seeds, height=HEIGHT, width=WIDTH):
        """[B] int64 seeds -> (uint8 [B,3,H,W], uint8 labels [B,H,W], float32 inverse depth)."""
        scene = self.build_(seeds)
        origin, direction = R.camera_rays(scene.camera, height, width)
        ragged = self.ragged_(seeds, height, width)
        depth, which = R.trace(scene, origin, direction, ragged, self.nearest_)
        colour, normal, point, grass = self.paint_(scene, origin, direction, depth, which)
        lit = R.sunlit(scene, point, self.shadow_)
        image = self.compose_(scene, direction, colour, normal, lit, depth, which)
        labels, inverse = labels_and_depth(depth, which, grass)
        return image, labels, inverse


def render(seeds, device="cpu", batch=16, compiled=False):
    """Renders any number of seeds in batches and returns the joined tensors on `device`."""
    renderer, parts = Renderer(compiled), []
    for start in range(0, len(seeds), batch):
        parts.append(renderer(seeds[start:start + batch].to(device)))
    return tuple(torch.cat(column) for column in zip(*parts))
