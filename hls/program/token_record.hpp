// SPDX-License-Identifier: Apache-2.0
/// Where a tiled program keeps in DRAM what its buffers cannot hold. README.md "Tiled programs".
///
/// Record:  one per segment and token, pieces in this order, each a whole number of 256-B rows:
///          x (int32 [D], LSB 2^-16), q (int8 [D]), z (z8 [D], then S_t as a 32-bit word), and the
///          contributions of its top_k experts (int32 [D] each, in the order of the choices).
/// K and V: per segment and head, ceil(T/16) * ceil(dh/16) tiles of K, key block outer, then as
///          many of V in the same order; a K tile has in = dim, out = key, a V tile in = key,
///          out = dim. Keys beyond T are 0.
#pragma once

#include <cstdint>

#include "hls/program/weight_layout.hpp"

namespace edgemoe {
namespace program {

constexpr std::uint32_t rows_of_bytes(std::uint32_t bytes) {
  return (bytes + kRowBytes - 1) / kRowBytes;
}

/// Byte of S_t within the z piece.
constexpr std::uint32_t scale_offset(std::uint32_t dim) { return (dim + 3) / 4 * 4; }

/// Rows of each piece.
constexpr std::uint32_t word_rows(std::uint32_t dim) { return rows_of_bytes(4 * dim); }
constexpr std::uint32_t query_rows(std::uint32_t dim) { return rows_of_bytes(dim); }
constexpr std::uint32_t norm_rows(std::uint32_t dim) {
  return rows_of_bytes(scale_offset(dim) + 4);
}

/// First row of each piece, and of the next record.
struct TokenRecord {
  std::uint32_t query;
  std::uint32_t norm;
  std::uint32_t contribution;  ///< of choice 0; each takes word_rows(dim)
  std::uint32_t stride;
};

constexpr TokenRecord token_record(std::uint32_t dim, std::uint32_t top_k) {
  return TokenRecord{word_rows(dim), word_rows(dim) + query_rows(dim),
                     word_rows(dim) + query_rows(dim) + norm_rows(dim),
                     (1 + top_k) * word_rows(dim) + query_rows(dim) + norm_rows(dim)};
}

/// Tiles of K (or V) of one head.
constexpr std::uint32_t head_tiles(int tokens, int head_dim) { return tile_rows(tokens, head_dim); }

/// All heads' K and V of a segment, rows.
constexpr std::uint32_t key_value_rows(int tokens, int heads, int head_dim) {
  return 2u * static_cast<std::uint32_t>(heads) * head_tiles(tokens, head_dim);
}

}  // namespace program
}  // namespace edgemoe
