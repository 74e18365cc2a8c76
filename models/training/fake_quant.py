# SPDX-License-Identifier: Apache-2.0
"""Fake quantisation of the w8a8 formats (hls/README.md) with straight-through gradients.

What is rounded: weights per output channel, LayerNorm outputs per token, Q, K, V and the attention output per
tensor, un-normalised exponentials, GELU outputs asymmetrically. What is not: gate (15 bit weights, 16 bit input),
residual (24 bit), scalar functions (errors of 1e-4); their effect is below everything else.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class State:
    enabled = False
    observing = False


state = State()
GELU_MIN = -0.17


def straight(x, q):
    return x + (q - x).detach()


def weight(w):
    """int8 in +-127 with one scale per output channel: all but the last dimension of [.., out, in]."""
    flat = w.reshape(w.shape[0], -1) if w.dim() == 4 else w
    scale = flat.detach().abs().amax(-1, keepdim=True).clamp(min=1e-12) / 127
    return straight(flat, (flat / scale).round().clamp(-127, 127) * scale).view(w.shape)


def per_token(z):
    scale = z.detach().abs().amax(-1, keepdim=True).float().clamp(min=1e-6) / 127
    return straight(z, ((z / scale).round() * scale).to(z.dtype))


def static(x, scale, low, high, zero):
    """Clipping passes gradients inside the range only; rounding straight through."""
    x = torch.minimum(torch.maximum(x, ((low - zero) * scale).to(x.dtype)), ((high - zero) * scale).to(x.dtype))
    return straight(x, (((x / scale).round() + zero).clamp(low, high) - zero).to(x.dtype) * scale.to(x.dtype))


class Site(nn.Module):
    """A static scale, found by minimum squared error over the observed values."""

    def __init__(self, unsigned=False):
        super().__init__()
        self.unsigned = unsigned
        self.register_buffer("scale", torch.tensor(1.0))
        self.register_buffer("zero", torch.tensor(0.0))
        self.seen = []

    def forward(self, x):
        if state.observing:
            flat = x.detach().float().flatten()
            self.seen.append(flat[:: max(1, flat.numel() // 200000)])
            self.peak = max(getattr(self, "peak", 0.0), flat.max().item() if self.unsigned else flat.abs().max().item())
            return x
        low, high = (0, 255) if self.unsigned else (-127, 127)
        return static(x, self.scale, low, high, self.zero)

    def settle(self):
        """Chooses the scale among fractions of the peak; frees what was seen."""
        values, best = torch.cat(self.seen), None
        for step in range(24):
            top = self.peak * (1 - 0.035 * step)
            if self.unsigned:
                scale = (top - GELU_MIN) / 255
                zero = float(round(-GELU_MIN / scale))
                q = ((values / scale).round() + zero).clamp(0, 255) - zero
            else:
                scale, zero = top / 127, 0.0
                q = (values / scale).round().clamp(-127, 127)
            error = (q * scale - values).square().mean().item()
            if best is None or error < best[0]:
                best = (error, scale, zero)
        self.scale.fill_(best[1])
        self.zero.fill_(best[2])
        self.seen, self.peak = [], 0.0


class AttentionSites(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.out = (Site() for _ in range(4))


class HiddenSites(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = Site(unsigned=True)


def attention(module, z):
    """K without bias; V bias folded behind the softmax; exponentials to uint8 before the sum."""
    b, n, d = z.shape
    heads, sites = module.heads, module.sites
    w, bias = weight(module.qkv.weight), module.qkv.bias
    z = per_token(z)
    no_bias = torch.cat([bias[:d], torch.zeros_like(bias[d:])])
    q, k, v = F.linear(z, w, no_bias).split(d, -1)
    split = lambda t: t.view(b, n, heads, d // heads).transpose(1, 2)
    q, k, v = split(sites.q(q)), split(sites.k(k)), split(sites.v(v))
    s = (q @ k.transpose(-1, -2)).float() * (d // heads) ** -0.5
    e = torch.exp(s - s.detach().amax(-1, keepdim=True))
    e = straight(e, (e * 255).round() / 255)
    out = (e.to(v.dtype) @ v) / e.sum(-1, keepdim=True).to(v.dtype)
    out = sites.out(out.transpose(1, 2).reshape(b, n, d))
    proj = module.proj
    return F.linear(out, weight(proj.weight), proj.bias) + F.linear(bias[2 * d:], proj.weight)


def sites_of(network):
    return [m for m in network.modules() if isinstance(m, Site)]


@torch.no_grad()
def calibrate(network, batches):
    """Sets every static scale from the network's own float activations."""
    was = network.training
    network.eval()
    state.enabled = state.observing = True
    for pixels in batches:
        network(pixels)
    for site in sites_of(network):
        site.settle()
    state.enabled = state.observing = False
    network.train(was)
