// SPDX-License-Identifier: Apache-2.0
/// Weights and per-channel parameters as the DRAM image holds them, both directions. README.md
/// "DRAM image".
///
/// Shapes:  matrices are row-major [out][in] int8 in [-127, 127] (a precondition of packing). An
/// image matrix
///          is its parameter rows, then its tiles: out-block outer, in-block inner, missing lanes
///          0.
/// Packing: of an output pair (2j, 2j + 1), lane 2j keeps w2 and lane 2j + 1 holds w1 - (w2 < 0),
/// so that one
///          DSP multiplies both by the same activation without a pre-adder. w1 >= -127 keeps that
///          within int8.
/// Bytes:   little-endian. Nothing is checked against a capacity: callers size buffers by the row
/// counts here.
#pragma once

#include <cstdint>

#include "hls/program/command.hpp"
#include "hls/program/image.hpp"

namespace edgemoe {
namespace program {

constexpr int blocks_of(int lanes) { return (lanes + kTile - 1) / kTile; }

constexpr std::uint32_t tile_rows(int out, int in) {
  return static_cast<std::uint32_t>(blocks_of(out)) * static_cast<std::uint32_t>(blocks_of(in));
}

/// Rows of one tile: int8 weights fill one, 16-bit weights two (out lanes 0..7, then 8..15).
constexpr std::uint32_t rows_per_tile(Precision precision) {
  return precision == Precision::kW8A8 ? 1 : 2;
}
constexpr std::uint32_t tile_rows(int out, int in, Precision precision) {
  return tile_rows(out, in) * rows_per_tile(precision);
}

/// Rows of `channels` parameter records of 8 bytes.
constexpr std::uint32_t param_rows(int channels) {
  return static_cast<std::uint32_t>((channels + kParamsPerRow - 1) / kParamsPerRow);
}

/// Digits of the gate lie in separate out-blocks: channel e of wh, channel gate_low_channel(E) + e
/// of wl.
constexpr int gate_low_channel(int experts) { return blocks_of(experts) * kTile; }
constexpr int gate_channels(int experts) { return 2 * gate_low_channel(experts); }

/// With 16-bit weights a gate is one matrix of E channels: no digits.
constexpr int gate_channels(int experts, Precision precision) {
  return precision == Precision::kW8A8 ? gate_channels(experts) : experts;
}

/// Requantiser parameters of one output channel. Gates use the bias only (multiplier 0).
struct ChannelParams {
  std::int32_t bias;
  std::uint16_t multiplier;
};

struct NormParams {
  std::int32_t gamma;
  std::int32_t beta;
};

/// `rows` is the first parameter row.
void put_channel(std::uint8_t* rows, int channel, const ChannelParams& params);
ChannelParams get_channel(const std::uint8_t* rows, int channel);
void put_norm(std::uint8_t* rows, int channel, const NormParams& params);
NormParams get_norm(const std::uint8_t* rows, int channel);

/// The pair's two stored bytes, and back.
std::int8_t pack_odd(std::int8_t even, std::int8_t odd);
std::int8_t unpack_odd(std::int8_t even, std::int8_t stored);

/// One tile; `weights` is [out lane][in lane].
void pack_tile(const std::int8_t weights[kTile][kTile], std::uint8_t tile[kRowBytes]);
void unpack_tile(const std::uint8_t tile[kRowBytes], std::int8_t weights[kTile][kTile]);

/// Whole matrices; `tiles` holds tile_rows(out, in) rows. Unpacking drops the padding.
void pack_matrix(const std::int8_t* weights, int out, int in, std::uint8_t* tiles);
void unpack_matrix(const std::uint8_t* tiles, int out, int in, std::int8_t* weights);

/// The same for 16-bit weights: two rows a tile, little-endian, any int16.
constexpr int kWideTileBytes = 2 * kRowBytes;
void pack_wide_tile(const std::int16_t weights[kTile][kTile], std::uint8_t tile[kWideTileBytes]);
void unpack_wide_tile(const std::uint8_t tile[kWideTileBytes], std::int16_t weights[kTile][kTile]);
void pack_wide_matrix(const std::int16_t* weights, int out, int in, std::uint8_t* tiles);
void unpack_wide_matrix(const std::uint8_t* tiles, int out, int in, std::int16_t* weights);

/// Keys and values of 32 bit as weights: four rows a tile, of four out lanes each.
constexpr int kFeatureTileBytes = 4 * kRowBytes;
void pack_feature_tile(const std::int32_t weights[kTile][kTile],
                       std::uint8_t tile[kFeatureTileBytes]);
void unpack_feature_tile(const std::uint8_t tile[kFeatureTileBytes],
                         std::int32_t weights[kTile][kTile]);

/// Little-endian words of the image (position table, results).
void put_word(std::uint8_t* bytes, std::int32_t value);
std::int32_t get_word(const std::uint8_t* bytes);

}  // namespace program
}  // namespace edgemoe
