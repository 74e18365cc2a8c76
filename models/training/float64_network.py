# SPDX-License-Identifier: Apache-2.0
"""The network in float64 with numpy alone: one image, one task, every tap.

Written from the specification of M3ViT and used as a judge of the C++ reference, so it shares no code with it. Weights
are a {name: array} of the shipped names; a model is the plain dictionary of its model.yaml. Speed does not matter
here: about a second for M3ViT-tiny.
"""

import math

import numpy as np

ERF = np.frompyfunc(math.erf, 1, 1)  # numpy has none


def gelu(x):
    return 0.5 * x * (1.0 + ERF(x / math.sqrt(2.0)).astype(np.float64))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def layer_norm(x, weight, bias, eps):
    d = x - x.mean(-1, keepdims=True)
    return d / np.sqrt((d * d).mean(-1, keepdims=True) + eps) * weight + bias


def route(logits, top_k, threshold):
    """-> (index, score) [N, k]: softmax over all experts, the k largest, lower index first in a tie; -1 = dropped."""
    probability = softmax(logits)
    index = np.argsort(-logits, axis=-1, kind="stable")[:, :top_k]
    score = np.take_along_axis(probability, index, -1)
    kept = score >= threshold
    return np.where(kept, index, -1), np.where(kept, score, 0.0)


def conv3x3(planes, weight, bias):
    """[C,H,W] -> [O,H,W], one pixel of zeros around the picture."""
    channels, height, width = planes.shape
    padded = np.zeros((channels, height + 2, width + 2))
    padded[:, 1:-1, 1:-1] = planes
    out = np.zeros((len(weight), height * width))
    for y in range(3):
        for x in range(3):
            out += weight[:, :, y, x] @ padded[:, y:y + height, x:x + width].reshape(channels, -1)
    return (out + bias[:, None]).reshape(-1, height, width)


def resize_axis(x, size, axis):
    """Bilinear along one axis, pixel centres aligned, edges clamped."""
    position = np.clip((np.arange(size) + 0.5) * (x.shape[axis] / size) - 0.5, 0, x.shape[axis] - 1)
    low = np.floor(position).astype(int)
    high = np.minimum(low + 1, x.shape[axis] - 1)
    shape = [1] * x.ndim
    shape[axis] = size
    part = (position - low).reshape(shape)
    return np.take(x, low, axis) * (1 - part) + np.take(x, high, axis) * part


def resize(planes, height, width):
    return resize_axis(resize_axis(planes, height, 1), width, 2)


