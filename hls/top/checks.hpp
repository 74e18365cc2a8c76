// SPDX-License-Identifier: Apache-2.0
/// Checks that several commands share. Each returns true when the field is acceptable.
#pragma once

#include "hls/fixed/rounding.hpp"
#include "hls/kernels/requantiser.hpp"
#include "hls/kernels/token_memory.hpp"
#include "hls/program/command.hpp"
#include "hls/program/weight_layout.hpp"
#include "hls/top/machine.hpp"

namespace edgemoe {
namespace hls {

inline bool within(int value, int low, int high) { return value >= low && value <= high; }

inline RowSet rows_of(const program::Command& c) {
  return RowSet{0, c.tokens, c.segments, c.segment_stride};
}

/// A tile lies within its segment, and the segment within what attention and queues can hold.
template <typename Limits>
bool tile_fits(const program::Command& c) {
  if (!c.tiled) return true;
  const std::int64_t last =
      static_cast<std::int64_t>(c.task_slot) * c.segment_stride + c.frame_tokens;
  return c.tokens >= 1 && c.segments == 1 && c.token_begin + c.tokens <= c.frame_tokens &&
         c.frame_tokens <= Limits::kKeys && last <= Limits::kQueueRows;
}

/// At least one token and segment, segments apart, all rows in the buffers. `extra` rows follow
/// each segment.
template <typename Limits>
bool rows_fit(const program::Command& c, int extra = 0) {
  const int tokens = c.tokens + extra;
  if (c.tokens < 1 || c.segments < 1) return false;
  if (c.segments > 1 && c.segment_stride < tokens) return false;
  const std::int64_t last = static_cast<std::int64_t>(c.segments - 1) * c.segment_stride + tokens;
  return last <= Limits::kRows && tile_fits<Limits>(c);
}

inline bool shifts_fit(const program::Requant& r) {
  return r.r1 <= fixed::kMaxShift && r.r2 <= fixed::kMaxShift && r.bias_shift <= kMaxBiasShift;
}

/// The tag holds a matrix of these dimensions.
template <typename Format>
bool holds_matrix(const TagEntry& tag, int out_dim, int in_dim) {
  return tag.state == TagState::kWeights &&
         tag.rows == program::tile_rows(out_dim, in_dim, Format::kPrecision) &&
         tag.param_rows >= program::param_rows(out_dim);
}

/// Entry of the command's tag; null when the tag is beyond the table.
template <typename Format, typename Limits>
TagEntry* tag_of(const program::Command& c, Machine<Format, Limits>& machine) {
  return c.tag < Limits::kTags ? &machine.tags[c.tag] : nullptr;
}

template <typename Format, typename Limits>
void free_tag(TagEntry& tag, Machine<Format, Limits>& machine) {
  tag.state = TagState::kFree;
  --machine.open_tags;
}

}  // namespace hls
}  // namespace edgemoe
