# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/w8a8_*.json from the integer model: `python3 -m models.training.make_golden`.

Deterministic (fixed seeds), so that running it again must leave the files unchanged; a test checks
that. The format is described in tests/golden/README.md.
"""

import argparse
import json
import os

import numpy as np

from models.training import integer as I


def plain(value):
    """numpy -> JSON integers, booleans and lists."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return value


def case(inputs, outputs):
    return plain({"in": inputs, "out": outputs})


def spread(rng, top_bits, count):
    """Integers >= 1 spread over all magnitudes up to 2^top_bits - 1."""
    bits = rng.integers(1, top_bits + 1, count)
    return [int(rng.integers(1 << (b - 1), 1 << b)) for b in bits]


def scalar_recip(rng):
    values = [1, 2, 3, 4, 5, 255, 256, 257, 65535, 65536, 131071, 2**31 - 1, 2**31, 2**32 - 1]
    return [case({"v": v}, dict(zip(("y", "p"), I.recip_mantissa(v))))
            for v in values + spread(rng, 32, 60)]


def scalar_rsqrt(rng):
    values = [1, 2, 3, 4, 7, 8, 2**30 - 1, 2**30, 2**31, 2**32 - 1, 2**32, 2**52 - 1, 2**53 + 1,
              2**61 - 1, 2**61, 2**62 - 1, 824634]
    return [case({"v": v}, dict(zip(("y", "s"), I.rsqrt_mantissa(v))))
            for v in values + spread(rng, 62, 80)]


def scalar_exp(rng):
    values = [0, 1, 63, 64, 65, 1023, 1024, 1025, 8 * 1024, 16 * 1024 - 1, 16 * 1024, 17 * 1024,
              18 * 1024 - 1, 18 * 1024, 20 * 1024, 2**31 - 1]
    values += rng.integers(0, 19 * 1024, 60).tolist()
    return [case({"x": x}, {"u8": I.exp_u8(x), "u17": I.exp_u17(x)}) for x in values]


def scalar_gelu(rng):
    edge = I.GELU_LAST << 7
    values = [0, 1, -1, 63, 64, -64, 127, 128, -128, edge - 1, edge, edge + 1, 1 - edge, -edge,
              -edge - 1, 2**19 - 1, -2**19]
    values += rng.integers(-24000, 24000, 80).tolist()
    return [case({"v": v}, {"g": I.gelu(v)}) for v in values]


def scalar_rounding(rng):
    cases = []
    for x, s in [(0, 0), (5, 0), (-5, 0), (1, 1), (-1, 1), (3, 1), (-3, 1), (6, 2), (-6, 2),
                 (2**62 - 1, 1), (-2**62, 62), (2**61, 62), (2**61 - 1, 62), (-2**61 - 1, 62)]:
        cases.append(case({"x": x, "shift": s}, {"rhu": I.rhu(x, s)}))
    for x, s in zip(rng.integers(-2**40, 2**40, 20), rng.integers(0, 41, 20)):
        cases.append(case({"x": x, "shift": s}, {"rhu": I.rhu(x, s)}))
    return cases


def norm_case(x, gamma, beta, gamma_frac):
    x = I.as_int(x)
    constants = I.layer_norm_constants(x.size)
    z8, lo, scale = I.layer_norm(x, gamma, beta, gamma_frac, **constants)
    inputs = {"x": x, "gamma": gamma, "beta": beta, "gamma_frac": gamma_frac, **constants}
    return case(inputs, {"z8": z8, "lo": lo, "scale": scale})


def op_layer_norm(rng):
    top, low = 2**23 - 1, -2**23
    cases = [norm_case([top], [131071], [top], 14), norm_case([5], [0], [0], 14),
             norm_case([top, low], [131071, -131072], [0, 0], 10),
             norm_case([0] * 8, [16384] * 8, [0] * 8, 14),
             norm_case([low] * 8, [16384] * 8, rng.integers(low, top, 8), 14),
             norm_case([1, 0, 0, 0, 0, 0, 0], [16384] * 7, [1] * 7, 14),
             norm_case([top, low] * 8, [131071] * 16, [top] * 16, 0),
             norm_case([0] * 15 + [top], rng.integers(-131072, 131072, 16), [low] * 16, 16)]
    for dim, spreading in ((6, 2**4), (33, 2**16), (64, 2**22), (192, 2**16), (192, 2**19),
                           (192, 300), (384, 2**17)):
        x = np.clip(rng.normal(0, spreading, dim), low, top).astype(np.int64)
        gamma = np.clip(rng.normal(16384, 6000, dim), -131072, 131071).astype(np.int64)
        cases.append(norm_case(x, gamma, rng.normal(0, 20000, dim).astype(np.int64), 14))
    return cases


