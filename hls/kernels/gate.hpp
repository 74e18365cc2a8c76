// SPDX-License-Identifier: Apache-2.0
/// gate: router logits of one segment from both planes of the LayerNorm output and both weight
/// digits.
///
/// Why:      an int8 gate input alone flips too many experts; two 8-bit planes times two digits
///           give 15 x 16 bits on the same int8 array: two passes of the linear unit with a shift-
///           accumulate between them.
/// Shapes:   matrix [2E' out][D in] with E' = E rounded up to 16: wh in the first half, wl in the
///           second.
/// Numbers:  hls/README.md "Gate and router"; logits int32, LSB 2^-20, saturating.
#pragma once

#include "hls/kernels/linear.hpp"

namespace edgemoe {
namespace hls {

struct GateJob {
  MatrixRef matrix;  ///< out_dim counts both halves: 2E'
  int first_row;
  int tokens;
  int experts;
  int gate_shift;
};

template <typename Format, typename Limits>
void gate(MemoryPort memory, const GateJob& job, TokenMemory<Format, Limits>& tokens,
          Counters& counters);

}  // namespace hls
}  // namespace edgemoe
