# SPDX-License-Identifier: Apache-2.0
"""Scenes rendered ahead and kept on the device: rendering costs as much as training, so each scene serves a few times.

196 KB a scene: image uint8, labels uint8, inverse depth int16 (LSB 1/32767).
"""

import torch


class Pool:
    def __init__(self, renderer, count, chunk, device, first=0, seed=0):
        self.images, self.labels, self.depth = [], [], []
        chunk = min(chunk, count)
        for start in range(first, first + count, chunk):
            seeds = torch.arange(start, min(start + chunk, first + count), dtype=torch.int64).to(device)
            image, labels, depth = renderer(seeds)
            self.images.append(image)
            self.labels.append(labels)
            self.depth.append((depth * 32767 + 0.5).to(torch.int16))
        self.count = count
        self.images, self.labels, self.depth = (torch.cat(t) for t in (self.images, self.labels, self.depth))
        self.generator = torch.Generator(device=device)
        self.generator.manual_seed(seed)
        self.device, self.order, self.next = device, None, 0

    def batch(self, size):
        """The next scenes of a random order without repetition; half of them mirrored."""
        size = min(size, self.count)
        if self.order is None or self.next + size > self.count:
            self.order = torch.randperm(self.count, device=self.device, generator=self.generator)
            self.next = 0
        index = self.order[self.next:self.next + size]
        self.next += size
        image, labels = self.images[index], self.labels[index]
        depth = self.depth[index].float() * (1.0 / 32767)
        half = size // 2
        for tensor in (image, labels, depth):
            tensor[:half] = tensor[:half].flip(-1)
        return image, labels, depth
