// SPDX-License-Identifier: Apache-2.0
/// The on-chip buffers: everything that lives between two commands of a program.
///
/// Shapes:   a row is a token; task t of a frame owns rows t * segment_stride onwards, class token
///           last.
/// Formats:  hls/README.md; residual and position carry int24 and int32 values, LSB 2^-16.
/// State:    plain data, all zero is a valid start. `Machine` (hls/top) owns the only one.
#pragma once

#include <cstdint>

#include "hls/kernels/format.hpp"
#include "hls/kernels/limits.hpp"
#include "hls/program/command.hpp"

namespace edgemoe {
namespace hls {

/// What the router chose for one token, best first; `kept` is false below the threshold.
struct RoutedChoice {
  std::uint16_t expert;
  bool kept;
  UInt<17> score;  ///< LSB 2^-16
};

/// A token waiting for an expert. `row` already contains the segment; it is a row of the buffers,
/// or, in a tiled program, the number of the token's record.
struct QueueEntry {
  std::uint16_t row;
  UInt<17> score;
  std::uint8_t choice = 0;  ///< which of the token's choices this is
};

template <typename Format, typename Limits>
struct TokenMemory {
  using Signed = typename Format::Signed;
  using Pixel = typename Format::Pixel;
  using Hidden = typename Format::Hidden;

  Pixel pixels[Limits::kRows][kPatchPixels];  ///< [patch][channel][y][x]
  Int<32> position[Limits::kRows][Limits::kDim];
  Int<Format::kResidualBits> residual[Limits::kRows][Limits::kDim];
  Signed norm_out[Limits::kRows][Limits::kDim];  ///< z8, or z
  Signed norm_low[Limits::kRows][Limits::kDim];  ///< lo; w8a8 only
  UInt<17> norm_scale[Limits::kRows];            ///< S_t; unity where static
  Signed qkv[Limits::kRows][3 * Limits::kDim];   ///< Q | K | V, each heads * head_dim wide
  /// K and V of one head as the array's weights, [block of keys][block of dims]: K tiles are in =
  /// dim, out = key, V tiles in = key, out = dim. Attention fills them from qkv or keys.
  typename Format::Weights key_tiles[Limits::kKeys / 16 + 1][Limits::kHeadDim / 16];
  typename Format::Weights value_tiles[Limits::kKeys / 16 + 1][Limits::kHeadDim / 16];
  /// The same head's rows where they come from memory (tiled): K, then V from kHeadDim.
  Signed keys[Limits::kKeys][2 * Limits::kHeadDim];
  Signed attention_out[Limits::kRows][Limits::kDim];
  Hidden hidden[Limits::kRows][Limits::kHidden];
  Int<Format::kGateSumBits> gate_sum[Limits::kRows][Limits::kExperts];  ///< sums of z16 * w
  Int<32> logits[Limits::kRows][Limits::kExperts];

  RoutedChoice choices[Limits::kQueueRows][program::kMaxTopK];
  bool
      routed[Limits::kQueueRows];  ///< since the last first_route; a row joins a queue at most once
  std::uint16_t queue_length[Limits::kExperts];
  QueueEntry queue[Limits::kExperts][Limits::kQueueRows];
  Signed staged[Limits::kRows][Limits::kDim];  ///< z8 of one expert's queue, in queue order
  UInt<17> staged_scale[Limits::kRows];
};

/// Rows first + seg * stride + t of t < tokens, seg < segments.
struct RowSet {
  int first;
  int tokens;
  int segments;
  int stride;
};

/// kTokenLanes or fewer consecutive rows of one segment.
struct RowGroup {
  int first_row;
  int first_token;  ///< within its segment
  int lanes;
};

constexpr int ceil_div(int a, int b) { return (a + b - 1) / b; }

inline int row_of(const RowSet& rows, int segment, int token) {
  return rows.first + segment * rows.stride + token;
}

inline RowGroup group_of(const RowSet& rows, int segment, int group, int token_lanes) {
  const int token = group * token_lanes;
  const int left = rows.tokens - token;
  return RowGroup{row_of(rows, segment, token), token, left < token_lanes ? left : token_lanes};
}

/// What a run counts; the status registers.
struct Counters {
  std::uint64_t residual_saturations = 0;
  std::uint64_t accumulator_saturations = 0;
  std::uint64_t int8_saturations = 0;
  std::uint64_t macs = 0;
};

}  // namespace hls
}  // namespace edgemoe
