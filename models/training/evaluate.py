# SPDX-License-Identifier: Apache-2.0
"""Metrics over validation scenes (m3vit-spec 3.4) and routing statistics, for float and fake-quantised networks."""

import torch

from models.training import fake_quant as fq
from models.training import scenes


class Totals:
    """mIoU and depth RMSE with counts summed over the data set."""

    def __init__(self, classes, device):
        self.confusion = torch.zeros(classes, classes, dtype=torch.float64, device=device)
        self.square, self.valid = 0.0, 0

    def add(self, out, labels, depth):
        classes = len(self.confusion)
        known = labels.flatten() < classes  # 255: ignored
        predicted = out["semseg"].argmax(1).flatten()[known]
        self.confusion += torch.bincount(labels.flatten()[known].long() * classes + predicted,
                                         minlength=classes * classes).view(classes, classes)
        estimate = out["depth"][:, 0].double()
        estimate = torch.where(estimate <= 0, torch.full_like(estimate, 1e-9), estimate)
        mask = depth > 0
        self.square += ((estimate - depth.double())[mask] ** 2).sum().item()
        self.valid += mask.sum().item()

    def result(self):
        hit = self.confusion.diag()
        iou = hit / (self.confusion.sum(0) + self.confusion.sum(1) - hit).clamp(min=1e-8)
        return {"miou": iou.mean().item(), "iou": [round(v, 4) for v in iou.tolist()],
                "rmse": (self.square / max(self.valid, 1)) ** 0.5}


@torch.no_grad()
def evaluate(network, data, quantised=False, batch=64):
    """data = (images, labels, depth) -> metrics, and per task and MoE block the experts' load and activity."""
    was = network.training
    network.eval()
    fq.state.enabled = quantised
    images, labels, depth = data
    device = next(network.parameters()).device
    totals, routing = Totals(len(scenes.CLASSES), device), Routing(network)
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        out = network(images[part].to(device))
        totals.add({k: v.float() for k, v in out.items()}, labels[part].to(device), depth[part].to(device))
        routing.add()
    fq.state.enabled = False
    network.train(was)
    return totals.result(), routing.result()


class Routing:
    def __init__(self, network):
        self.moe = {i: block.mlp for i, block in enumerate(network.backbone.blocks) if block.is_moe}
        self.tasks = [name for name, _ in network.config.tasks]
        self.active, self.load, self.images = {}, {}, 0

    def add(self):
        count = 0
        for number, moe in self.moe.items():
            for task, index in zip(self.tasks, moe.routing):
                hot = torch.zeros(len(index), moe.experts_count, device=index.device).scatter_add(
                    1, index.flatten(1), torch.ones_like(index.flatten(1)).float())
                key = (task, number)
                self.active[key] = self.active.get(key, 0) + (hot > 0).double().sum(0)
                self.load[key] = self.load.get(key, 0) + hot.double().sum(0)
                count = len(index)
        self.images += count

    def result(self):
        share = lambda table: {task: {n: [round(v, 4) for v in (table[task, n] / max(self.images, 1)).tolist()]
                                      for n in self.moe} for task in self.tasks}
        return {"images": self.images, "active": share(self.active), "load": share(self.load)} if self.moe else None
