// SPDX-License-Identifier: Apache-2.0
#include "hls/program/weight_layout.hpp"

namespace edgemoe {
namespace program {
namespace {

constexpr int kParamBytes = kRowBytes / kParamsPerRow;

/// Tile by tile in image order: `visit(tile, first_out, first_in)`.
template <typename Byte, typename Visitor>
void for_each_tile(Byte* tiles, int tile_bytes, int out, int in, const Visitor& visit) {
  for (int nb = 0; nb < blocks_of(out); ++nb) {
    for (int kb = 0; kb < blocks_of(in); ++kb) {
      visit(tiles, nb * kTile, kb * kTile);
      tiles += tile_bytes;
    }
  }
}

/// The matrix' part that a tile covers, 0 beyond its edges.
template <typename Weight>
void cut_block(const Weight* weights, int out, int in, int first_out, int first_in,
               Weight (&block)[kTile][kTile]) {
  for (int o = 0; o < kTile; ++o) {
    for (int i = 0; i < kTile; ++i) {
      const int row = first_out + o;
      const int column = first_in + i;
      const bool inside = row < out && column < in;
      block[o][i] = inside ? weights[static_cast<std::int64_t>(row) * in + column] : Weight(0);
    }
  }
}

template <typename Weight>
void paste_block(const Weight (&block)[kTile][kTile], int out, int in, int first_out, int first_in,
                 Weight* weights) {
  for (int o = 0; o < kTile && first_out + o < out; ++o) {
    for (int i = 0; i < kTile && first_in + i < in; ++i) {
      weights[static_cast<std::int64_t>(first_out + o) * in + first_in + i] = block[o][i];
    }
  }
}

}  // namespace

void put_word(std::uint8_t* bytes, std::int32_t value) {
  const std::uint32_t word = static_cast<std::uint32_t>(value);
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(word >> (8 * i));
}

std::int32_t get_word(const std::uint8_t* bytes) {
  std::uint32_t word = 0;
  for (int i = 0; i < 4; ++i) word |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
  return static_cast<std::int32_t>(word);
}

void put_channel(std::uint8_t* rows, int channel, const ChannelParams& params) {
  std::uint8_t* record = rows + channel * kParamBytes;
  put_word(record, params.bias);
  put_word(record + 4, params.multiplier);
}

ChannelParams get_channel(const std::uint8_t* rows, int channel) {
  const std::uint8_t* record = rows + channel * kParamBytes;
  return ChannelParams{get_word(record), static_cast<std::uint16_t>(get_word(record + 4))};
}

void put_norm(std::uint8_t* rows, int channel, const NormParams& params) {
  put_word(rows + channel * kParamBytes, params.gamma);
  put_word(rows + channel * kParamBytes + 4, params.beta);
}

NormParams get_norm(const std::uint8_t* rows, int channel) {
  const std::uint8_t* record = rows + channel * kParamBytes;
  return NormParams{get_word(record), get_word(record + 4)};
}

std::int8_t pack_odd(std::int8_t even, std::int8_t odd) {
  return static_cast<std::int8_t>(odd - (even < 0 ? 1 : 0));
}

std::int8_t unpack_odd(std::int8_t even, std::int8_t stored) {
  return static_cast<std::int8_t>(stored + (even < 0 ? 1 : 0));
}

void pack_tile(const std::int8_t weights[kTile][kTile], std::uint8_t tile[kRowBytes]) {
  for (int i = 0; i < kTile; ++i) {
    for (int o = 0; o < kTile; o += 2) {
      const std::int8_t even = weights[o][i];
      tile[i * kTile + o] = static_cast<std::uint8_t>(even);
      tile[i * kTile + o + 1] = static_cast<std::uint8_t>(pack_odd(even, weights[o + 1][i]));
    }
  }
}

void unpack_tile(const std::uint8_t tile[kRowBytes], std::int8_t weights[kTile][kTile]) {
  for (int i = 0; i < kTile; ++i) {
    for (int o = 0; o < kTile; o += 2) {
      const std::int8_t even = static_cast<std::int8_t>(tile[i * kTile + o]);
      weights[o][i] = even;
      weights[o + 1][i] = unpack_odd(even, static_cast<std::int8_t>(tile[i * kTile + o + 1]));
    }
  }
}

void pack_matrix(const std::int8_t* weights, int out, int in, std::uint8_t* tiles) {
  for_each_tile(tiles, kRowBytes, out, in, [&](std::uint8_t* tile, int first_out, int first_in) {
    std::int8_t block[kTile][kTile];
    cut_block(weights, out, in, first_out, first_in, block);
    pack_tile(block, tile);
  });
}

void unpack_matrix(const std::uint8_t* tiles, int out, int in, std::int8_t* weights) {
  for_each_tile(tiles, kRowBytes, out, in,
                [&](const std::uint8_t* tile, int first_out, int first_in) {
                  std::int8_t block[kTile][kTile];
                  unpack_tile(tile, block);
                  paste_block(block, out, in, first_out, first_in, weights);
                });
}

void pack_wide_tile(const std::int16_t weights[kTile][kTile], std::uint8_t tile[kWideTileBytes]) {
  for (int o = 0; o < kTile; ++o) {
    for (int i = 0; i < kTile; ++i) {
      const std::uint16_t bits = static_cast<std::uint16_t>(weights[o][i]);
      std::uint8_t* at = tile + o / 8 * kRowBytes + (i * 8 + o % 8) * 2;
      at[0] = static_cast<std::uint8_t>(bits);
      at[1] = static_cast<std::uint8_t>(bits >> 8);
    }
  }
}

void unpack_wide_tile(const std::uint8_t tile[kWideTileBytes], std::int16_t weights[kTile][kTile]) {
  for (int o = 0; o < kTile; ++o) {
    for (int i = 0; i < kTile; ++i) {
      const std::uint8_t* at = tile + o / 8 * kRowBytes + (i * 8 + o % 8) * 2;
      weights[o][i] = static_cast<std::int16_t>(static_cast<std::uint16_t>(at[0] | at[1] << 8));
    }
  }
}

void pack_feature_tile(const std::int32_t weights[kTile][kTile],
                       std::uint8_t tile[kFeatureTileBytes]) {
  for (int o = 0; o < kTile; ++o) {
    for (int i = 0; i < kTile; ++i) {
      put_word(tile + o / 4 * kRowBytes + (i * 4 + o % 4) * 4, weights[o][i]);
    }
  }
}

void unpack_feature_tile(const std::uint8_t tile[kFeatureTileBytes],
                         std::int32_t weights[kTile][kTile]) {
  for (int o = 0; o < kTile; ++o) {
    for (int i = 0; i < kTile; ++i) {
      weights[o][i] = get_word(tile + o / 4 * kRowBytes + (i * 4 + o % 4) * 4);
    }
  }
}

void pack_wide_matrix(const std::int16_t* weights, int out, int in, std::uint8_t* tiles) {
  for_each_tile(tiles, kWideTileBytes, out, in,
                [&](std::uint8_t* tile, int first_out, int first_in) {
                  std::int16_t block[kTile][kTile];
                  cut_block(weights, out, in, first_out, first_in, block);
                  pack_wide_tile(block, tile);
                });
}

void unpack_wide_matrix(const std::uint8_t* tiles, int out, int in, std::int16_t* weights) {
  for_each_tile(tiles, kWideTileBytes, out, in,
                [&](const std::uint8_t* tile, int first_out, int first_in) {
                  std::int16_t block[kTile][kTile];
                  unpack_wide_tile(tile, block);
                  paste_block(block, out, in, first_out, first_in, weights);
                });
}

}  // namespace program
}  // namespace edgemoe
