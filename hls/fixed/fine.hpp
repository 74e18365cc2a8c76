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

namespace edgemoe {
namespace fixed {

constexpr int kFineFractionBits = 22;
constexpr std::int64_t kFineOne = static_cast<std::int64_t>(1) << kFineFractionBits;
constexpr std::int64_t kLog2EFine = 6051102;  ///< round(2^22 log2 e)

inline std::int64_t wrap32(std::int64_t x) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint64_t>(x)));
}

/// a * b modulo 2^64: products whose upper bits a wrapping format discards anyway.
inline std::int64_t wrapping_product(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
inline std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

/// f in [0, 2^22): fraction of an octave.
inline std::int64_t exp2_q30(std::int64_t f) {
  const std::int64_t coarse = kExpCoarseTable[f >> 16];
  const std::int64_t p = (coarse * kExpFineTable[(f >> 10) & 63]) >> 30;
  return p - ((p * (f & 1023) * 45426) >> 38);  // 45426 = round(2^16 ln 2)
}

inline std::int64_t gelu_q22(std::int64_t v) {
  const std::int64_t a = v < 0 ? -v : v;
  const std::int64_t index = a >> 17;
  std::int64_t delta = 0;
  if (index < kFineGeluLast) {
    const std::int64_t left = kFineGeluTable[index];
    const std::int64_t right = kFineGeluTable[index + 1];
    delta = left + (((right - left) * (a & 131071)) >> 17);
  }
  return (v > 0 ? v : 0) - delta;
}

}  // namespace fixed
}  // namespace edgemoe
