// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/transfer.hpp"

#include "hls/support/stream.hpp"

namespace edgemoe {
namespace hls {
namespace {

/// Words of one image row or one token row, between the burst and the buffer.
template <typename Limits>
using WordStream = Stream<Word, larger(Limits::kImageWidth / kWordBytes, Limits::kDim)>;

template <typename Limits>
void read_words(MemoryPort memory, std::uint64_t address, int count, WordStream<Limits>& words) {
ReadWords:
  for (int i = 0; i < count; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds image width and dim
#pragma HLS loop_tripcount min = 1 max = 1024
    words.write(read_word(memory, address + static_cast<std::uint64_t>(i) * kWordBytes));
  }
}

/// One image line of one channel into the patches that it crosses.
template <typename Format, typename Limits>
void scatter_line(int channel, int y, int width, WordStream<Limits>& words,
                  TokenMemory<Format, Limits>& tokens) {
  const int first_patch = y / kPatchSide * (width / kPatchSide);
  const int line = (channel * kPatchSide + y % kPatchSide) * kPatchSide;
ScatterWords:
  for (int x = 0; x < width; x += kWordBytes) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds the image width
#pragma HLS loop_tripcount min = 4 max = 1024
    const Word word = words.read();
    for (int b = 0; b < kWordBytes; ++b) {
#pragma HLS unroll
      tokens.pixels[first_patch + x / kPatchSide][line + x % kPatchSide + b] =
          static_cast<typename Format::Pixel>(word >> (8 * b));
    }
  }
}

template <typename Format, typename Limits>
void fill_position(int row, int dim, WordStream<Limits>& words,
                   TokenMemory<Format, Limits>& tokens) {
FillPosition:
  for (int d = 0; d < dim; ++d) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
    tokens.position[row][d] = static_cast<Int<32>>(words.read());
  }
}

template <typename Format, typename Limits>
void drain_residual(int row, int dim, const TokenMemory<Format, Limits>& tokens,
                    WordStream<Limits>& words) {
DrainResidual:
  for (int d = 0; d < dim; ++d) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
    words.write(static_cast<Word>(tokens.residual[row][d]));
  }
}

template <typename Limits>
void write_words(MemoryPort memory, std::uint64_t address, int count, WordStream<Limits>& words) {
WriteWords:
  for (int i = 0; i < count; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
    write_word(memory, address + static_cast<std::uint64_t>(i) * kWordBytes, words.read());
  }
}

}  // namespace

template <typename Format, typename Limits>
void load_pixels(MemoryPort memory, std::uint64_t address, int width, int height,
                 const PatchRange& patches, TokenMemory<Format, Limits>& tokens) {
  const int columns = width / kPatchSide;
  const int first_line = patches.first / columns * kPatchSide;
  const int lines = patches.count / columns * kPatchSide;
Channels:
  for (int c = 0; c < 3; ++c) {
  Lines:
    for (int y = first_line; y < first_line + lines; ++y) {
#pragma HLS dataflow
      // Trip count: typical: 128 x 256 images
#pragma HLS loop_tripcount min = 16 max = 128
      WordStream<Limits> words("pixel line");
      const std::uint64_t line =
          static_cast<std::uint64_t>(c) * static_cast<std::uint64_t>(height) +
          static_cast<std::uint64_t>(y);
      read_words<Limits>(memory, address + line * static_cast<std::uint64_t>(width),
                         width / kWordBytes, words);
      scatter_line(c, y - first_line, width, words, tokens);
      words.expect_drained();
    }
  }
}

template <typename Format, typename Limits>
void load_positions(MemoryPort memory, std::uint64_t address, int rows, int dim,
                    TokenMemory<Format, Limits>& tokens) {
  const std::uint64_t row_bytes = static_cast<std::uint64_t>(dim) * kWordBytes;
PositionRows:
  for (int r = 0; r < rows; ++r) {
#pragma HLS dataflow
    // Trip count: typical: 129 tokens
#pragma HLS loop_tripcount min = 1 max = 129
    WordStream<Limits> words("position row");
    read_words<Limits>(memory, address + static_cast<std::uint64_t>(r) * row_bytes, dim, words);
    fill_position(r, dim, words, tokens);
    words.expect_drained();
  }
}

template <typename Format, typename Limits>
void store_residual(MemoryPort memory, std::uint64_t address, const RowSet& rows, int dim,
                    const TokenMemory<Format, Limits>& tokens) {
  const std::uint64_t row_bytes = static_cast<std::uint64_t>(dim) * kWordBytes;
StoreSegments:
  for (int segment = 0; segment < rows.segments; ++segment) {
  StoreRows:
    for (int t = 0; t < rows.tokens; ++t) {
#pragma HLS dataflow
      // Trip count: typical: 129 tokens
#pragma HLS loop_tripcount min = 1 max = 129
      WordStream<Limits> words("result row");
      const std::uint64_t index =
          static_cast<std::uint64_t>(segment) * static_cast<std::uint64_t>(rows.tokens) +
          static_cast<std::uint64_t>(t);
      drain_residual(row_of(rows, segment, t), dim, tokens, words);
      write_words<Limits>(memory, address + index * row_bytes, dim, words);
      words.expect_drained();
    }
  }
}

#define EDGEMOE_INSTANTIATE(FORMAT, LIMITS)                                                        \
  template void load_pixels(MemoryPort, std::uint64_t, int, int, const PatchRange&,                \
                            TokenMemory<FORMAT, LIMITS>&);                                         \
  template void load_positions(MemoryPort, std::uint64_t, int, int, TokenMemory<FORMAT, LIMITS>&); \
  template void store_residual(MemoryPort, std::uint64_t, const RowSet&, int,                      \
                               const TokenMemory<FORMAT, LIMITS>&)
EDGEMOE_INSTANTIATE(W8A8, SimulationLimits);
EDGEMOE_INSTANTIATE(W8A8, BoardLimits);
EDGEMOE_INSTANTIATE(W16A16, SimulationLimits);
EDGEMOE_INSTANTIATE(W16A32, SimulationLimits);
#undef EDGEMOE_INSTANTIATE

}  // namespace hls
}  // namespace edgemoe
