// SPDX-License-Identifier: Apache-2.0
/// GELU (exact erf form) as ReLU minus an interpolated table of step 1/32.
///
/// Numbers:  in int20 with LSB 2^-12 (+-128), out LSB 2^-15, within +-2^22.
/// Rounding: the interpolated step rounds half up; beyond |x| = 5.5 the result is exactly ReLU.
/// Overflow: none within int20; callers saturate the input.
#pragma once

#include <cstdint>

#include "hls/fixed/tables.hpp"

namespace edgemoe {
namespace fixed {

constexpr int kGeluInputBits = 20;

inline std::int64_t gelu(std::int64_t v) {
  const std::int64_t a = v < 0 ? -v : v;
  const std::int64_t index = a >> 7;
  std::int64_t delta = 0;
  if (index < kGeluLast) {
    const std::int64_t left = kGeluTable[index];
    const std::int64_t right = kGeluTable[index + 1];
    delta = left + (((right - left) * (a & 127) + 64) >> 7);
  }
  return (v > 0 ? v * 8 : 0) - delta;
}

}  // namespace fixed
}  // namespace edgemoe
