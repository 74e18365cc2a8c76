# SPDX-License-Identifier: Apache-2.0
"""What PASCAL-Context's region numbers say about edges and normals; mirrors models/datasets."""

import numpy as np

# Regions whose distilled normals count: those whose name NYUD's class list has too, and the monitor.
NORMALS_REGIONS = np.array([
    3, 4, 6, 9, 10, 11, 13, 15, 17, 18, 22, 23, 29, 30, 33, 34, 36, 37, 38, 39, 41, 43, 46, 49, 50, 51, 53, 55, 56,
    59, 61, 62, 65, 66, 68, 69, 72, 73, 78, 83, 84, 85, 87, 88, 95, 96, 101, 104, 105, 107, 111, 113, 115, 122,
    124, 135, 141, 142, 143, 146, 150, 154, 157, 158, 159, 165, 172, 174, 181, 183, 184, 191, 193, 195, 197, 199,
    202, 213, 215, 216, 219, 220, 223, 225, 228, 230, 232, 233, 238, 239, 242, 243, 246, 250, 251, 252, 255, 260,
    261, 263, 269, 272, 273, 275, 281, 283, 284, 285, 286, 287, 288, 290, 291, 292, 293, 295, 304, 307, 309, 310,
    314, 315, 319, 323, 329, 330, 331, 336, 342, 345, 349, 350, 351, 352, 355, 357, 368, 370, 371, 374, 379, 380,
    383, 384, 397, 401, 403, 405, 407, 408, 411, 412, 413, 414, 417, 419, 421, 423, 427, 429, 430, 432, 440, 441,
    442, 443, 444, 446, 454, 457])


def removable(ring, second):
    """Guo and Hall's conditions; `ring` holds the eight neighbours, east first, counter-clockwise."""
    crossings = sum((~ring[2 * k] & (ring[2 * k + 1] | ring[(2 * k + 2) % 8])).astype(int) for k in range(4))
    first = sum((ring[2 * k] | ring[2 * k + 1]).astype(int) for k in range(4))
    other = sum((ring[2 * k + 1] | ring[(2 * k + 2) % 8]).astype(int) for k in range(4))
    pairs = np.minimum(first, other)
    side = (ring[5] | ring[6] | ~ring[3]) & ring[4] if second else (ring[1] | ring[2] | ~ring[7]) & ring[0]
    return (crossings == 1) & (pairs >= 2) & (pairs <= 3) & ~side


def thin(pixels):
    """Thinning with two sub-iterations until nothing changes; boolean [H, W] -> the same."""
    steps = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))
    changed = True
    while changed:
        changed = False
        for second in (False, True):
            padded = np.pad(pixels, 1)
            height, width = pixels.shape
            ring = [padded[1 + y:1 + y + height, 1 + x:1 + x + width] for y, x in steps]
            doomed = pixels & removable(ring, second)
            changed |= bool(doomed.any())
            pixels = pixels & ~doomed
    return pixels


def region_edges(regions):
    """Pixels whose Laplacian (4 neighbours, mirrored at the border) is not zero, thinned; uint8 [H, W]."""
    values = np.asarray(regions, np.float64)
    padded = np.pad(values, [(1, 1) if n > 1 else (0, 0) for n in values.shape], mode="reflect")
    padded = np.pad(padded, [(0, 0) if n > 1 else (1, 1) for n in values.shape], mode="edge")
    total = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return thin(total - 4 * values != 0).astype(np.uint8)
