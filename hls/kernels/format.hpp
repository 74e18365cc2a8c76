// SPDX-License-Identifier: Apache-2.0
/// Number formats as a policy: what a kernel is told about widths, so that another precision is
/// another struct and not another kernel. Values and roundings: hls/README.md.
#pragma once

#include <cstdint>

namespace edgemoe {
namespace hls {

/// int8 weights, int8 or uint8 activations, int32 accumulators, int24 residual stream.
struct W8A8 {
  using Signed = std::int8_t;     ///< z8, Q, K, V, attention output
  using Unsigned = std::uint8_t;  ///< pixels, exponentials, hidden
  using Accumulator = std::int32_t;

  static constexpr int kResidualBits = 24;  ///< LSB 2^-16
  static constexpr int kRequantBits = 27;   ///< between the requantiser's two multiplications
  static constexpr int kSignedLimit = 127;  ///< symmetric, so that packed products fit
  static constexpr int kUnsignedLimit = 255;
  static constexpr int kNormBits = 24;          ///< inside LayerNorm
  static constexpr int kPlaneLimit = 32639;     ///< |256 z8 + lo|; keeps z8 within +-127
  static constexpr int kPlaneBits = 8;          ///< z16 = z8 << kPlaneBits plus lo
  static constexpr int kGateDigitBits = 7;      ///< w = wh << kGateDigitBits plus wl
  static constexpr int kLogitBits = 32;         ///< LSB 2^-20
  static constexpr int kMaxNormScale = 131071;  ///< S_t, 17 bit unsigned
};

}  // namespace hls
}  // namespace edgemoe
