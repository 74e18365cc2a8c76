// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/weights.hpp"

#include "hls/program/command.hpp"
#include "hls/program/weight_layout.hpp"

namespace edgemoe {
namespace hls {
namespace {

constexpr int kParamBytes = program::kRowBytes / program::kParamsPerRow;

void read_tile(MemoryPort memory, std::uint64_t address, WeightTile& tile) {
#pragma HLS inline
  std::uint8_t row[program::kRowBytes];
  std::int8_t weights[program::kTile][program::kTile];
  read_block(memory, address, row);
  program::unpack_tile(row, weights);
UnpackOut:
  for (int o = 0; o < kOutLanes; ++o) {
#pragma HLS unroll
    for (int i = 0; i < kInLanes; ++i) tile.set(i, o, weights[o][i]);
  }
}

template <typename Limits>
void read_tiles(MemoryPort memory, const MatrixRef& matrix, int block, WeightStrip<Limits>& strip) {
  const int in_blocks = ceil_div(matrix.in_dim, kInLanes);
  const std::uint64_t first_row =
      static_cast<std::uint64_t>(matrix.param_rows) +
      static_cast<std::uint64_t>(block) * static_cast<std::uint64_t>(in_blocks);
  const std::uint64_t address = matrix.address + first_row * program::kRowBytes;
StripTiles:
  for (int k = 0; k < in_blocks; ++k) {
    // Trip count: holds because hls/top bounds in_dim by Limits::kHidden
#pragma HLS loop_tripcount min = 1 max = 192
    read_tile(memory, address + static_cast<std::uint64_t>(k) * program::kRowBytes, strip.tile[k]);
  }
}

}  // namespace

ParamWords read_params(MemoryPort memory, std::uint64_t address, int channel) {
#pragma HLS inline
  const std::uint64_t at = address + static_cast<std::uint64_t>(channel) * kParamBytes;
  return ParamWords{static_cast<std::int32_t>(read_word(memory, at)),
                    static_cast<std::int32_t>(read_word(memory, at + kWordBytes))};
}

template <typename Limits>
void read_strip(MemoryPort memory, const MatrixRef& matrix, int block, WeightStrip<Limits>& strip) {
StripChannels:
  for (int o = 0; o < kOutLanes; ++o) {
#pragma HLS pipeline
    const ParamWords words = read_params(memory, matrix.address, block * kOutLanes + o);
    strip.channel[o] = Channel{words.first, static_cast<std::uint16_t>(words.second)};
  }
  read_tiles(memory, matrix, block, strip);
}

template void read_strip(MemoryPort, const MatrixRef&, int, WeightStrip<SimulationLimits>&);
template void read_strip(MemoryPort, const MatrixRef&, int, WeightStrip<BoardLimits>&);

}  // namespace hls
}  // namespace edgemoe