def requant_inputs(rng, number):
    """Ordinary values: u near its full range, v of a magnitude that cycles through 2^3..2^22."""
    acc_bits, scale = int(rng.integers(10, 26)), int(rng.integers(256, 131072))
    mult = int(rng.integers(32768, 65536))
    r1 = max(0, acc_bits + 16 - int(rng.integers(22, 27)))
    r2 = max(1, acc_bits + 16 - r1 + scale.bit_length() - 3 - number % 20)
    bias_shift = int(rng.integers(0, 9))
    limit = 1 << min(30, max(1, r2 + number % 20 - bias_shift))
    return {"acc": int(rng.integers(-(1 << acc_bits), 1 << acc_bits)), "mult": mult,
            "bias": int(rng.integers(-limit, limit)), "r1": r1, "r2": r2,
            "bias_shift": bias_shift, "token_scale": scale}


def requant_edges():
    big, base = 2**26 - 1, {"mult": 65535, "bias": 0, "bias_shift": 0, "token_scale": 65536}
    edges = [{"acc": 0, "r1": 1, "r2": 16}, {"acc": big, "r1": 0, "r2": 16},
             {"acc": -big, "r1": 0, "r2": 16}, {"acc": 1, "mult": 1, "r1": 1, "r2": 16},
             {"acc": -1, "mult": 1, "r1": 1, "r2": 16}, {"acc": big, "r1": 16, "r2": 0},
             {"acc": 0, "bias": 2**31 - 1, "r1": 0, "r2": 1, "bias_shift": 12},
             {"acc": 0, "bias": -2**31, "r1": 0, "r2": 1, "bias_shift": 12},
             {"acc": 3, "mult": 1, "r1": 0, "r2": 1, "token_scale": 1},
             {"acc": -3, "mult": 1, "r1": 0, "r2": 1, "token_scale": 1},
             {"acc": 12345, "mult": 0, "bias": 777, "r1": 5, "r2": 3, "token_scale": 0}]
    return [dict(base, **edge) for edge in edges]


def op_requantise(rng):
    inputs = requant_edges() + [requant_inputs(rng, n) for n in range(60)]
    cases = []
    for number, item in enumerate(inputs):
        x = int(rng.integers(-2**23, 2**23)) if number % 3 else 2**23 - 1
        post = {"x": x, "pos": int(rng.integers(-2**18, 2**18)), "gelu_mult": 43691 - number,
                "gelu_shift": 21 + number % 5, "zero_point": number % 40}
        for bias_first in (False, True):
            v = I.requantise(bias_first=bias_first, **item)
            hidden = I.post_gelu(v, post["gelu_mult"], post["gelu_shift"], post["zero_point"])
            out = {"v": v, "residual": I.post_residual(v, x), "embed": I.post_embed(v, post["pos"]),
                   "int8": I.post_int8(v), "hidden": hidden}
            cases.append(case(dict(item, bias_first=bias_first, **post), out))
    return cases


def attention_case(q, k, v, valid, score_mult=40000, score_shift=20, out_mult=52000, r1=8, r2=31):
    constants = {"score_mult": score_mult, "score_shift": score_shift, "out_mult": out_mult,
                 "r1": r1, "r2": r2}
    out, inner = I.attention(q, k, v, valid, **constants)
    inputs = {"q": q, "k": k, "v": v, "valid": valid, **constants}
    return case(inputs, {"out": out, "e": inner["e"], "total": inner["total"]})


