// SPDX-License-Identifier: Apache-2.0
#include "models/io/half.hpp"

#include <cmath>

namespace edgemoe::models {

float half_to_float(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 0x3ff;
  float magnitude = 0.0F;
  if (exponent == 31) {
    magnitude = fraction != 0 ? NAN : INFINITY;
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

std::uint16_t float_to_half(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000);
  const std::uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;   // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00;  // 65520 and above round to infinity
  // Subnormal results have a fixed LSB of 2^-24; normal ones keep 10 of the 23 fraction bits.
  const int exponent = static_cast<int>(magnitude >> 23);
  const int dropped = exponent >= 113 ? 13 : 126 - exponent;
  if (dropped > 24) return sign;  // below half of the smallest subnormal
  const std::uint32_t mantissa = (magnitude & 0x7fffff) | 0x800000;
  const std::uint32_t half = 1U << (dropped - 1);
  const std::uint32_t kept = mantissa >> dropped;
  const std::uint32_t rest = mantissa & ((1U << dropped) - 1);
  const std::uint32_t rounded = kept + (rest > half || (rest == half && (kept & 1) != 0) ? 1 : 0);
  // A carry out of the fraction runs into the exponent, which is what it should do.
  const std::uint32_t base = exponent >= 113 ? static_cast<std::uint32_t>(exponent - 113) << 10 : 0;
  return static_cast<std::uint16_t>(sign | (base + rounded));
}

}  // namespace edgemoe::models
