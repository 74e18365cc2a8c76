# SPDX-License-Identifier: Apache-2.0
"""The w8a8 arithmetic of hls/README.md as numpy integers, written from that text alone.

What for: golden vectors (make_golden.py) that the C++ tests read, and the exact evaluation of a
trained model. Every function takes and returns int64 scalars or arrays and is element-wise unless
its text says otherwise. Nothing here wraps: all intermediate values of legal inputs fit 63 bits.
Rounding: `rhu` rounds half up; plain `>>` truncates towards minus infinity exactly where the
formats say so. Overflow: `sat` and `clip` saturate.
"""

import math

import numpy as np


def as_int(values):
    return np.asarray(values, dtype=np.int64)


def rhu(x, shift):
    """Round half up after an arithmetic right shift; shift 0 is the identity."""
    x, shift = as_int(x), as_int(shift)
    if np.any(shift < 0):
        raise ValueError("rhu: negative shift")
    half = np.where(shift > 0, np.int64(1) << np.maximum(shift - 1, 0), 0)
    return (x + half) >> shift


def sat(x, bits):
    """Saturate to `bits`-bit two's complement."""
    return np.clip(as_int(x), -(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def clip(x, limit):
    """Saturate to [-limit, limit]."""
    return np.clip(as_int(x), -limit, limit)


def round_half_away(x):
    """Float to integer, ties away from zero: the rounding of weights and scales."""
    x = np.asarray(x, dtype=np.float64)
    return np.trunc(x + np.copysign(0.5, x)).astype(np.int64)


def floor_log2(v):
    """Position of the highest set bit of v >= 1."""
    v = as_int(v)
    if np.any(v < 1):
        raise ValueError("floor_log2: argument below 1")
    p = np.zeros_like(v)
    for step in (32, 16, 8, 4, 2, 1):
        big = v >= (np.int64(1) << step)
        p = p + np.where(big, step, 0)
        v = np.where(big, v >> step, v)
    return p


def table_round(x):
    return int(math.floor(x + 0.5))


RECIP = as_int([table_round(2**20 / (1 + (i + 0.5) / 32)) for i in range(32)])
RSQRT = as_int([table_round(2**20 / math.sqrt((i + 16.5) / 16)) for i in range(48)])
EXP2 = as_int([table_round(65536 * 2 ** (-a / 16)) for a in range(17)])
GELU_LAST = 176
# relu(x) - gelu(x) for x >= 0 equals x * (1 - Phi(x)); erfc keeps the tail accurate.
GELU = as_int([table_round(32768 * (i / 32) * 0.5 * math.erfc(i / 32 / math.sqrt(2)))
               for i in range(GELU_LAST + 1)])


def recip_mantissa(v):
    """v >= 1, up to 32 bit. Returns (y, p) with 1/v = y 2^-20 2^-p."""
    v = as_int(v)
    p = floor_log2(v)
    m = v << (31 - p)
    y = RECIP[(m >> 26) & 31]
    for _ in range(2):
        t = ((m >> 11) * y) >> 20
        y = (y * ((2 << 20) - t)) >> 20
    return y, p


def rsqrt_mantissa(v):
    """v >= 1, up to 62 bit. Returns (y, s) with 1/sqrt(v) = y 2^-20 2^-15 2^-(s/2), s even."""
    v = as_int(v)
    s = (floor_log2(v) & ~np.int64(1)) - 30
    m = np.where(s >= 0, v >> np.maximum(s, 0), v << np.maximum(-s, 0))
    y = RSQRT[(m >> 26) - 16]
    for _ in range(2):
        y2 = (y * y) >> 20
        t = ((m >> 10) * y2) >> 20
        y = (y * ((3 << 20) - t)) >> 21
    return y, s


def exp2_neg(x):
    """x >= 0, 10 fraction bits. Returns (p, i) with 2^-x = p 2^-16 2^-i."""
    x = as_int(x)
    if np.any(x < 0):
        raise ValueError("exp2_neg: negative argument")
    f = x & 1023
    a = f >> 6
    p = EXP2[a] - (((EXP2[a] - EXP2[a + 1]) * (f & 63)) >> 6)
    return p, x >> 10


def exp_u8(x):
    """255 * 2^-x as uint8; x as in exp2_neg."""
    p, i = exp2_neg(x)
    return np.where(i > 15, 0, rhu(255 * p, 16 + np.minimum(i, 15)))


def exp_u17(x):
    """65536 * 2^-x, 17 bit unsigned; x as in exp2_neg."""
    p, i = exp2_neg(x)
    return np.where(i > 17, 0, rhu(p, np.minimum(i, 17)))


def gelu(v):
    """int20 with LSB 2^-12 -> GELU with LSB 2^-15."""
    v = as_int(v)
    a = np.abs(v)
    idx = a >> 7
    k = np.minimum(idx, GELU_LAST - 1)
    step = ((GELU[k + 1] - GELU[k]) * (a & 127) + 64) >> 7
    delta = np.where(idx >= GELU_LAST, 0, GELU[k] + step)
    return np.where(v > 0, v << 3, 0) - delta


# ---- operators -------------------------------------------------------------------------------


def layer_norm_constants(dim):
    """Constants of a NORM command for `dim` features."""
    return {"inv_d": table_round(2**32 / dim), "eps_acc": table_round(1e-6 * 2**32 * dim),
            "sqrt_d": table_round(math.sqrt(dim) * 2**12)}


def layer_norm(x, gamma, beta, gamma_frac, inv_d, eps_acc, sqrt_d):
    """Tokens x [..., D] (int24, LSB 2^-16). Returns z8, lo [..., D] and S_t [...]."""
    x, gamma, beta = as_int(x), as_int(gamma), as_int(beta)
    mean = rhu(x.sum(-1, keepdims=True) * inv_d, 32)
    d = x - mean
    y, s = rsqrt_mantissa((d * d).sum(-1, keepdims=True) + eps_acc)
    r = rhu(y * sqrt_d, 20)
    n = sat(rhu(d * r, 9 + s // 2), 24)
    o = sat(rhu(n * gamma, gamma_frac + 2) + beta, 24)
    amax = np.abs(o).max(-1, keepdims=True)
    scale = np.minimum(131071, ((amax * 1033) >> 16) + 1)
    y, p = recip_mantissa(scale)
    z16 = clip(rhu(o * rhu(y, 3), p + 8), 32639)
    z8 = (z16 + 128) >> 8
    return z8, z16 - 256 * z8, scale[..., 0]


def requantise(acc, mult, bias, r1, r2, bias_shift, token_scale=65536, bias_first=False):
    """int32 accumulator -> v. bias_first is the experts' second matrix (score scales the bias)."""
    product, offset = as_int(acc) * as_int(mult), as_int(bias) << bias_shift
    if bias_first:
        return rhu(sat(rhu(product + offset, r1), 27) * as_int(token_scale), r2)
    return rhu(sat(rhu(product, r1), 27) * as_int(token_scale) + offset, r2)


def post_residual(v, x):
    """Adds v to the residual x (int24). Returns the new residual; saturates."""
    return sat(as_int(x) + sat(v, 24), 24)


def post_embed(v, pos):
    return sat(sat(v, 24) + as_int(pos), 24)


def post_int8(v):
    return clip(v, 127)


def post_gelu(v, gelu_mult, gelu_shift, zero_point):
    """v with LSB 2^-12 -> hidden uint8."""
    return np.clip(rhu(gelu(sat(v, 20)) * gelu_mult, gelu_shift) + zero_point, 0, 255)


def attention(q, k, v, valid, score_mult, score_shift, out_mult, r1, r2):
    """One head: q [Q, dh], k and v [T, dh] int8, valid [T] bool. Returns out [Q, dh] and a dict
    of the intermediates e [Q, T] and total [Q]. At least one key must be valid."""
    q, k, v, valid = as_int(q), as_int(k), as_int(v), np.asarray(valid, dtype=bool)
    s = q @ k.T
    top = np.where(valid, s, np.iinfo(np.int64).min).max(-1, keepdims=True)
    x = rhu(np.where(valid, top - s, 0) * score_mult, score_shift)
    e = np.where(valid, exp_u8(x), 0)
    total = e.sum(-1)
    y, p = recip_mantissa(total)
    inverse = rhu(y, p - 4)[..., None]
    u = sat(rhu((e @ v) * out_mult, r1), 27)
    return clip(rhu(u * inverse, r2), 127), {"e": e, "total": total}


def split_gate_weight(w):
    """15-bit gate weight -> (wh, wl) with w = 128 wh + wl, wl in -64..63."""
    w = as_int(w)
    wh = (w + 64) >> 7
    return wh, w - 128 * wh


def gate_logits(z8, lo, weights, scale, gate_shift, bias):
    """z8, lo [..., D]; weights [D, E] 15 bit; scale S_t [...]. int32 logits, LSB 2^-20."""
    acc = 256 * (as_int(z8) @ as_int(weights)) + as_int(lo) @ as_int(weights)
    return sat(rhu(acc * as_int(scale)[..., None], gate_shift) + as_int(bias), 32)


def route(logits, top_k, window, threshold=0):
    """Logits [E] of one token. Returns the kept (expert, score) pairs in descending order of the
    logit (lower index wins ties) and the scores of the whole window."""
    logits, (low, high) = as_int(logits), window
    inside = logits[low:high]
    order = sorted(range(low, high), key=lambda e: (-int(logits[e]), e))[:top_k]
    e = exp_u17(rhu((inside.max() - inside) * 94548, 26))
    y, p = recip_mantissa(e.sum())
    scores = rhu(e * y, p + 4)
    chosen = [(expert, int(scores[expert - low])) for expert in order]
    return [pair for pair in chosen if pair[1] >= threshold], scores
