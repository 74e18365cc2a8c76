// SPDX-License-Identifier: Apache-2.0
#include "hls/program/weight_layout.hpp"

namespace edgemoe {
namespace program {
namespace {

constexpr int kParamBytes = kRowBytes / kParamsPerRow;

std::int64_t tile_offset(int out_block, int in_block, int in) {
  return (static_cast<std::int64_t>(out_block) * blocks_of(in) + in_block) * kRowBytes;
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
  for (int nb = 0; nb < blocks_of(out); ++nb) {
    for (int kb = 0; kb < blocks_of(in); ++kb) {
      std::int8_t block[kTile][kTile];
      for (int o = 0; o < kTile; ++o) {
        for (int i = 0; i < kTile; ++i) {
          const int row = nb * kTile + o;
          const int column = kb * kTile + i;
          const bool inside = row < out && column < in;
          block[o][i] =
              inside ? weights[static_cast<std::int64_t>(row) * in + column] : std::int8_t(0);
        }
      }
      pack_tile(block, tiles + tile_offset(nb, kb, in));
    }
  }
}

void unpack_matrix(const std::uint8_t* tiles, int out, int in, std::int8_t* weights) {
  for (int nb = 0; nb < blocks_of(out); ++nb) {
    for (int kb = 0; kb < blocks_of(in); ++kb) {
      std::int8_t block[kTile][kTile];
      unpack_tile(tiles + tile_offset(nb, kb, in), block);
      for (int o = 0; o < kTile && nb * kTile + o < out; ++o) {
        for (int i = 0; i < kTile && kb * kTile + i < in; ++i) {
          weights[static_cast<std::int64_t>(nb * kTile + o) * in + kb * kTile + i] = block[o][i];
        }
      }
    }
  }
}

}  // namespace program
}  // namespace edgemoe
