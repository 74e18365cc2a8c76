#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Is the float reference as fast as PyTorch? Same network, weights, picture and core; median of pairs.

  bench/reference_vs_torch.py path/to/reference_speed path/to/model.yaml [--pairs 15] [--core 0]

The network here is plain PyTorch with sorted expert dispatch: choices sorted by expert, one pair of matrix products per
active expert, index_add back. Both sides run on one core; OMP_NUM_THREADS and OPENBLAS_NUM_THREADS are 1 for both. The
tokens of both are compared first (NMSE 1e-9 or less), so that the same work is timed.
"""
import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
import yaml  # noqa: E402


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
            tensors[name.replace("backbone.", "", 1)] = torch.from_numpy(values.copy())
    return tensors


class Backbone:
    def __init__(self, config, tensors):
        self.config = config
        self.w = tensors
        self.mean = torch.tensor(config["image"]["mean"]).view(1, 3, 1, 1)
        self.std = torch.tensor(config["image"]["std"]).view(1, 3, 1, 1)

    def linear(self, x, name):
        return F.linear(x, self.w[name + ".weight"], self.w[name + ".bias"])

    def norm(self, x, name):
        w = self.w
        return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], 1e-6)

    def attention(self, z, name):
        n, d = z.shape
        heads = self.config["heads"]
        qkv = self.linear(z, name + ".qkv").view(n, 3, heads, d // heads).permute(1, 2, 0, 3)
        scores = torch.softmax(qkv[0] @ qkv[1].transpose(1, 2) * (d // heads) ** -0.5, -1)
        return self.linear((scores @ qkv[2]).transpose(0, 1).reshape(n, d), name + ".proj")

    def experts(self, z, name, task):
        k = self.config["moe"]["top_k"]
        gate = name + ".gate." + (f"{task}." if self.config["moe"]["gate"] == "per_task" else "")
        score, index = torch.topk(torch.softmax(z @ self.w[gate + "w_gate"], -1), k)
        order = torch.argsort(index.flatten(), stable=True)
        count = torch.bincount(index.flatten(), minlength=self.config["moe"]["experts"]).tolist()
        token = torch.div(order, k, rounding_mode="floor")
        gathered, weight = z[token], score.flatten()[order].unsqueeze(1)
        results, first = [], 0
        up, down = name + ".experts.htoh4", name + ".experts.h4toh"
        for e, n in enumerate(count):
            if n:
                h = F.gelu(F.linear(gathered[first:first + n], self.w[up + ".weight"][e],
                                    self.w[up + ".bias"][e]))
                results.append(F.linear(h, self.w[down + ".weight"][e], self.w[down + ".bias"][e]))
                first += n
        return torch.zeros_like(z).index_add_(0, token, torch.cat(results) * weight)

    def run(self, pixels, task):
        image = (pixels.permute(2, 0, 1).unsqueeze(0) / 255 - self.mean) / self.std
        w = self.w
        patches = F.conv2d(image, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"],
                           stride=self.config["patch"])
        x = torch.cat([w["cls_token"][0], patches.flatten(2)[0].t()]) + w["pos_embed"][0]
        for i, kind in enumerate(self.config["blocks"]):
            name = f"blocks.{i}"
            x = x + self.attention(self.norm(x, name + ".norm1"), name + ".attn")
            z = self.norm(x, name + ".norm2")
            if kind == "mlp":
                x = x + self.linear(F.gelu(self.linear(z, name + ".mlp.fc1")), name + ".mlp.fc2")
            else:
                x = x + self.experts(z, name + ".mlp", task)
        return x


class Server:
    """The C++ side: answers `task count` with the median milliseconds of count passes."""

    def __init__(self, program, model, folder):
        self.process = subprocess.Popen([program, model, "--serve", folder], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            sys.exit("reference_speed did not start")

    def measure(self, task, count):
        self.process.stdin.write(f"{task} {count}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline().split()[0])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def median_ms(work, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--passes", type=int, default=5, help="passes per side of a pair")
    parser.add_argument("--core", type=int, default=0)
    args = parser.parse_args()
    os.sched_setaffinity(0, {args.core})
    torch.set_num_threads(1)
    with open(args.model) as file:
        config = yaml.safe_load(file)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        server = Server(args.program, args.model, folder)
        network = Backbone(config, read_safetensors(folder + "/weights.safetensors"))
        pixels = torch.from_numpy(np.load(folder + "/image.npy"))
        server.measure(0, 2)
        ours = np.load(folder + "/tokens.npy").astype(np.float64)
        theirs = network.run(pixels, 0).numpy().astype(np.float64)
        nmse = ((ours - theirs) ** 2).sum() / (theirs ** 2).sum()
        if nmse > 1e-9:
            sys.exit(f"the two networks differ: NMSE {nmse:.3g}")
        pairs = [(server.measure(0, args.passes),
                  median_ms(lambda: network.run(pixels, 0), args.passes))
                 for _ in range(args.pairs)]
        server.close()
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"torch {torch.__version__}, one core, {args.pairs} pairs of {args.passes} passes, "
          f"NMSE {nmse:.1e}")
    print(f"reference_ms {ours:.2f}\ntorch_ms {theirs:.2f}\nratio {ratio:.3f}")


if __name__ == "__main__":
    main()
