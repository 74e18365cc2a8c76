// SPDX-License-Identifier: Apache-2.0
/// Number formats as a policy: what a kernel is told about widths, so that another precision is
/// another struct and not another kernel. Values and roundings: hls/README.md.
///
/// Types:  Signed (z, Q, K, V, attention output), Pixel, Hidden (after GELU), Exponential (what
///         multiplies V), Score, and the tiles of the multiply array. Where a precision does
///         another arithmetic, and not only another width, the function is specialised:
///         requantiser_wide.hpp, layer_norm.cpp, softmax.hpp.
#pragma once

#include <cstdint>

#include "hls/program/image.hpp"
#include "hls/support/number.hpp"
#include "hls/support/tile.hpp"

namespace edgemoe {
namespace hls {

/// int8 weights, int8 or uint8 activations, int32 accumulators, int24 residual stream.
struct W8A8 {
  using Signed = Int<8>;       ///< z8, Q, K, V, attention output
  using Packed = std::int8_t;  ///< Signed as hls/program packs it
  using Pixel = UInt<8>;
  using Hidden = UInt<8>;
  using Exponential = UInt<8>;  ///< un-normalised
  using Score = Int<32>;        ///< raw sums
  using Operands = OperandTile;
  using Weights = WeightTile;
  using Sums = AccumulatorTile;

  static constexpr program::Precision kPrecision = program::Precision::kW8A8;
  static constexpr int kResidualBits = 24;   ///< LSB 2^-16
  static constexpr int kRequantBits = 27;    ///< between the requantiser's two multiplications
  static constexpr int kSumBits = 32;        ///< of an accumulator
  static constexpr int kSignedBits = 8;      ///< symmetric: +-127, so that packed products fit
  static constexpr int kHiddenBits = 8;      ///< unsigned
  static constexpr int kNormBits = 24;       ///< inside LayerNorm, and its result
  static constexpr int kGateSumBits = 44;    ///< sum of z16 * w, at most 2^41, signed
  static constexpr int kPlaneLimit = 32639;  ///< |256 z8 + lo|; keeps z8 within +-127
  static constexpr int kPlaneBits = 8;       ///< z16 = z8 << kPlaneBits plus lo
  static constexpr int kGateDigits = 2;      ///< and as many planes of the gate's input
  static constexpr int kGateDigitBits = 7;   ///< w = wh << kGateDigitBits plus wl
  static constexpr int kLogitBits = 32;
  static constexpr int kLogitFraction = 20;
  static constexpr int kMaxNormScale = 131071;  ///< S_t, 17 bit unsigned
};

/// 16-bit weights and activations with static scales, 64-bit accumulators, one rounding; int24
/// residual stream.
struct W16A16 {
  using Signed = Int<16>;
  using Packed = std::int16_t;  ///< Signed as hls/program packs it
  using Pixel = UInt<8>;
  using Hidden = Int<16>;
  using Exponential = Int<16>;  ///< un-normalised, 0..32767
  using Score = Int<64>;        ///< raw sums
  using Operands = OperandTile;
  using Weights = WeightTile16;
  using Sums = WideAccumulatorTile;

  static constexpr program::Precision kPrecision = program::Precision::kW16A16;
  static constexpr int kResidualBits = 24;  ///< LSB 2^-16
  static constexpr int kRequantBits = 46;   ///< before the token scale
  static constexpr int kSumBits = 64;       ///< of an accumulator
  static constexpr int kSignedBits = 16;    ///< symmetric: a pair of products fits 32 bits
  static constexpr int kSignedLimit = 32767;
  static constexpr int kHiddenBits = 16;  ///< symmetric
  static constexpr int kGateSumBits = 64;
  static constexpr int kNormBits = 28;  ///< LayerNorm before its static scale, LSB 2^-16
  static constexpr int kGateDigits = 1;
  static constexpr int kGateDigitBits = 0;
  static constexpr int kLogitBits = 32;
  static constexpr int kLogitFraction = 20;
};

/// The published formats of Edge-MoE: 32-bit features with 22 fraction bits, 16-bit weights;
/// everything truncates and wraps.
struct W16A32 {
  using Signed = Int<32>;
  using Packed = std::int32_t;  ///< Signed as hls/program packs it
  using Pixel = UInt<8>;
  using Hidden = Int<32>;
  using Exponential = Int<32>;  ///< normalised: exponential times stored reciprocal
  using Score = Int<32>;        ///< scaled, LSB 2^-22
  using Operands = WideOperandTile;
  using Weights = WeightTile32;
  using Sums = WideAccumulatorTile;

  static constexpr program::Precision kPrecision = program::Precision::kW16A32;
  static constexpr int kResidualBits = 32;  ///< LSB 2^-22
  static constexpr int kSumBits = 64;       ///< of an accumulator
  static constexpr int kGateSumBits = 64;
  static constexpr int kGateDigits = 1;
  static constexpr int kGateDigitBits = 0;
  static constexpr int kLogitFraction = 22;
};

}  // namespace hls
}  // namespace edgemoe
