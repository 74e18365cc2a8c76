# SPDX-License-Identifier: Apache-2.0
"""M3ViT-tiny with light heads, from the specification; no MoE library.

Experts are stacked tensors, computed for all tokens and masked in training (same result and gradients as
dispatching, no dispatch code) or dispatched by sorting in evaluation. All tasks of a frame share embedding,
block 0 and the attention of block 1; then each task has its own copy of the tokens (concatenated along
the batch), its own gates and its own head.
"""

from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

from models.training import fake_quant as fq


@dataclass
class Config:
    height: int = 128
    width: int = 256
    patch: int = 16
    dim: int = 192
    heads: int = 3
    depth: int = 12
    mlp_hidden: int = 768
    experts: int = 16
    top_k: int = 2
    expert_hidden: int = 384
    dense: bool = False  # the control: odd blocks are MLPs with hidden top_k * expert_hidden
    tasks: tuple = (("semseg", 7), ("depth", 1))
    head_channels: tuple = (64, 32, 32, 16)
    mean: tuple = (0.5, 0.5, 0.5)
    std: tuple = (0.25, 0.25, 0.25)

    @property
    def tokens(self):
        return (self.height // self.patch) * (self.width // self.patch) + 1


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.heads = config.heads
        self.qkv = nn.Linear(config.dim, 3 * config.dim)
        self.proj = nn.Linear(config.dim, config.dim)
        self.sites = fq.AttentionSites()

    def forward(self, z):
        if fq.state.enabled:
            return fq.attention(self, z)
        b, n, d = z.shape
        q, k, v = self.qkv(z).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        if z.is_cuda:
            out = F.scaled_dot_product_attention(q, k, v)
        else:
            out = (q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5).softmax(-1) @ v
        return self.proj(out.transpose(1, 2).reshape(b, n, d))


class Mlp(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(dim, hidden), nn.Linear(hidden, dim)
        self.sites = fq.HiddenSites()

    def forward(self, z):
        if fq.state.enabled:
            h = self.sites.hidden(F.gelu(F.linear(fq.per_token(z), fq.weight(self.fc1.weight), self.fc1.bias)))
            return F.linear(h, fq.weight(self.fc2.weight), self.fc2.bias)
        return self.fc2(F.gelu(self.fc1(z)))


class Gate(nn.Module):
    def __init__(self, dim, experts):
        super().__init__()
        self.w_gate = nn.Parameter(torch.randn(dim, experts) * 0.02)


class Experts(nn.Module):
    def __init__(self, config):
        super().__init__()
        e, d, h = config.experts, config.dim, config.expert_hidden
        self.htoh4 = nn.ParameterDict({"weight": nn.Parameter(torch.empty(e, h, d)),
                                       "bias": nn.Parameter(torch.zeros(e, h))})
        self.h4toh = nn.ParameterDict({"weight": nn.Parameter(torch.empty(e, d, h)),
                                       "bias": nn.Parameter(torch.zeros(e, d))})
        nn.init.trunc_normal_(self.htoh4["weight"], std=0.05)
        nn.init.trunc_normal_(self.h4toh["weight"], std=0.05)


class Moe(nn.Module):
    """Softmax over all experts, then the top k probabilities as they are (no renormalisation)."""

    def __init__(self, config):
        super().__init__()
        self.experts_count, self.top_k = config.experts, config.top_k
        self.gate = nn.ModuleList(Gate(config.dim, config.experts) for _ in config.tasks)
        self.experts = Experts(config)
        self.sites = fq.HiddenSites()
        self.balance = None
        self.routing = None

    def choose(self, z, tasks):
        """z [tasks * B, N, D] -> indices and scores [tasks * B, N, k]; keeps the balance loss."""
        with torch.autocast(z.device.type, enabled=False):
            parts = z.float().chunk(tasks)
            logits = [part @ self.gate[t].w_gate.float() for t, part in enumerate(parts)]
            probs = [x.softmax(-1) for x in logits]
            top = [p.topk(self.top_k, -1) for p in probs]
            self.balance = sum(balance_loss(t.values, t.indices, self.experts_count) for t in top)
            self.routing = [t.indices for t in top]
            return torch.cat([t.indices for t in top]), torch.cat([t.values for t in top])

    def forward(self, z, tasks):
        index, score = self.choose(z, tasks)
        return self.masked(z, index, score) if self.training else self.dispatched(z, index, score)

    def weights(self):
        e = self.experts
        pair = e.htoh4["weight"], e.h4toh["weight"]
        return tuple(fq.weight(w) for w in pair) if fq.state.enabled else pair

    def masked(self, z, index, score):
        shape, e = z.shape, self.experts
        z = (fq.per_token(z) if fq.state.enabled else z).reshape(-1, shape[-1])
        mix = torch.zeros(z.shape[0], self.experts_count, device=z.device)
        mix = mix.scatter(1, index.reshape(z.shape[0], -1), score.reshape(z.shape[0], -1).float())
        w1, w2 = self.weights()
        h = torch.matmul(z[None], w1.transpose(1, 2)) + e.htoh4["bias"][:, None, :]
        h = F.gelu(h)
        if fq.state.enabled:
            h = self.sites.hidden(h)
        h = h * mix.t()[:, :, None].to(h.dtype)
        # sum_e p_e (W2_e h_e + b2_e): one matrix product over (expert, hidden)
        flat = h.permute(1, 0, 2).reshape(z.shape[0], -1)
        y = flat @ w2.permute(0, 2, 1).reshape(-1, shape[-1]) + mix.to(flat.dtype) @ e.h4toh["bias"].to(flat.dtype)
        return y.view(shape)

    def dispatched(self, z, index, score):
        shape, e = z.shape, self.experts
        z = (fq.per_token(z) if fq.state.enabled else z).reshape(-1, shape[-1])
        index, score = index.reshape(-1, self.top_k), score.reshape(-1, self.top_k)
        y = torch.zeros_like(z)
        w1, w2 = self.weights()
        for n in range(self.experts_count):
            token, slot = (index == n).nonzero(as_tuple=True)
            if len(token) == 0:
                continue
            h = F.gelu(F.linear(z[token], w1[n], e.htoh4["bias"][n]))
            if fq.state.enabled:
                h = self.sites.hidden(h)
            out = F.linear(h, w2[n], e.h4toh["bias"][n])
            y.index_add_(0, token, (out * score[token, slot][:, None]).to(y.dtype))
        return y.view(shape)


def balance_loss(score, index, experts):
    """CV^2 of importance and load of one gate, m3vit-spec 3.3."""
    importance = torch.zeros(experts, device=score.device).scatter_add(0, index.reshape(-1), score.reshape(-1).float())
    load = torch.zeros_like(importance).scatter_add(0, index.reshape(-1), torch.ones_like(score.reshape(-1)).float())
    cv2 = lambda v: v.var() / (v.mean() ** 2 + 1e-10)
    return cv2(importance) + cv2(load)


class Block(nn.Module):
    def __init__(self, config, number):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(config.dim, eps=1e-6), nn.LayerNorm(config.dim, eps=1e-6)
        self.attn = Attention(config)
        self.is_moe = number % 2 == 1 and not config.dense
        hidden = config.mlp_hidden if number % 2 == 0 else config.top_k * config.expert_hidden
        self.mlp = Moe(config) if self.is_moe else Mlp(config.dim, hidden)


class PatchEmbed(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.proj = nn.Conv2d(3, config.dim, config.patch, config.patch)


class Backbone(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbed(config)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, config.dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, config.tokens, config.dim))
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        nn.init.trunc_normal_(self.cls_token, std=0.02)
        self.blocks = nn.ModuleList(Block(config, i) for i in range(config.depth))

    def embed(self, pixels):
        c = self.config
        mean = torch.tensor(c.mean, device=pixels.device).view(1, 3, 1, 1)
        std = torch.tensor(c.std, device=pixels.device).view(1, 3, 1, 1)
        x = pixels.to(self.pos_embed.dtype)
        if fq.state.enabled:
            w = fq.weight(self.patch_embed.proj.weight / (255 * std.view(1, 3, 1, 1)))
            bias = self.patch_embed.proj.bias - (w * 255 * mean).sum((1, 2, 3))
            x = F.conv2d(x, w, bias, c.patch)
        else:
            x = self.patch_embed.proj((x / 255 - mean) / std)
        x = x.flatten(2).transpose(1, 2)
        return torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed

    def forward(self, pixels):
        """uint8 [B,3,H,W] -> tokens of block 11, one tensor [B,N,D] per task."""
        tasks = len(self.config.tasks)
        x = self.embed(pixels)
        for number, block in enumerate(self.blocks):
            x = x + block.attn(block.norm1(x))
            if number == 1:
                x = torch.cat([x] * tasks)
            z = block.norm2(x)
            x = x + (block.mlp(z, tasks) if block.is_moe else block.mlp(z))
        return x.chunk(tasks)

    def balance(self):
        return sum(block.mlp.balance for block in self.blocks if block.is_moe)


class Head(nn.Module):
    """conv_0..3 3x3 with BatchNorm and ReLU, x2 after all but the last, a 1x1, x2."""

    def __init__(self, config, channels):
        super().__init__()
        self.grid = (config.height // config.patch, config.width // config.patch)
        self.norm = nn.LayerNorm(config.dim, eps=1e-6)
        widths = (config.dim,) + tuple(config.head_channels)
        self.count = len(config.head_channels)
        for i in range(self.count):
            setattr(self, f"conv_{i}", nn.Conv2d(widths[i], widths[i + 1], 3, padding=1))
            setattr(self, f"bn_{i}", nn.BatchNorm2d(widths[i + 1]))
        setattr(self, f"conv_{self.count}", nn.Conv2d(widths[-1], channels, 1))

    def forward(self, tokens):
        x = self.norm(tokens[:, 1:]).transpose(1, 2)
        x = x.reshape(len(x), -1, *self.grid)
        for i in range(self.count):
            x = F.relu(getattr(self, f"bn_{i}")(getattr(self, f"conv_{i}")(x)))
            if i + 1 < self.count:
                x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = getattr(self, f"conv_{self.count}")(x)
        return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class Network(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.backbone = Backbone(config)
        self.decoders = nn.ModuleDict({name: Head(config, channels) for name, channels in config.tasks})
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.05)
                nn.init.zeros_(module.bias)

    def forward(self, pixels):
        tokens = self.backbone(pixels)
        return {name: self.decoders[name](x) for (name, _), x in zip(self.config.tasks, tokens)}
