// SPDX-License-Identifier: Apache-2.0
/// Where a tiled program keeps in DRAM what its buffers cannot hold. README.md "Tiled programs".
///
/// Record:  one per segment and token, pieces in this order, each a whole number of 256-B rows:
///          x (int32 [D], the residual's LSB), q ([D]), z ([D]; of w8a8 z8, then S_t as a 32-bit
///          word), and the contributions of its top_k experts (int32 [D] each, in the order of the
///          choices). Elements of q and z have the precision's width: 1, 2 or 4 bytes.
/// K and V: per segment and head, ceil(T/16) * ceil(dh/16) tiles of K, key block outer, then as
///          many of V in the same order; a K tile has in = dim, out = key, a V tile in = key,
///          out = dim. Keys beyond T are 0. A tile takes 1, 2 or 4 rows (weight_layout.hpp).
#pragma once

#include <cstdint>

#include "hls/program/weight_layout.hpp"

namespace edgemoe {
namespace program {

constexpr std::uint32_t rows_of_bytes(std::uint32_t bytes) {
  return (bytes + kRowBytes - 1) / kRowBytes;
}

/// Of Q, K, V and z.
constexpr std::uint32_t activation_bytes(Precision precision) {
  return precision == Precision::kW8A8 ? 1 : precision == Precision::kW16A16 ? 2 : 4;
}

/// Only w8a8 has a scale for each token.
constexpr std::uint32_t scale_bytes(Precision precision) {
  return precision == Precision::kW8A8 ? 4 : 0;
}

/// Byte of S_t within the z piece of w8a8.
constexpr std::uint32_t scale_offset(std::uint32_t dim) { return (dim + 3) / 4 * 4; }

/// Rows of each piece.
constexpr std::uint32_t word_rows(std::uint32_t dim) { return rows_of_bytes(4 * dim); }
constexpr std::uint32_t query_rows(std::uint32_t dim, Precision precision) {
  return rows_of_bytes(dim * activation_bytes(precision));
}
constexpr std::uint32_t norm_rows(std::uint32_t dim, Precision precision) {
  return rows_of_bytes(scale_offset(dim * activation_bytes(precision)) + scale_bytes(precision));
}

/// First row of each piece, and of the next record.
struct TokenRecord {
  std::uint32_t query;
  std::uint32_t norm;
  std::uint32_t contribution;  ///< of choice 0; each takes word_rows(dim)
  std::uint32_t stride;
};

constexpr TokenRecord token_record(std::uint32_t dim, std::uint32_t top_k, Precision precision) {
  return TokenRecord{
      word_rows(dim), word_rows(dim) + query_rows(dim, precision),
      word_rows(dim) + query_rows(dim, precision) + norm_rows(dim, precision),
      (1 + top_k) * word_rows(dim) + query_rows(dim, precision) + norm_rows(dim, precision)};
}

/// First row of the contributions in a record of `stride` rows, whatever the precision.
constexpr std::uint32_t contribution_row(std::uint32_t stride, std::uint32_t dim,
                                         std::uint32_t top_k) {
  return stride - top_k * word_rows(dim);
}

/// Rows of a tile of K or V.
constexpr std::uint32_t key_tile_rows(Precision precision) { return activation_bytes(precision); }

/// Tiles of K (or V) of one head, and of K and V of all heads of a segment.
constexpr std::uint32_t head_tiles(int tokens, int head_dim) { return tile_rows(tokens, head_dim); }
constexpr std::uint32_t key_value_tiles(int tokens, int heads, int head_dim) {
  return 2u * static_cast<std::uint32_t>(heads) * head_tiles(tokens, head_dim);
}

/// All heads' K and V of a segment, rows.
constexpr std::uint32_t key_value_rows(int tokens, int heads, int head_dim, Precision precision) {
  return key_value_tiles(tokens, heads, head_dim) * key_tile_rows(precision);
}

}  // namespace program
}  // namespace edgemoe
