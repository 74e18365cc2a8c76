// SPDX-License-Identifier: Apache-2.0
/// GELU (exact erf form) as ReLU minus an interpolated table of step 1/32.
///
/// Numbers:  in int20 with LSB 2^-12 (+-128), out LSB 2^-15, within +-2^22.
/// Rounding: the interpolated step rounds half up; beyond |x| = 5.5 the result is exactly ReLU.
/// Overflow: none within int20; callers saturate the input.
#pragma once

#include "hls/fixed/tables.hpp"
#include "hls/support/number.hpp"

namespace edgemoe {
namespace fixed {

constexpr int kGeluInputBits = 20;

inline hls::Value<24> gelu(const hls::Value<kGeluInputBits>& v) {
#pragma HLS inline
  using Magnitude = hls::Value<kGeluInputBits + 1>;
  using Ramp = hls::Value<24>;
  const Magnitude a = v < 0 ? Magnitude(-v) : Magnitude(v);
  const Ramp ramp = v > 0 ? Ramp(v * 8) : Ramp(0);
  const int index = static_cast<int>(a >> 7);
  hls::Value<16> delta = 0;
  if (index < kGeluLast) {
    const hls::Value<16> left = kGeluTable[index];
    const hls::Value<16> rise = kGeluTable[index + 1] - left;
    delta = left + ((rise * (a & 127) + 64) >> 7);
  }
  return ramp - delta;
}

}  // namespace fixed
}  // namespace edgemoe