def op_attention(rng):
    def random(rows, dh, spreading=40):
        return np.clip(rng.normal(0, spreading, (rows, dh)), -127, 127).astype(np.int64)
    full = np.full
    cases = [attention_case(full((1, 1), 127), full((1, 1), -127), full((1, 1), 127), [True]),
             attention_case(full((1, 4), 0), random(5, 4), random(5, 4), [True] * 5),
             attention_case(full((2, 64), 127), np.concatenate([full((1, 64), 127),
                            full((2, 64), -127)]), full((3, 64), 127), [True] * 3, out_mult=65535),
             attention_case(random(2, 8), random(9, 8), random(9, 8),
                            [True] * 4 + [False] * 5, score_shift=16),
             attention_case(random(1, 8), random(6, 8), full((6, 8), 0),
                            [False, True, False, False, False, True])]
    for rows, keys, dh, shift in ((3, 17, 16, 18), (2, 33, 32, 21), (2, 24, 64, 20)):
        cases.append(attention_case(random(rows, dh), random(keys, dh), random(keys, dh),
                                    [True] * keys, score_shift=shift, r2=32))
    return cases


def gate_case(z8, lo, weights, scale, gate_shift, bias, top_k, window, threshold):
    logits = I.gate_logits(z8, lo, weights, scale, gate_shift, bias)
    chosen, scores = I.route(logits, top_k, window, threshold)
    wh, wl = I.split_gate_weight(weights)
    inputs = {"z8": z8, "lo": lo, "weights": weights, "scale": scale, "gate_shift": gate_shift,
              "bias": bias, "top_k": top_k, "window": window, "threshold": threshold}
    return case(inputs, {"wh": wh, "wl": wl, "logits": logits, "window_scores": scores,
                         "experts": [e for e, _ in chosen], "scores": [s for _, s in chosen]})


def op_gate(rng):
    def draw(dim, experts, limit=16319):
        return (rng.integers(-127, 128, dim), rng.integers(-128, 128, dim),
                rng.integers(-limit, limit + 1, (dim, experts)))
    zero = np.zeros
    cases = [gate_case(*draw(4, 1), 4000, 15, [0], 1, [0, 1], 0),
             gate_case(zero(3, int), zero(3, int), draw(3, 16)[2], 1, 16, [0] * 16, 2, [0, 16], 0),
             gate_case(zero(2, int), zero(2, int), draw(2, 8)[2], 1, 16, [5, 9, 9, -3, 9, 0, 1, 2],
                       2, [0, 8], 0),
             gate_case(*draw(4, 16), 9000, 16, [0] * 16, 2, [5, 11], 0),
             gate_case(*draw(4, 16), 9000, 16, [0] * 16, 4, [0, 16], 9000),
             gate_case(*draw(4, 4), 9000, 16, [0] * 4, 2, [0, 4], 65537),
             gate_case([127] * 6, [127] * 6, [[16319, -16319]] * 6, 131071, 0, [2**31 - 1, -2**31],
                       2, [0, 2], 0),
             gate_case(zero(1, int), zero(1, int), [[0] * 3], 1, 5, [0, -2**31, 2**31 - 1], 3,
                       [0, 3], 0)]
    for dim, experts, top_k in ((64, 16, 2), (96, 16, 2), (48, 8, 3)):
        z8, lo, weights = draw(dim, experts, 6000)
        cases.append(gate_case(z8, lo, weights, int(rng.integers(2000, 9000)), 20,
                               rng.integers(-2**18, 2**18, experts), top_k, [0, experts], 3000))
    return cases


FUNCTIONS = {"rhu": scalar_rounding, "recip_mantissa": scalar_recip, "rsqrt_mantissa": scalar_rsqrt,
             "exp": scalar_exp, "gelu": scalar_gelu, "layer_norm": op_layer_norm,
             "requantise": op_requantise, "attention": op_attention, "gate": op_gate}


def golden_text(name):
    seed = 1000 + sorted(FUNCTIONS).index(name)
    cases = FUNCTIONS[name](np.random.Generator(np.random.PCG64(seed)))
    lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in cases)
    return '{"function":"%s","cases":[\n%s\n]}\n' % (name, lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.path.join(os.path.dirname(__file__), "..", "..", "tests", "golden")
    parser.add_argument("--out", default=default, help="folder for the JSON files")
    out = parser.parse_args().out
    os.makedirs(out, exist_ok=True)
    for name in FUNCTIONS:
        with open(os.path.join(out, "w8a8_%s.json" % name), "w", encoding="ascii") as file:
            file.write(golden_text(name))


if __name__ == "__main__":
    main()
