// SPDX-License-Identifier: Apache-2.0
#include "models/io/half.hpp"

namespace edgemoe::models {

float half_to_float(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t exponent = (bits >> 10) & 31;
  const std::uint32_t fraction = bits & 0x3ff;
  if (exponent == 0) {  // zero and subnormals: an integer number of 2^-24
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide_exponent = exponent == 31 ? 255 : exponent + 112;
  const std::uint32_t wide = sign | wide_exponent << 23 | fraction << 13;
  float value = 0.0F;
  std::memcpy(&value, &wide, sizeof value);
  return value;
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
