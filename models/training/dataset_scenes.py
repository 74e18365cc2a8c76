# SPDX-License-Identifier: Apache-2.0
"""A data set's split in place of rendered scenes: image n stands for seed n.

Classes 0..6 and 255 (ignored), depth of at most 1 (Cityscapes' arrays and disparities; metres would not fit the
pool's 16 bits), 0: none.
"""

import numpy as np
import torch

from models.training.datasets import DatasetError, open_dataset


class DatasetScenes:
    def __init__(self, folder, split, size):
        self.samples = open_dataset(folder, split, ("semseg", "depth"), size)

    def __len__(self):
        return len(self.samples)

    def __call__(self, seeds):
        """-> image uint8 [B, 3, H, W], labels uint8 [B, H, W], depth float32 [B, H, W], as scenes.Renderer gives."""
        chosen = [self.samples[int(seed) % len(self.samples)] for seed in seeds]
        depth = np.stack([sample["depth"] for sample in chosen]).astype(np.float32)
        if not (depth.min() >= 0 and depth.max() <= 1):
            raise DatasetError(f"{self.samples.layout.folder}: error: depth: expected 0..1, got "
                               f"{depth.min()}..{depth.max()}")
        image = np.stack([sample["image"].transpose(2, 0, 1) for sample in chosen])
        labels = np.stack([sample["semseg"] for sample in chosen])
        return tuple(torch.from_numpy(np.ascontiguousarray(part)).to(seeds.device) for part in (image, labels, depth))
