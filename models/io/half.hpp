// SPDX-License-Identifier: Apache-2.0
/// IEEE 754 binary16 and bfloat16, as bits. Exact in both directions where the value exists.
#pragma once

#include <cstdint>
#include <cstring>

namespace edgemoe::models {

/// binary16 to float32: exact, including subnormals, infinities and NaN.
float half_to_float(std::uint16_t bits);

/// float32 to binary16: round to nearest even; beyond 65504 (rounded) infinity; NaN stays NaN.
std::uint16_t float_to_half(float value);

/// bfloat16 to float32: exact (the upper half of the float).
inline float bfloat16_to_float(std::uint16_t bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  float value = 0.0F;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

}  // namespace edgemoe::models
