// SPDX-License-Identifier: Apache-2.0
/// The overflow modes of the formats: `sat(x, n)`, `clip(x, a)` and `wrap32` of hls/README.md.
///
/// Modes:    saturate is the vendor's AP_SAT, saturate_symmetric AP_SAT_SYM (clip to 2^(n-1) - 1),
///           saturate_unsigned AP_SAT of an unsigned type, wrap AP_WRAP. clip to any other limit
///           has no mode of its own and is two comparisons in every build.
#pragma once

#include <cstdint>

#include "hls/support/quantise.hpp"

namespace edgemoe {
namespace fixed {

using hls::max_signed;
using hls::min_signed;

/// Saturates to `Bits`-bit two's complement.
template <int Bits>
inline hls::Value<Bits> saturate(const hls::Value<64>& x) {
#pragma HLS inline
  return hls::fit_sat<Bits>(x);
}

/// Saturates to [-(2^(Bits-1) - 1), 2^(Bits-1) - 1].
template <int Bits>
inline hls::Value<Bits> saturate_symmetric(const hls::Value<64>& x) {
#pragma HLS inline
  return hls::fit_sat_sym<Bits>(x);
}

/// Saturates to [0, 2^Bits - 1].
template <int Bits>
inline hls::Value<Bits + 1> saturate_unsigned(const hls::Value<64>& x) {
#pragma HLS inline
  return hls::fit_sat_unsigned<Bits>(x);
}

/// The low `Bits` bits as two's complement.
template <int Bits>
inline hls::Value<Bits> wrap(const hls::Value<64>& x) {
#pragma HLS inline
  return hls::fit_wrap<Bits>(x);
}

/// Saturates to the symmetric range [-limit, limit].
inline hls::Value<64> clip(const hls::Value<64>& x, std::int64_t limit) {
#pragma HLS inline
  if (x > limit) return limit;
  if (x < -limit) return -limit;
  return x;
}

}  // namespace fixed
}  // namespace edgemoe
