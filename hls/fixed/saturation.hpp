// SPDX-License-Identifier: Apache-2.0
/// The two overflow modes of the w8a8 formats: `sat(x, n)` and `clip(x, a)` of hls/README.md.
#pragma once

#include <cstdint>

namespace edgemoe {
namespace fixed {

/// Range of an n-bit two's complement number, 1 <= n <= 63.
constexpr std::int64_t max_signed(int bits) {
  return (static_cast<std::int64_t>(1) << (bits - 1)) - 1;
}
constexpr std::int64_t min_signed(int bits) { return -max_signed(bits) - 1; }

constexpr std::int64_t clamp_between(std::int64_t x, std::int64_t low, std::int64_t high) {
  return x < low ? low : (x > high ? high : x);
}

/// Saturates to `Bits`-bit two's complement.
template <int Bits>
constexpr std::int64_t saturate(std::int64_t x) {
  static_assert(Bits >= 1 && Bits <= 63, "a signed width that fits 64 bits");
  return clamp_between(x, min_signed(Bits), max_signed(Bits));
}

/// Saturates to the symmetric range [-limit, limit].
constexpr std::int64_t clip(std::int64_t x, std::int64_t limit) {
  return clamp_between(x, -limit, limit);
}

}  // namespace fixed
}  // namespace edgemoe
