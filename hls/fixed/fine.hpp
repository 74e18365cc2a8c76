// SPDX-License-Identifier: Apache-2.0
/// Scalar functions of the 16- and 32-bit formats (hls/README.md "The w16a16 and w16a32 formats").
///
/// wrap32:    the low 32 bits as two's complement: the overflow of a 32-bit wrapping format.
/// exp2_q30:  2^-f with 30 fraction bits from two tables of 64 and a linear step; within 17 LSB.
/// gelu_q22:  in and out LSB 2^-22, ReLU minus an interpolated table of step 1/32 with 22 fraction
///            bits; within 9.8e-5 of the exact erf form, beyond |x| = 5.5 exactly ReLU.
/// Rounding:  all of them truncate towards minus infinity (arithmetic shift).
#pragma once

#include <cstdint>

#include "hls/fixed/fine_tables.hpp"
#include "hls/fixed/saturation.hpp"

namespace edgemoe {
namespace fixed {

constexpr int kFineFractionBits = 22;
constexpr std::int64_t kFineOne = static_cast<std::int64_t>(1) << kFineFractionBits;
constexpr std::int64_t kLog2EFine = 6051102;  ///< round(2^22 log2 e)

inline hls::Value<32> wrap32(const hls::Value<64>& x) {
#pragma HLS inline
  return wrap<32>(x);
}

/// Modulo 2^64: products and sums whose upper bits a wrapping format discards anyway.
using hls::wrapping_product;
using hls::wrapping_sum;

/// f in [0, 2^22): fraction of an octave.
inline hls::Value<32> exp2_q30(const hls::Value<23>& f) {
  const int at = static_cast<int>(f);
  const hls::Value<32> coarse = kExpCoarseTable[at >> 16];
  const hls::Value<32> p = (coarse * kExpFineTable[(at >> 10) & 63]) >> 30;
  const hls::Value<42> linear = p * (at & 1023);
  return p - ((linear * 45426) >> 38);  // 45426 = round(2^16 ln 2)
}

inline hls::Value<33> gelu_q22(const hls::Value<32>& v) {
  using Magnitude = hls::Value<33>;
  const Magnitude a = v < 0 ? Magnitude(-v) : Magnitude(v);
  const Magnitude ramp = v > 0 ? Magnitude(v) : Magnitude(0);
  const int index = static_cast<int>(a >> 17);
  hls::Value<32> delta = 0;
  if (index < kFineGeluLast) {
    const hls::Value<32> left = kFineGeluTable[index];
    const hls::Value<32> rise = kFineGeluTable[index + 1] - left;
    delta = left + ((rise * (a & 131071)) >> 17);
  }
  return ramp - delta;
}

}  // namespace fixed
}  // namespace edgemoe
