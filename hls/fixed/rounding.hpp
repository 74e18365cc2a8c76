// SPDX-License-Identifier: Apache-2.0
/// round_half_up: the only rounding of the w8a8 formats (`rhu` in hls/README.md). truncate: that of
/// the wrapping format (`>>` there).
///
/// Numbers:  (x + 2^(shift-1)) >> shift on signed 64 bit, arithmetic shift; shift 0 returns x.
///           Ties go towards plus infinity: 0.5 -> 1, -0.5 -> 0. The vendor's AP_RND and AP_TRN.
/// Requires: 0 <= shift <= kMaxShift and x + 2^(shift-1) within 64 bits. Callers prove it from
///           operand widths; hls/top refuses commands whose shifts could break it.
#pragma once

#include "hls/support/quantise.hpp"

namespace edgemoe {
namespace fixed {

using hls::half_of;
using hls::kMaxShift;

inline hls::Value<64> round_half_up(const hls::Value<64>& x, int shift) {
#pragma HLS inline
  return hls::shift_rnd(x, shift);
}

inline hls::Value<64> truncate(const hls::Value<64>& x, int shift) {
#pragma HLS inline
  return hls::shift_trn(x, shift);
}

}  // namespace fixed
}  // namespace edgemoe
