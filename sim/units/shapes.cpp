// SPDX-License-Identifier: Apache-2.0
#include "sim/units/shapes.hpp"

#include <algorithm>

#include "hls/program/token_record.hpp"
#include "models/schema/precision_cost.hpp"

namespace edgemoe::sim {

using program::Opcode;

bool embeds_class(const program::Command& c) {
  return !c.tiled || c.token_begin + c.tokens + 1 == c.frame_tokens;
}

std::uint64_t groups_of(const program::Command& c, int token_lanes) {
  const auto lanes = static_cast<std::uint64_t>(token_lanes);
  switch (c.opcode) {
    case Opcode::kEmbed:
      return ceil_div(std::uint64_t{c.tokens} + (embeds_class(c) ? 1 : 0), lanes);
    case Opcode::kLoadPixels: {
      const PixelShape pixels(c);
      return ceil_div(pixels.patches_per_band * pixels.bands, lanes);
    }
    case Opcode::kLoadTokens:
    case Opcode::kCopy:
    case Opcode::kGate:
    case Opcode::kRoute:
      return ceil_div(c.tokens, lanes);
    default:
      return c.segments * ceil_div(c.tokens, lanes);
  }
}

std::uint64_t rows_in_group(std::uint64_t tokens, std::uint64_t group, int token_lanes) {
  const auto lanes = static_cast<std::uint64_t>(token_lanes);
  const std::uint64_t in_segment = group % ceil_div(tokens, lanes);
  return std::min(lanes, tokens - in_segment * lanes);
}

namespace {

std::uint64_t bytes_of(const models::DesignConfig& design) {
  return static_cast<std::uint64_t>(models::cost_of(design.precision).weight_bytes);
}

}  // namespace

MatrixShape::MatrixShape(const models::DesignConfig& design, std::uint64_t in, std::uint64_t out)
    : k_cycles(
          ceil_div(in * models::cost_of(design.precision).linear_passes, design.array.in_lanes)),
      blocks(ceil_div(out, design.array.out_lanes)),
      tile_rows(ceil_div(in, program::kTile) * ceil_div(out, program::kTile) * bytes_of(design)),
      row_blocks_(ceil_div(out, program::kTile)),
      rows_per_block_(ceil_div(in, program::kTile) * bytes_of(design)),
      out_lanes_(design.array.out_lanes) {}

std::uint64_t gate_channels(const models::DesignConfig& design, std::uint64_t experts) {
  const int digits = models::cost_of(design.precision).gate_digits;
  return digits == 1 ? experts : 2 * ceil_div(experts, program::kTile) * program::kTile;
}

std::uint64_t MatrixShape::rows_needed(std::uint64_t n) const {
  return std::min(row_blocks_, ceil_div((n + 1) * out_lanes_, program::kTile)) * rows_per_block_;
}

std::uint64_t MatrixShape::rows_released(std::uint64_t n) const {
  if (n + 1 == blocks) return tile_rows;
  return (n + 1) * out_lanes_ / program::kTile * rows_per_block_;
}

PixelShape::PixelShape(const program::Command& c)
    : patches_per_band(c.image_width / program::kTile),
      first_band(c.tiled ? c.token_begin / patches_per_band : 0),
      bands(c.tiled ? c.tokens / patches_per_band : c.image_height / program::kTile),
      bytes_per_plane_band(std::uint64_t{c.image_width} * program::kTile),
      rows_per_plane_band(ceil_div(bytes_per_plane_band, program::kRowBytes)),
      plane_bytes(std::uint64_t{c.image_width} * c.image_height) {}

std::uint64_t static_rows(const program::Command& c) {
  switch (c.opcode) {
    case Opcode::kLoadWeights:
      return std::uint64_t{c.param_rows} + c.rows;
    case Opcode::kLoadPixels:
      return PixelShape(c).rows();
    case Opcode::kLoadTokens:
      return ceil_div(std::uint64_t{c.tokens} * c.out_dim * 4, program::kRowBytes);
    case Opcode::kFill:
      return c.tokens * (std::uint64_t{c.rows} + c.adds * program::word_rows(c.out_dim));
    default:
      return 0;
  }
}

}  // namespace edgemoe::sim
