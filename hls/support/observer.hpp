// SPDX-License-Identifier: Apache-2.0
/// How a simulation looks into the kernels (taps) and forces a routing. Absent in synthesis.
///
/// Values arrive row by row in execution order; the host makes floats of them with the scales
/// that the compiler recorded per command (host/compiler/lowered.hpp).
#pragma once

#include <cstdint>

#include "hls/program/command.hpp"
#include "hls/program/routing.hpp"

namespace edgemoe {
namespace hls {

enum class TapPoint : std::uint8_t {
  kResidual,      ///< x after this command, int24 LSB 2^-16 (embed: `embed`)
  kNormZ16,       ///< 256 z8 + lo, or 256 z8 where no low plane is kept; `scale` = S_t
  kQkv,           ///< int8, out_dim values: Q | K | V
  kAttentionOut,  ///< int8
  kContribution,  ///< added to x: proj, fc2, or the sum over a token's experts; LSB 2^-16
  kHidden,        ///< uint8 after GELU (dense MLP)
  kLogits,        ///< int32 LSB 2^-20
};

class Observer {
 public:
  virtual ~Observer() = default;
  /// `row`: token within its segment (accelerator order). `scale`: S_t where there is one, else 0.
  virtual void on_row(const program::Command& command, TapPoint point, int segment, int row,
                      const std::int32_t* values, int count, std::uint32_t scale) = 0;
  /// After a command that lost the upper bits of `values` values: wrapped, or saturated where
  /// the compiler means nothing to saturate (int8 and uint8 values are clipped on purpose).
  virtual void on_overflow(const program::Command& command, std::uint64_t values) {
    (void)command;
    (void)values;
  }
};

}  // namespace hls
}  // namespace edgemoe
