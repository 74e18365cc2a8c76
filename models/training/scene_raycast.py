# SPDX-License-Identifier: Apache-2.0
"""Rays against primitives: which primitive a pixel sees (z-buffer) and what lies in shadow.

Ray directions have camera-space z = 1, so the ray parameter t is the depth along the optical axis.
Pixel maps are [B, H, W]; all loops run over primitives, never over pixels or images.
"""

import torch

from models.training import scene_layout as L

CHUNK = 4
FAR = 1.0e6
GROUND, SKY_ID = L.SLOTS, L.SLOTS + 1
RAGGED = 0.22  # outline roughness of leaves, as a fraction of their radius


def camera_rays(camera, height, width):
    """Returns origin (three [B,1,1]) and direction (three [B,H,W])."""
    device = camera["x"].device
    v = torch.arange(height, device=device, dtype=torch.float32) + 0.5 - height / 2
    u = torch.arange(width, device=device, dtype=torch.float32) + 0.5 - width / 2
    focal = (camera["focal"] * width)[:, :, None]
    x, y = u[None, None, :] / focal, -v[None, :, None] / focal
    roll, pitch, yaw = (camera[k][:, :, None] for k in ("roll", "pitch", "yaw"))
    x, y = x * torch.cos(roll) - y * torch.sin(roll), x * torch.sin(roll) + y * torch.cos(roll)
    z = torch.cos(pitch) - y * torch.sin(pitch)
    y = y * torch.cos(pitch) + torch.sin(pitch)
    dx, dz = x * torch.cos(yaw) + z * torch.sin(yaw), z * torch.cos(yaw) - x * torch.sin(yaw)
    zero = camera["x"][:, :, None] * 0
    return (camera["x"][:, :, None], camera["y"][:, :, None], zero), (dx, y.expand_as(dx), dz)


def localise(origin, direction, prim):
    """Ray in the primitive's frame, scaled to half sizes of one. prim [B, 12]."""
    p = [prim[:, k, None, None] for k in range(L.SIN + 1)]
    ox, oy, oz = origin[0] - p[L.CX], origin[1] - p[L.CY], origin[2] - p[L.CZ]
    dx, dy, dz = direction
    cos, sin = p[L.COS], p[L.SIN]
    o = ((cos * ox - sin * oz) / p[L.HX], oy / p[L.HY], (sin * ox + cos * oz) / p[L.HZ])
    d = ((cos * dx - sin * dz) / p[L.HX], dy / p[L.HY], (sin * dx + cos * dz) / p[L.HZ])
    return o, d


def slab(o, d):
    """Interval in which |o + t d| <= 1."""
    d = torch.where(d.abs() < 1e-7, torch.full_like(d, 1e-7), d)
    a, b = (-1 - o) / d, (1 - o) / d
    return torch.minimum(a, b), torch.maximum(a, b)


def quadric(pairs, radius2):
    """Interval inside the sphere (3 pairs) or cylinder (2 pairs) of squared radius radius2."""
    a = sum(d * d for _, d in pairs)
    b = sum(o * d for o, d in pairs)
    c = sum(o * o for o, _ in pairs) - radius2
    a = torch.clamp(a, min=1e-12)
    disc = b * b - a * c
    root = torch.sqrt(torch.clamp(disc, min=0))
    low, high = (-b - root) / a, (-b + root) / a
    miss = disc <= 0
    return torch.where(miss, torch.full_like(low, FAR), low), torch.where(
        miss, torch.full_like(high, -FAR), high)


def interval(kind, o, d, radius2):
    """(enter, leave) of a ray; no hit where enter >= leave."""
    if kind == "ellipsoid":
        return quadric([(o[k], d[k]) for k in range(3)], radius2)
    if kind == "box":
        bounds = [slab(o[k], d[k]) for k in range(3)]
    elif kind == "column":
        bounds = [slab(o[1], d[1]), quadric([(o[0], d[0]), (o[2], d[2])], 1.0)]
    else:
        bounds = [slab(o[0], d[0]), quadric([(o[1], d[1]), (o[2], d[2])], 1.0)]
    low, high = bounds[0]
    for a, b in bounds[1:]:
        low, high = torch.maximum(low, a), torch.minimum(high, b)
    return low, high


def nearest_chunk(kind, best, which, origin, direction, ragged, prims, first):
    """Updates the z-buffer (best t, slot) with prims [B, C, 12] of one kind; first: slot tensor."""
    for k in range(prims.shape[1]):
        o, d = localise(origin, direction, prims[:, k])
        low, high = interval(kind, o, d, ragged)
        closer = (low < high) & (low > 0.05) & (low < best)
        best = torch.where(closer, low, best)
        which = torch.where(closer, first + k, which)
    return best, which


def shadow_chunk(kind, lit, origin, direction, prims):
    for k in range(prims.shape[1]):
        o, d = localise(origin, direction, prims[:, k])
        low, high = interval(kind, o, d, 1.0)
        lit = lit & ~((low < high) & (high > 0.0))
    return lit


def chunks():
    """(kind, first slot, end slot): at most CHUNK slots of one kind at a time."""
    kinds, leaf = L.slot_table(1), [material == "leaf" for material in L.slot_table(3)]
    start = 0
    while start < L.SLOTS:
        end = start
        while (end < L.SLOTS and end - start < CHUNK and kinds[end] == kinds[start]
               and (kinds[end] != "ellipsoid" or leaf[end] == leaf[start])):
            end += 1
        yield kinds[start], start, end
        start = end


def trace(scene, origin, direction, ragged, step=nearest_chunk):
    """z-buffer of a scene: (t, id) maps; id is a slot, GROUND or SKY_ID."""
    down = direction[1] < -1e-6
    ground = torch.where(down, -origin[1] / torch.where(down, direction[1], -1.0), FAR)
    sees_ground = ground < 400.0
    best = torch.where(sees_ground, ground, FAR)
    which = torch.where(sees_ground, GROUND, SKY_ID).to(torch.int64)
    smooth, materials = torch.ones_like(ragged[:, :1, :1]), L.slot_table(3)
    for kind, start, end in chunks():
        first = torch.tensor(start, device=which.device)
        rough = ragged if materials[start] == "leaf" else smooth
        best, which = step(kind, best, which, origin, direction, rough,
                           scene.prims[:, start:end], first)
    return best, which


def sunlit(scene, point, step=shadow_chunk):
    """Boolean map: does the sun reach the point (three [B,H,W])?"""
    sun = [scene.light["sun"][:, k, None, None] for k in range(3)]
    lit = torch.ones_like(point[0], dtype=torch.bool)
    for kind, start, end in chunks():
        lit = step(kind, lit, point, sun, scene.prims[:, start:end])
    return lit
