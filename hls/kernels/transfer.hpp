// SPDX-License-Identifier: Apache-2.0
/// Between memory and token buffers: pixels and the position table in, results out.
///
/// Memory:   pixels planar uint8 [3][height][width]; rows int32 [tokens][dim]; all densely packed,
///           so that each transfer is one run of sequential words.
/// Shapes:   width and height are multiples of 16, width <= Limits::kImageWidth, patches
///           loaded <= Limits::kRows.
/// Patches:  row-major over the image; inside a patch [channel][y][x].
#pragma once

#include "hls/kernels/token_memory.hpp"
#include "hls/support/memory.hpp"

namespace edgemoe {
namespace hls {

/// Whole bands of 16 lines; patch `first` comes to row 0.
struct PatchRange {
  int first;
  int count;
};

/// `address` is that of the whole image.
template <typename Format, typename Limits>
void load_pixels(MemoryPort memory, std::uint64_t address, int width, int height,
                 const PatchRange& patches, TokenMemory<Format, Limits>& tokens);

/// Position rows.
template <typename Format, typename Limits>
void load_positions(MemoryPort memory, std::uint64_t address, int rows, int dim,
                    TokenMemory<Format, Limits>& tokens);

/// Residual rows of every segment, segment after segment.
template <typename Format, typename Limits>
void store_residual(MemoryPort memory, std::uint64_t address, const RowSet& rows, int dim,
                    const TokenMemory<Format, Limits>& tokens);

}  // namespace hls
}  // namespace edgemoe
