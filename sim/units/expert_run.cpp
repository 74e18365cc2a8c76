// SPDX-License-Identifier: Apache-2.0
#include "sim/units/expert_run.hpp"

#include <algorithm>

#include "models/schema/precision_cost.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

ExpertRun::ExpertRun(Array& array)
    : array_(array),
      block_(array.machine_.index.block(array.command().tag)),
      first_(array.machine_.design, array.command().in_dim, array.command().hidden_dim),
      second_(array.machine_.design, array.command().hidden_dim, array.command().in_dim) {
  const program::Command& c = array.command();
  const models::DesignConfig& d = array.machine_.design;
  const auto lanes = static_cast<std::uint64_t>(d.array.token_lanes);
  const std::uint64_t longest = ceil_div(std::uint64_t{c.tokens} * c.segments, lanes) * lanes;
  const auto capacity = static_cast<std::uint64_t>(d.buffers.max_tokens) *
                        static_cast<std::uint64_t>(d.buffers.max_hidden);
  interleave_ = 2 * longest * c.hidden_dim <= capacity;
  for (const ExpertQueue& queue : block_.plan.execution) {
    for (std::uint64_t row = 0; row < queue.length; row += lanes) {
      job_rows_.push_back(std::min(lanes, queue.length - row));
    }
  }
  job_issued_.resize(job_rows_.size(), 0);
  hidden_written_.resize(block_.plan.execution.size(), 0);
}

void ExpertRun::run() {
  array_.await(array_.machine_.published(array_.command().tag), 1, array_.routing_);
  gather_free_ = written_ = array_.now();
  const std::size_t count = hidden_written_.size();
  if (interleave_ && count > 0) first_matrix(0);
  for (std::size_t e = 0; e < count; ++e) {
    if (!interleave_) first_matrix(e);
    if (interleave_ && e + 1 < count) first_matrix(e + 1);
    second_matrix(e);
  }
  // Every expert adds to any token, so all groups are finished together.
  array_.signal_group(written_,
                      groups_of(array_.command(), array_.machine_.design.array.token_lanes));
  array_.complete(written_);
}

/// The cycle from which the gathered rows of a job can be read. Called in order, after job - 2 was
/// issued.
Cycle ExpertRun::gathered(std::uint64_t job) {
  while (job_done_.size() <= job) {
    const std::size_t j = job_done_.size();
    const Cycle half_free = j >= 2 ? job_issued_[j - 2] + timing::kBuffer : 0;
    const Cycle start = std::max(gather_free_, half_free);
    const auto row_bytes = array_.command().in_dim *
                           static_cast<std::uint64_t>(
                               models::cost_of(array_.machine_.design.precision).activation_bytes);
    const Cycle cycles = job_rows_[j] * ceil_div(row_bytes, timing::kGatherBytes);
    gather_free_ = start + cycles;
    array_.gather_busy_ += cycles;
    const std::uint64_t bits = job_rows_[j] * row_bytes * 8u;
    array_.machine_.events.bram_read_bits += bits;
    array_.machine_.events.bram_write_bits += bits;
    job_done_.push_back(gather_free_ + timing::kGatherPipeline);
  }
  return job_done_[job];
}

void ExpertRun::first_matrix(std::size_t e) {
  const ExpertQueue& queue = block_.plan.execution[e];
  WeightEntry& entry = array_.machine_.expert(array_.command().tag, queue.slot, 0);
  const std::uint64_t groups = ceil_div(queue.length, array_.machine_.design.array.token_lanes);
  const Cycle begin = array_.now();
  for (std::uint64_t g = 0; g < groups; ++g) {
    array_.hold_until(gathered(next_job_) + timing::kBuffer, array_.gather_);
    for (std::uint64_t n = 0; n < first_.blocks; ++n) {
      if (g == 0) array_.await_rows(entry, first_, n);
      hidden_written_[e] = array_.block(first_.k_cycles, Destination::kHidden);
      if (g + 1 == groups && queue.last) array_.release(entry, first_, n);
    }
    job_issued_[next_job_++] = array_.now();
  }
  if (queue.last) array_.release_parameters(entry, hidden_written_[e]);
  array_.machine_.note_expert("experts", array_.command(), queue.expert, ".w1", begin,
                              array_.now());
}

void ExpertRun::second_matrix(std::size_t e) {
  const ExpertQueue& queue = block_.plan.execution[e];
  WeightEntry& entry = array_.machine_.expert(array_.command().tag, queue.slot, 1);
  const std::uint64_t groups = ceil_div(queue.length, array_.machine_.design.array.token_lanes);
  const Cycle begin = array_.now();
  array_.hold_until(hidden_written_[e] + timing::kBuffer, array_.hidden_);
  for (std::uint64_t n = 0; n < second_.blocks; ++n) {
    array_.await_rows(entry, second_, n);
    for (std::uint64_t g = 0; g < groups; ++g) {
      written_ = array_.block(second_.k_cycles, Destination::kSingleRows);
    }
    if (queue.last) array_.release(entry, second_, n);
  }
  if (queue.last) array_.release_parameters(entry, written_);
  array_.machine_.note_expert("experts", array_.command(), queue.expert, ".w2", begin,
                              array_.now());
}

}  // namespace edgemoe::sim
