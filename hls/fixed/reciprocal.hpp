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
#include "hls/support/number.hpp"

namespace edgemoe {
namespace fixed {

constexpr int kMantissaBits = 20;
constexpr int kNewtonSteps = 2;

/// Position of the highest set bit; v >= 1.
inline int floor_log2(hls::UValue<64> v) {
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
  hls::Value<22> y;
  int p;
};

/// v in [1, 2^32).
inline Reciprocal recip_mantissa(const hls::UValue<32>& v) {
  constexpr std::int64_t kTwo = static_cast<std::int64_t>(2) << kMantissaBits;
  const int p = floor_log2(v);
  const hls::UValue<32> normalised = v << (31 - p);
  const hls::Value<33> m = static_cast<hls::Value<33>>(normalised);
  hls::Value<22> y = kRecipTable[static_cast<int>(m >> 26) & 31];
  for (int step = 0; step < kNewtonSteps; ++step) {
#pragma HLS unroll
    const hls::Value<23> t = ((m >> 11) * y) >> kMantissaBits;
    y = (y * (kTwo - t)) >> kMantissaBits;
  }
  return Reciprocal{y, p};
}

/// 1/sqrt(V) = y 2^-20 2^-15 2^-(s/2); s is even and may be negative.
struct InverseRoot {
  hls::Value<22> y;
  int s;
};

/// V in [1, 2^62).
inline InverseRoot rsqrt_mantissa(const hls::UValue<64>& v) {
  constexpr std::int64_t kThree = static_cast<std::int64_t>(3) << kMantissaBits;
  const int s = (floor_log2(v) & ~1) - 30;
  hls::UValue<64> normalised = v;
  if (s >= 0) {
    normalised = v >> s;
  } else {
    normalised = v << -s;
  }
  const hls::Value<33> m = static_cast<hls::Value<33>>(normalised);
  hls::Value<22> y = kRsqrtTable[static_cast<int>(m >> 26) - 16];
  for (int step = 0; step < kNewtonSteps; ++step) {
#pragma HLS unroll
    const hls::Value<22> y2 = (y * y) >> kMantissaBits;
    const hls::Value<24> t = ((m >> 10) * y2) >> kMantissaBits;
    y = (y * (kThree - t)) >> (kMantissaBits + 1);
  }
  return InverseRoot{y, s};
}

}  // namespace fixed
}  // namespace edgemoe
