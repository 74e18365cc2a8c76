// SPDX-License-Identifier: Apache-2.0
/// The integer model of hls/README.md in its plainest form: whole matrices as vectors, one loop per
/// index, no tiles, groups or packing. Only the scalar functions come from hls/fixed (tested by
/// themselves).
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "hls/fixed/exponential.hpp"
#include "hls/fixed/gelu.hpp"
#include "hls/fixed/reciprocal.hpp"

namespace edgemoe::naive {

using Row = std::vector<std::int64_t>;
using Rows = std::vector<Row>;

/// floor(x / 2^s + 1/2), by division instead of shifts.
inline std::int64_t rhu(std::int64_t x, int s) {
  if (s == 0) return x;
  const __int128 twice = static_cast<__int128>(x) * 2 + (static_cast<__int128>(1) << s);
  const __int128 unit = static_cast<__int128>(1) << (s + 1);
  __int128 quotient = twice / unit;
  if (twice % unit < 0) --quotient;
  return static_cast<std::int64_t>(quotient);
}

inline std::int64_t clamp(std::int64_t x, std::int64_t low, std::int64_t high) {
  return std::min(std::max(x, low), high);
}
inline std::int64_t sat(std::int64_t x, int bits) {
  const std::int64_t top = std::int64_t{1} << (bits - 1);
  return clamp(x, -top, top - 1);
}

struct Requant {
  int r1 = 0, r2 = 0, bias_shift = 0;
  bool bias_first = false;
};

/// A matrix [out][in] with its channel parameters.
struct Matrix {
  Rows weights;
  Row bias;
  Row mult;
  Requant requant;
};

inline Row multiply(const Matrix& matrix, const Row& input) {
  Row sums;
  for (const Row& weights : matrix.weights) {
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < input.size(); ++k) sum += weights[k] * input[k];
    sums.push_back(sum);
  }
  return sums;
}

inline Row requantise(const Matrix& m, const Row& sums, std::int64_t scale) {
  Row v;
  for (std::size_t n = 0; n < sums.size(); ++n) {
    const std::int64_t offset = m.bias[n] * (std::int64_t{1} << m.requant.bias_shift);
    if (m.requant.bias_first) {
      v.push_back(
          rhu(sat(rhu(sums[n] * m.mult[n] + offset, m.requant.r1), 27) * scale, m.requant.r2));
    } else {
      v.push_back(
          rhu(sat(rhu(sums[n] * m.mult[n], m.requant.r1), 27) * scale + offset, m.requant.r2));
    }
  }
  return v;
}

/// Rows times a matrix through the requantiser; scales has one S_t a row.
inline Rows linear(const Matrix& matrix, const Rows& rows, const Row& scales) {
  Rows out;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    out.push_back(requantise(matrix, multiply(matrix, rows[t]), scales[t]));
  }
  return out;
}

inline void add_to(Row& x, const Row& v) {
  for (std::size_t d = 0; d < x.size(); ++d) x[d] = sat(x[d] + sat(v[d], 24), 24);
}

inline Row to_int8(Row v) {
  for (auto& value : v) value = clamp(value, -127, 127);
  return v;
}

struct Gelu {
  std::int64_t mult = 0;
  int shift = 0;
  std::int64_t zero_point = 0;
};

inline Row to_hidden(Row v, const Gelu& g) {
  for (auto& value : v) {
    value = clamp(rhu(fixed::gelu(sat(value, 20)) * g.mult, g.shift) + g.zero_point, 0, 255);
  }
  return v;
}

struct Norm {
  Row gamma, beta;
  int gamma_frac = 0;
  std::int64_t inv_d = 0, sqrt_d = 0, eps_acc = 0;
};

struct Normed {
  Row z8, lo;
  std::int64_t scale = 0;
};

