// SPDX-License-Identifier: Apache-2.0
/// 2^-x by a 16-entry table with linear interpolation, as uint8 (softmax) and 17 bit unsigned
/// (gate).
///
/// Numbers:  x >= 0 with 10 fraction bits, any size; exp_u8(0) = 255, exp_u17(0) = 65536.
/// Rounding: the interpolation truncates its step, the result rounds half up.
/// Overflow: none; beyond the smallest value the result is 0.
#pragma once

#include "hls/fixed/rounding.hpp"
#include "hls/fixed/tables.hpp"

namespace edgemoe {
namespace fixed {

constexpr int kExpFractionBits = 10;
constexpr int kExpLastOctaveU8 = 15;
constexpr int kExpLastOctaveU17 = 17;

/// 65536 * 2^-(f / 1024) for f in 0..1023.
inline hls::Value<18> exp2_fraction(int f) {
#pragma HLS inline
  const int a = f >> 6;
  const hls::Value<18> left = kExp2Table[a];
  const hls::Value<18> step = left - kExp2Table[a + 1];
  return left - ((step * (f & 63)) >> 6);
}

inline hls::UInt<32> exp_u8(const hls::Value<64>& x) {
#pragma HLS inline
  const hls::Value<64> octave = x >> kExpFractionBits;
  if (octave > kExpLastOctaveU8) return 0;
  const hls::Value<18> p = exp2_fraction(static_cast<int>(x & 1023));
  return static_cast<hls::UInt<32>>(round_half_up(p * 255, 16 + static_cast<int>(octave)));
}

inline hls::UInt<32> exp_u17(const hls::Value<64>& x) {
#pragma HLS inline
  const hls::Value<64> octave = x >> kExpFractionBits;
  if (octave > kExpLastOctaveU17) return 0;
  const hls::Value<18> p = exp2_fraction(static_cast<int>(x & 1023));
  return static_cast<hls::UInt<32>>(round_half_up(p, static_cast<int>(octave)));
}

}  // namespace fixed
}  // namespace edgemoe
