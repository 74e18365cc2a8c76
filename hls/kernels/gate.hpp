// SPDX-License-Identifier: Apache-2.0
/// gate: router logits of one segment from both planes of the LayerNorm output and both weight
/// digits.
///
/// Why:     an int8 gate input alone flips too many experts; two 8-bit planes times two digits give
/// 15 x 16
///          bits on the same int8 array.
/// Shapes:  matrix [2E' out][D in] with E' = E rounded up to 16: wh in the first half, wl in the
/// second. Numbers: hls/README.md "Gate and router"; logits int32, LSB 2^-20, saturating.
#pragma once

#include "hls/kernels/operand.hpp"
#include "hls/kernels/weights.hpp"

namespace edgemoe {
namespace hls {

struct GateJob {
  MatrixRef matrix;  ///< out_dim is the number of experts
  RowGroup rows;  ///< first row and number of tokens of the segment (more than one group of lanes)
  int gate_shift;
};

template <typename Format, typename Limits>
void gate(MemoryPort memory, const GateJob& job, TokenMemory<Format, Limits>& tokens,
          Counters& counters);

}  // namespace hls
}  // namespace edgemoe
