// SPDX-License-Identifier: Apache-2.0
/// Weights from memory to the multiply array: one out block (16 channels, all inputs) at a time.
///
/// Shapes:   a matrix is its parameter rows, then ceil(N/16) * ceil(K/16) tiles of one or two rows
///           (hls/program/README.md).
/// Errors:   none; hls/top has checked that the matrix lies inside the image and within the
///           limits.
/// Timing:   sequential words; a strip of ceil(K/16) tiles streams while the strip before it
///           multiplies.
#pragma once

#include <cstdint>

#include "hls/kernels/limits.hpp"
#include "hls/kernels/requantiser.hpp"
#include "hls/support/memory.hpp"
#include "hls/support/tile.hpp"

namespace edgemoe {
namespace hls {

/// Where a matrix lies and how large it is.
struct MatrixRef {
  std::uint64_t address;  ///< of the first parameter row, bytes
  int param_rows;
  int in_dim;
  int out_dim;
};

template <typename Format, typename Limits>
struct WeightStrip {
  typename Format::Weights tile[CheckedLimits<Limits>::kInBlocks];
  Channel channel[kOutLanes];
};

/// Tiles and parameters of out block `block`. Parameters of channels at or beyond `out_dim` are not
/// used.
template <typename Format, typename Limits>
void read_strip(MemoryPort memory, const MatrixRef& matrix, int block,
                WeightStrip<Format, Limits>& strip);

/// Two int32 of parameter record `channel` (bias and multiplier, or gamma and beta).
struct ParamWords {
  Int<32> first;
  Int<32> second;
};
ParamWords read_params(MemoryPort memory, std::uint64_t address, int channel);

}  // namespace hls
}  // namespace edgemoe
