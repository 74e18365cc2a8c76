// SPDX-License-Identifier: Apache-2.0
/// How a command's dimensions fall onto the lanes of a design: groups, blocks, tile rows. Pure
/// functions.
///
/// Precision: models/schema/precision_cost.hpp; in_lanes count int8 products, 16-bit tiles have two
/// rows.
/// A group is token_lanes rows of one segment, a block is one group x out_lanes outputs (one
/// accumulation).
#pragma once

#include <algorithm>
#include <cstdint>

#include "hls/program/command.hpp"
#include "models/schema/design_config.hpp"

namespace edgemoe::sim {

constexpr std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

/// Whether the embedding adds the class row behind its patches: that of a whole frame does, of
/// tiles the last.
bool embeds_class(const program::Command& command);

/// Groups over all segments that the command works on; what its kGroup signal counts to.
/// Embedding counts the class row in; copy counts the groups of its source segment.
std::uint64_t groups_of(const program::Command& command, int token_lanes);

/// Valid rows of group g (1 .. token_lanes) of a command with `tokens` rows a segment.
std::uint64_t rows_in_group(std::uint64_t tokens, std::uint64_t group, int token_lanes);

/// One matrix [n out][k in] on the array.
struct MatrixShape {
  MatrixShape(const models::DesignConfig& design, std::uint64_t in, std::uint64_t out);

  std::uint64_t k_cycles;   ///< issue cycles of a block
  std::uint64_t blocks;     ///< out blocks
  std::uint64_t tile_rows;  ///< rows of 256 B in the ring

  /// Tile rows that must be there before block n can start.
  std::uint64_t rows_needed(std::uint64_t n) const;
  /// Tile rows that are not needed any more once block n has been used for the last time.
  std::uint64_t rows_released(std::uint64_t n) const;

 private:
  std::uint64_t row_blocks_;  // 16-wide out blocks
  std::uint64_t rows_per_block_;
  std::uint64_t out_lanes_;
};

/// Out channels of a gate as they lie in the ring: two digits of E', or E.
std::uint64_t gate_channels(const models::DesignConfig& design, std::uint64_t experts);

/// Drain slots of one block: results / requantiser lanes. With more requantiser than out lanes, the
/// rows of neighbouring token lanes leave together.
inline std::uint64_t drain_cycles(const models::DesignConfig& d) {
  return ceil_div(static_cast<std::uint64_t>(d.array.token_lanes) * d.array.out_lanes,
                  d.lanes.requant);
}

/// Requantiser lanes that work on one row.
inline std::uint64_t row_lanes(const models::DesignConfig& d) {
  return static_cast<std::uint64_t>(std::min(d.lanes.requant, d.array.out_lanes));
}

/// Drain slots of a block whose rows leave one by one, whatever the requantiser could take.
inline std::uint64_t row_drain_cycles(const models::DesignConfig& d) {
  return ceil_div(static_cast<std::uint64_t>(d.array.token_lanes) * d.array.out_lanes,
                  row_lanes(d));
}

/// Pixel rows of 256 B: rows come band by band (16 image lines), the three planes of a band one
/// after another.
struct PixelShape {
  explicit PixelShape(const program::Command& command);
  std::uint64_t patches_per_band;
  std::uint64_t first_band;  ///< of a tile
  std::uint64_t bands;
  std::uint64_t bytes_per_plane_band;
  std::uint64_t rows_per_plane_band;
  std::uint64_t plane_bytes;
  std::uint64_t rows() const { return bands * 3 * rows_per_plane_band; }
};

/// Rows of 256 B that a load command reads, without expert loads (which depend on the routing).
std::uint64_t static_rows(const program::Command& command);

}  // namespace edgemoe::sim
