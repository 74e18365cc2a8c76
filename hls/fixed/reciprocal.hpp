// SPDX-License-Identifier: Apache-2.0
/// 1/v and 1/sqrt(V) by a table seed and two Newton steps of fixed count (hls/README.md "Scalar
/// functions").
///
/// Numbers:  mantissas carry 20 fraction bits and lie in (2^19, 2^20]; exponents are returned
///           apart so that callers fold them into one final rounding shift.
/// Rounding: intermediate shifts truncate towards minus infinity; the result is at most 2^-18
///           relative below the exact value (tests/hls/fixed measure it).
/// Timing:   no data-dependent loop: the trip counts are constants.
#pragma once

#include <cstdint>

#include "hls/fixed/tables.hpp"

namespace edgemoe {
namespace fixed {

constexpr int kMantissaBits = 20;
constexpr int kNewtonSteps = 2;

/// Position of the highest set bit; v >= 1.
inline int floor_log2(std::uint64_t v) {
  int p = 0;
  for (int step = 32; step > 0; step >>= 1) {
#pragma HLS unroll
    if ((v >> step) != 0) {
      v >>= step;
      p += step;
    }
  }
  return p;
}

/// 1/v = y 2^-20 2^-p.
struct Reciprocal {
  std::int64_t y;
  int p;
};

/// v in [1, 2^32).
inline Reciprocal recip_mantissa(std::uint64_t v) {
  const int p = floor_log2(v);
  const std::int64_t m = static_cast<std::int64_t>(v << (31 - p));
  std::int64_t y = kRecipTable[(m >> 26) & 31];
  for (int step = 0; step < kNewtonSteps; ++step) {
#pragma HLS unroll
    const std::int64_t t = ((m >> 11) * y) >> kMantissaBits;
    y = (y * ((static_cast<std::int64_t>(2) << kMantissaBits) - t)) >> kMantissaBits;
  }
  return Reciprocal{y, p};
}

/// 1/sqrt(V) = y 2^-20 2^-15 2^-(s/2); s is even and may be negative.
struct InverseRoot {
  std::int64_t y;
  int s;
};

/// V in [1, 2^62).
inline InverseRoot rsqrt_mantissa(std::uint64_t v) {
  const int s = (floor_log2(v) & ~1) - 30;
  const std::int64_t m = static_cast<std::int64_t>(s >= 0 ? v >> s : v << -s);
  std::int64_t y = kRsqrtTable[(m >> 26) - 16];
  for (int step = 0; step < kNewtonSteps; ++step) {
#pragma HLS unroll
    const std::int64_t y2 = (y * y) >> kMantissaBits;
    const std::int64_t t = ((m >> 10) * y2) >> kMantissaBits;
    y = (y * ((static_cast<std::int64_t>(3) << kMantissaBits) - t)) >> (kMantissaBits + 1);
  }
  return InverseRoot{y, s};
}

}  // namespace fixed
}  // namespace edgemoe
