// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/weights.hpp"

#include "hls/program/command.hpp"
#include "hls/program/weight_layout.hpp"

namespace edgemoe {
namespace hls {
namespace {

constexpr int kParamBytes = program::kRowBytes / program::kParamsPerRow;

template <typename Weight, typename Tile>
void fill_tile(const Weight (&weights)[program::kTile][program::kTile], Tile& tile) {
#pragma HLS inline
UnpackOut:
  for (int o = 0; o < kOutLanes; ++o) {
#pragma HLS unroll
    for (int i = 0; i < kInLanes; ++i) tile.set(i, o, weights[o][i]);
  }
}

void read_tile(MemoryPort memory, std::uint64_t address, WeightTile& tile) {
#pragma HLS inline
  std::uint8_t row[program::kRowBytes];
  std::int8_t weights[program::kTile][program::kTile];
  read_block(memory, address, row);
  program::unpack_tile(row, weights);
  fill_tile(weights, tile);
}

/// 16-bit weights: two rows a tile.
template <typename Tile>
void read_tile(MemoryPort memory, std::uint64_t address, Tile& tile) {
#pragma HLS inline
  std::uint8_t rows[program::kWideTileBytes];
  std::int16_t weights[program::kTile][program::kTile];
  read_block(memory, address, rows);
  program::unpack_wide_tile(rows, weights);
  fill_tile(weights, tile);
}

template <typename Format, typename Limits>
void read_tiles(MemoryPort memory, const MatrixRef& matrix, int block,
                WeightStrip<Format, Limits>& strip) {
  constexpr std::uint64_t kTileBytes =
      program::rows_per_tile(Format::kPrecision) * program::kRowBytes;
  const int in_blocks = ceil_div(matrix.in_dim, kInLanes);
  const std::uint64_t first_tile =
      static_cast<std::uint64_t>(block) * static_cast<std::uint64_t>(in_blocks);
  const std::uint64_t address = matrix.address +
                                static_cast<std::uint64_t>(matrix.param_rows) * program::kRowBytes +
                                first_tile * kTileBytes;
StripTiles:
  for (int k = 0; k < in_blocks; ++k) {
    // Trip count: holds because hls/top bounds in_dim by Limits::kHidden
#pragma HLS loop_tripcount min = 1 max = 192
    read_tile(memory, address + static_cast<std::uint64_t>(k) * kTileBytes, strip.tile[k]);
  }
}

}  // namespace

ParamWords read_params(MemoryPort memory, std::uint64_t address, int channel) {
#pragma HLS inline
  const std::uint64_t at = address + static_cast<std::uint64_t>(channel) * kParamBytes;
  return ParamWords{static_cast<Int<32>>(read_word(memory, at)),
                    static_cast<Int<32>>(read_word(memory, at + kWordBytes))};
}

template <typename Format, typename Limits>
void read_strip(MemoryPort memory, const MatrixRef& matrix, int block,
                WeightStrip<Format, Limits>& strip) {
StripChannels:
  for (int o = 0; o < kOutLanes; ++o) {
#pragma HLS pipeline
    const ParamWords words = read_params(memory, matrix.address, block * kOutLanes + o);
    strip.channel[o] = Channel{words.first, static_cast<UInt<16>>(words.second)};
  }
  read_tiles(memory, matrix, block, strip);
}

#define EDGEMOE_INSTANTIATE(FORMAT, LIMITS) \
  template void read_strip(MemoryPort, const MatrixRef&, int, WeightStrip<FORMAT, LIMITS>&)
EDGEMOE_INSTANTIATE(W8A8, SimulationLimits);
EDGEMOE_INSTANTIATE(W8A8, BoardLimits);
EDGEMOE_INSTANTIATE(W16A16, SimulationLimits);
EDGEMOE_INSTANTIATE(W16A32, SimulationLimits);
#undef EDGEMOE_INSTANTIATE

}  // namespace hls
}  // namespace edgemoe
