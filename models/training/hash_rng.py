# SPDX-License-Identifier: Apache-2.0
"""Counter-based random numbers: the same integers give the same numbers on CPU and GPU.

What for: a scene must be a pure function of its seed, whatever the batch, device or order. A 32-bit
mixer in int64 tensors (every multiplier is below 2^31, so no product overflows int64).
"""

import torch

MASK = 0xFFFFFFFF
PRIME_U, PRIME_V, PRIME_S = 73856093, 19349663, 83492791


def mix(x):
    """Bijective 32-bit mixer on int64 tensors holding values in [0, 2^32)."""
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & MASK
    x = ((x ^ (x >> 15)) * 0x31848BAB) & MASK
    x = ((x ^ (x >> 14)) * 0x2C1B3C6D) & MASK
    return x ^ (x >> 16)


def uniform(seeds, stream, count):
    """[B] int64 seeds -> [B, count] float32 in [0, 1); `stream` separates independent draws."""
    base = mix((seeds & MASK) ^ mix(((seeds >> 32) + 0x9E37 + 7919 * stream) & MASK))
    index = torch.arange(count, device=seeds.device, dtype=torch.int64) * 2654435 + 1
    return (mix((base[:, None] + index) & MASK) >> 8).to(torch.float32) * (1.0 / (1 << 24))


def pixel_bits(seeds, height, width):
    """[B] seeds -> [B, H, W] 32 random bits a pixel."""
    index = torch.arange(height * width, device=seeds.device, dtype=torch.int64)
    base = mix((seeds * 31 + 17) & MASK)[:, None]
    return mix((base + index * 40503) & MASK).view(-1, height, width)


def cell_value(u, v, seed):
    """Random float32 in [0, 1) per integer cell (u, v int64; seed int64, broadcast)."""
    key = (u * PRIME_U) ^ (v * PRIME_V) ^ (seed * PRIME_S)
    return (mix(key & MASK) >> 8).to(torch.float32) * (1.0 / (1 << 24))


def value_noise(u, v, seed):
    """Smooth noise in [0, 1) over the plane, one lattice cell per unit."""
    iu, iv = torch.floor(u), torch.floor(v)
    fu, fv = u - iu, v - iv
    fu, fv = fu * fu * (3 - 2 * fu), fv * fv * (3 - 2 * fv)
    iu, iv = iu.to(torch.int64), iv.to(torch.int64)
    low = torch.lerp(cell_value(iu, iv, seed), cell_value(iu + 1, iv, seed), fu)
    high = torch.lerp(cell_value(iu, iv + 1, seed), cell_value(iu + 1, iv + 1, seed), fu)
    return torch.lerp(low, high, fv)
