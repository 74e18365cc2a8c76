// SPDX-License-Identifier: Apache-2.0
/// round_half_up: the only rounding of the w8a8 formats (`rhu` in hls/README.md).
///
/// Numbers:  (x + 2^(shift-1)) >> shift on signed 64 bit, arithmetic shift; shift 0 returns x.
///           Ties go towards plus infinity: 0.5 -> 1, -0.5 -> 0.
/// Requires: 0 <= shift <= 62 and x + 2^(shift-1) within 64 bits. Callers prove it from operand
///           widths; hls/top refuses commands whose shifts could break it.
#pragma once

#include <cstdint>

namespace edgemoe {
namespace fixed {

constexpr int kMaxShift = 62;

/// Half an LSB of the result of a right shift by `shift`.
constexpr std::int64_t half_of(int shift) {
  return shift > 0 ? static_cast<std::int64_t>(1) << (shift - 1) : 0;
}

constexpr std::int64_t round_half_up(std::int64_t x, int shift) {
  return (x + half_of(shift)) >> shift;
}

}  // namespace fixed
}  // namespace edgemoe