class Float64Network:
    def __init__(self, model, weights):
        self.model = model
        self.weights = {name: value.astype(np.float64) for name, value in weights.items()
                        if not name.startswith("quant.")}
        self.eps = model.get("norm_eps", 1e-6)

    def run(self, pixels, task, tap):
        """pixels [H,W,3] uint8, task = its number; tap(name, value) receives every tap."""
        x = self.embed(pixels)
        tap("embed", x)
        for number, kind in enumerate(self.model["blocks"]):
            x = self.block(x, number, kind, task, lambda name, value: tap(f"l{number:02d}.{name}", value))
        entry = self.model["tasks"][task]
        if "head" in entry:
            tap(f"head.{entry['name']}", self.head(x, entry))

    def linear(self, x, name):
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, x, name):
        return layer_norm(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], self.eps)

    def grid(self):
        image, patch = self.model["image"], self.model["patch"]
        return image["height"] // patch, image["width"] // patch

    def embed(self, pixels):
        image, patch, (rows, columns) = self.model["image"], self.model["patch"], self.grid()
        if pixels.shape != (image["height"], image["width"], 3):
            raise ValueError(f"expected {image['height']} x {image['width']} RGB pixels, got {pixels.shape}")
        mean, std = (np.array(image.get(key, [one] * 3), np.float64) for key, one in (("mean", 0.0), ("std", 1.0)))
        planes = ((pixels / 255.0 - mean) / std).transpose(2, 0, 1)
        patches = planes.reshape(3, rows, patch, columns, patch).transpose(1, 3, 0, 2, 4)
        weight = self.weights["backbone.patch_embed.proj.weight"]
        tokens = patches.reshape(rows * columns, -1) @ weight.reshape(len(weight), -1).T
        tokens = tokens + self.weights["backbone.patch_embed.proj.bias"]
        return np.concatenate([self.weights["backbone.cls_token"][0], tokens]) + self.weights["backbone.pos_embed"][0]

    def block(self, x, number, kind, task, tap):
        name = f"backbone.blocks.{number}"
        z = self.norm(x, f"{name}.norm1")
        tap("norm1", z)
        x = x + self.attention(z, f"{name}.attn", tap)
        tap("x_attn", x)
        z = self.norm(x, f"{name}.norm2")
        tap("norm2", z)
        x = x + (self.moe(z, f"{name}.mlp", task, tap) if kind == "moe" else self.mlp(z, f"{name}.mlp", tap))
        tap("x", x)
        return x

    def attention(self, z, name, tap):
        count, dim = z.shape
        q, k, v = np.split(self.linear(z, f"{name}.qkv"), 3, axis=1)
        for letter, value in zip("qkv", (q, k, v)):
            tap(letter, value)
        heads = self.model["heads"]
        q, k, v = (part.reshape(count, heads, -1).transpose(1, 0, 2) for part in (q, k, v))
        joined = softmax(q @ k.transpose(0, 2, 1) / math.sqrt(dim // heads)) @ v
        joined = joined.transpose(1, 0, 2).reshape(count, dim)
        tap("attn", joined)
        out = self.linear(joined, f"{name}.proj")
        tap("proj", out)
        return out

    def mlp(self, z, name, tap):
        hidden = gelu(self.linear(z, f"{name}.fc1"))
        tap("mlp.hidden", hidden)
        out = self.linear(hidden, f"{name}.fc2")
        tap("mlp.out", out)
        return out

    def moe(self, z, name, task, tap):
        moe = self.model["moe"]
        gate = "gate" if moe.get("gate", "per_task") == "shared" else f"gate.{task}"
        logits = z @ self.weights[f"{name}.{gate}.w_gate"]
        if moe.get("gate_bias", False):
            logits = logits + self.weights[f"{name}.{gate}.bias"]
        index, score = route(logits, moe["top_k"], moe.get("threshold", 0.0))
        experts = [self.weights[f"{name}.experts.{part}"]
                   for part in ("htoh4.weight", "htoh4.bias", "h4toh.weight", "h4toh.bias")]
        hidden, out = np.zeros(index.shape + (moe["hidden"],)), np.zeros_like(z)
        for token, slot in zip(*np.nonzero(index >= 0)):
            up, up_bias, down, down_bias = (part[index[token, slot]] for part in experts)
            hidden[token, slot] = gelu(up @ z[token] + up_bias)
            out[token] += score[token, slot] * (down @ hidden[token, slot] + down_bias)
        for what, value in (("logits", logits), ("index", index.astype(np.int32)), ("score", score),
                            ("hidden", hidden), ("out", out)):
            tap(f"moe.{what}", value)
        return out

    def head(self, x, task):
        name, image = f"decoders.{task['name']}", self.model["image"]
        x = self.norm(x[1:], f"{name}.norm")
        x = x.T.reshape(-1, *self.grid())
        count = len(task["head"]["channels"])
        for i in range(count):
            weight, bias = (self.weights[f"{name}.conv_{i}.{part}"] for part in ("weight", "bias"))
            x = np.maximum(conv3x3(x, weight, bias), 0.0)
            if i + 1 < count:
                x = resize(x, 2 * x.shape[1], 2 * x.shape[2])
        weight, bias = (self.weights[f"{name}.conv_{count}.{part}"] for part in ("weight", "bias"))
        x = np.tensordot(weight[:, :, 0, 0], x, 1) + bias[:, None, None]
        return resize(x, image["height"], image["width"])
