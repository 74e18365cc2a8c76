// SPDX-License-Identifier: Apache-2.0
#include "sim/units/attention_run.hpp"

#include <algorithm>

#include "models/schema/precision_cost.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

AttentionRun::AttentionRun(Array& array) : array_(array) {
  const program::Command& c = array.command();
  const models::DesignConfig& d = array.machine_.design;
  const std::uint64_t keys = c.tiled ? c.frame_tokens : c.tokens;
  const std::uint64_t key_blocks = ceil_div(keys, d.array.out_lanes);
  if (c.tiled) {
    stream_ = &array.machine_.weights(c.tag);
    half_rows_ = stream_->tile_rows / (2ull * c.heads);
  }
  const auto results = static_cast<std::uint64_t>(d.array.token_lanes) * d.array.out_lanes;
  const models::AblationConfig& ablation = d.ablation;
  const models::PrecisionCost cost = models::cost_of(d.precision);
  const auto passes = static_cast<std::uint64_t>(cost.attention_passes);
  turns_ = ablation.attention_reorder ? 1 : static_cast<std::uint64_t>(d.array.token_lanes);
  groups_ = c.segments * ceil_div(c.tokens, d.array.token_lanes);
  heads_ = c.heads;
  buffers_ = static_cast<std::uint64_t>(std::max(1, d.buffers.score_groups));
  score_drain_ = ceil_div(results, 2 * static_cast<std::uint64_t>(d.lanes.softmax));
  score_block_ =
      std::max<Cycle>(turns_ * ceil_div(c.head_dim * passes, d.array.in_lanes), score_drain_);
  score_cycles_ = key_blocks * score_block_;
  softmax_cycles_ = key_blocks * ceil_div(results, d.lanes.softmax);
  value_k_ = turns_ * ceil_div(keys * passes, d.array.in_lanes);
  value_blocks_ = ceil_div(c.head_dim, d.array.out_lanes);
  pairs_.resize(groups_ * heads_);
  EventCounts& events = array.machine_.events;
  const bool single = ablation.single_pass_softmax;
  events.exponentials += pairs_.size() * softmax_cycles_ *
                         static_cast<std::uint64_t>(d.lanes.softmax) * (single ? 1 : 2);
  // A reciprocal a cycle: where two rows leave at once, they must all be there before the drain.
  if (drain_cycles(d) < row_drain_cycles(d)) {
    softmax_cycles_ = std::max<Cycle>(softmax_cycles_, static_cast<Cycle>(d.array.token_lanes));
  }
  // A score is written and read once (or thrice), its exponential written.
  const std::uint64_t scores = pairs_.size() * key_blocks * results;
  const auto score_bits = static_cast<std::uint64_t>(cost.score_bits);
  events.bram_write_bits +=
      scores * (score_bits + static_cast<std::uint64_t>(cost.exponential_bits));
  events.bram_read_bits += scores * score_bits * (single ? 1 : 3);
}

void AttentionRun::run() {
  const std::uint64_t count = pairs_.size();
  // Streamed keys: no further ahead than the next head, whose K the ring then holds beside this V.
  const std::uint64_t ahead = stream_ != nullptr ? std::min(buffers_ - 1, groups_) : buffers_ - 1;
  for (std::uint64_t step = 0; step < count + ahead; ++step) {
    if (step < count) scores(step);
    if (step < ahead) continue;
    const std::uint64_t p = step - ahead;
    const Cycle written = values(p);
    if (ends_group(p)) array_.signal_group(written);
    if (p + 1 == count) array_.complete(written);
  }
}

void AttentionRun::scores(std::uint64_t p) {
  if (stream_ != nullptr) {
    if (p < groups_) array_.wait_group(p);
    await_half(2 * (p / groups_));
  } else if (p % heads_ == 0) {
    array_.wait_group(p / heads_);
  }
  if (p >= buffers_) {
    softmax(p - buffers_);
    array_.hold_until(pairs_[p - buffers_].softmax_read + timing::kBuffer, array_.score_buffer_);
  }
  // The third block of scores takes the accumulator bank of the last block of values.
  if (array_.drain_ready_ > 2 * score_block_) {
    array_.hold_until(array_.drain_ready_ - 2 * score_block_, array_.output_);
  }
  array_.note(EventKind::kScores, p);
  array_.issue(score_cycles_);
  array_.count_issue(score_cycles_, turns_, true);
  release_half(p);
  pairs_[p].scores_written =
      array_.now() + timing::kArrayPipeline + score_drain_ + timing::kScoreWrite;
}

/// Groups outside, so that they end one by one; with streamed keys heads are outside, and all
/// groups end with the last head.
bool AttentionRun::ends_group(std::uint64_t p) const {
  return stream_ != nullptr ? p / groups_ + 1 == heads_ : (p + 1) % heads_ == 0;
}

/// Half 2h is K of head h, 2h + 1 its V.
void AttentionRun::await_half(std::uint64_t half) {
  array_.await(stream_->arrived, (half + 1) * half_rows_, array_.weights_);
}

/// The last group of a head is through with K, or with V.
void AttentionRun::release_half(std::uint64_t p) {
  if (stream_ == nullptr || (p + 1) % groups_ != 0) return;
  array_.machine_.tiles.consume(stream_->tile_segment, array_.now(), half_rows_);
}

/// Schedules the softmax unit up to pair p; everything it depends on has been issued by then.
void AttentionRun::softmax(std::uint64_t p) {
  for (; softmax_next_ <= p; ++softmax_next_) {
    Pair& pair = pairs_[softmax_next_];
    Cycle start = std::max(softmax_free_, pair.scores_written + timing::kBuffer);
    if (!array_.machine_.design.ablation.single_pass_softmax) {
      start += 2 * (softmax_cycles_ + timing::kSoftmaxPipeline);
      array_.softmax_busy_ += 2 * softmax_cycles_;
    }
    if (softmax_next_ >= 2)
      start = std::max(start, pairs_[softmax_next_ - 2].pv_issued + timing::kBuffer);
    softmax_free_ = pair.softmax_read = start + softmax_cycles_;
    pair.softmax_done = pair.softmax_read + timing::kSoftmaxPipeline;
    array_.softmax_busy_ += softmax_cycles_;
  }
}

Cycle AttentionRun::values(std::uint64_t p) {
  softmax(p);
  array_.hold_until(pairs_[p].softmax_done + timing::kBuffer, array_.softmax_);
  if (stream_ != nullptr) await_half(2 * (p / groups_) + 1);
  Cycle written = 0;
  for (std::uint64_t n = 0; n < value_blocks_; ++n)
    written = array_.block(value_k_, Destination::kInt8, turns_, true);
  pairs_[p].pv_issued = array_.now();
  release_half(p);
  return written;
}

}  // namespace edgemoe::sim
