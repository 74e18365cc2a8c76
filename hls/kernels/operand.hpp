// SPDX-License-Identifier: Apache-2.0
/// The read side of the token buffers: 8 tokens x 16 inputs a cycle into the multiply array.
///
/// Padding:  lanes beyond the group are left as they are (the array does not use them); columns
///           beyond a matrix' inputs hold whatever the row holds and meet weights that are 0 by
///           the image's contract.
#pragma once

#include "hls/kernels/token_memory.hpp"
#include "hls/support/tile.hpp"

namespace edgemoe {
namespace hls {

/// Which buffer feeds the array.
enum class OperandSource : std::uint8_t {
  kPixels,
  kNormOut,
  kNormLow,
  kAttentionOut,
  kHidden,
  kStaged
};

template <typename Element, int Rows, int Columns, typename Operands>
inline void read_lanes(const Element (&buffer)[Rows][Columns], const RowGroup& group, int block,
                       Operands& tile) {
#pragma HLS inline
  for (int t = 0; t < kTokenLanes; ++t) {
#pragma HLS unroll
    if (t < group.lanes) {
      const Element* row = &buffer[group.first_row + t][block * kInLanes];
      for (int i = 0; i < kInLanes; ++i) {
#pragma HLS unroll
        tile.value[t][i] = row[i];
      }
    }
  }
}

template <typename Format, typename Limits>
inline void read_operand(const TokenMemory<Format, Limits>& memory, OperandSource source,
                         const RowGroup& group, int block, typename Format::Operands& tile) {
#pragma HLS inline
  switch (source) {
    case OperandSource::kPixels:
      return read_lanes(memory.pixels, group, block, tile);
    case OperandSource::kNormOut:
      return read_lanes(memory.norm_out, group, block, tile);
    case OperandSource::kNormLow:
      return read_lanes(memory.norm_low, group, block, tile);
    case OperandSource::kAttentionOut:
      return read_lanes(memory.attention_out, group, block, tile);
    case OperandSource::kHidden:
      return read_lanes(memory.hidden, group, block, tile);
    case OperandSource::kStaged:
      return read_lanes(memory.staged, group, block, tile);
  }
}

/// One out block of one group: sums over all inputs.
template <typename Format, typename Limits>
inline void multiply_group(const TokenMemory<Format, Limits>& memory, OperandSource source,
                           const RowGroup& group, int in_blocks,
                           const typename Format::Weights* tiles, typename Format::Sums& sums) {
  clear(sums);
  for (int k = 0; k < in_blocks; ++k) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds in_dim by Limits::kHidden
#pragma HLS loop_tripcount min = 1 max = 192
    typename Format::Operands operand;
#pragma HLS array_partition variable = operand.value complete dim = 0
    read_operand(memory, source, group, k, operand);
    tile_product(operand, tiles[k], group.lanes, sums);
  }
}

}  // namespace hls
}  // namespace edgemoe