inline Normed layer_norm(const Norm& norm, const Row& x) {
  std::int64_t sum = 0, square = 0, amax = 0;
  for (auto value : x) sum += value;
  const std::int64_t mean = rhu(sum * norm.inv_d, 32);
  for (auto value : x) square += (value - mean) * (value - mean);
  const auto root = fixed::rsqrt_mantissa(static_cast<std::uint64_t>(square + norm.eps_acc));
  const std::int64_t r = rhu(root.y * norm.sqrt_d, 20);
  Row o;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int64_t n = sat(rhu((x[i] - mean) * r, 9 + root.s / 2), 24);
    o.push_back(sat(rhu(n * norm.gamma[i], norm.gamma_frac + 2) + norm.beta[i], 24));
    amax = std::max(amax, std::max(o.back(), -o.back()));
  }
  Normed result;
  result.scale = std::min<std::int64_t>(131071, ((amax * 1033) >> 16) + 1);
  const auto inverse = fixed::recip_mantissa(static_cast<std::uint64_t>(result.scale));
  for (auto value : o) {
    const std::int64_t z16 = clamp(rhu(value * rhu(inverse.y, 3), inverse.p + 8), -32639, 32639);
    result.z8.push_back((z16 + 128) >> 8);
    result.lo.push_back(z16 - 256 * result.z8.back());
  }
  return result;
}

struct Attention {
  int heads = 1, head_dim = 0;
  std::int64_t score_mult = 0, out_mult = 0;
  int score_shift = 0, r1 = 0, r2 = 0;
};

inline Rows attention(const Attention& a, const Rows& qkv) {
  const int width = a.heads * a.head_dim;
  Rows out(qkv.size(), Row(width));
  for (std::size_t t = 0; t < qkv.size(); ++t) {
    for (int h = 0; h < a.heads; ++h) {
      const int at = h * a.head_dim;
      Row scores, e;
      for (const Row& key : qkv) {
        std::int64_t s = 0;
        for (int j = 0; j < a.head_dim; ++j) s += qkv[t][at + j] * key[width + at + j];
        scores.push_back(s);
      }
      const std::int64_t best = *std::max_element(scores.begin(), scores.end());
      std::int64_t total = 0;
      for (auto s : scores) {
        e.push_back(fixed::exp_u8(rhu((best - s) * a.score_mult, a.score_shift)));
        total += e.back();
      }
      const auto inverse = fixed::recip_mantissa(static_cast<std::uint64_t>(total));
      for (int j = 0; j < a.head_dim; ++j) {
        std::int64_t acc = 0;
        for (std::size_t k = 0; k < qkv.size(); ++k) acc += e[k] * qkv[k][2 * width + at + j];
        const std::int64_t u = sat(rhu(acc * a.out_mult, a.r1), 27);
        out[t][at + j] = clamp(rhu(u * rhu(inverse.y, inverse.p - 4), a.r2), -127, 127);
      }
    }
  }
  return out;
}

struct Gate {
  Rows weights;  ///< [expert][D], 15 bit
  Row bias;
  int shift = 0;
};

inline Row gate_logits(const Gate& gate, const Normed& z) {
  Row logits;
  for (std::size_t e = 0; e < gate.weights.size(); ++e) {
    std::int64_t acc = 0;
    for (std::size_t d = 0; d < z.z8.size(); ++d)
      acc += (256 * z.z8[d] + z.lo[d]) * gate.weights[e][d];
    logits.push_back(sat(rhu(acc * z.scale, gate.shift) + gate.bias[e], 32));
  }
  return logits;
}

struct Pick {
  int expert = 0;
  std::int64_t score = 0;
};

/// Top-k picks over the window, best first, threshold not applied.
inline std::vector<Pick> route(const Row& logits, int low, int high, int top_k) {
  std::vector<int> order;
  for (int e = low; e < high; ++e) order.push_back(e);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return logits[a] > logits[b]; });
  Row e;
  std::int64_t total = 0;
  for (int i = low; i < high; ++i) {
    e.push_back(fixed::exp_u17(rhu((logits[order[0]] - logits[i]) * 94548, 26)));
    total += e.back();
  }
  const auto inverse = fixed::recip_mantissa(static_cast<std::uint64_t>(total));
  std::vector<Pick> picks;
  for (int k = 0; k < top_k; ++k) {
    picks.push_back({order[k], rhu(e[order[k] - low] * inverse.y, inverse.p + 4)});
  }
  return picks;
}

}  // namespace edgemoe::naive
