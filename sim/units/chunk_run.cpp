// SPDX-License-Identifier: Apache-2.0
#include "sim/units/chunk_run.hpp"

#include <algorithm>

#include "sim/units/timing.hpp"

namespace edgemoe::sim {

ChunkRun::ChunkRun(Array& array)
    : array_(array),
      command_(array.command()),
      block_(array.machine_.index.block(command_.tag)),
      first_(array.machine_.design, command_.in_dim, command_.hidden_dim),
      second_(array.machine_.design, command_.hidden_dim, command_.in_dim) {}

std::uint64_t ChunkRun::groups_of(const ExpertQueue& chunk) const {
  return ceil_div(chunk.length, array_.machine_.design.array.token_lanes);
}

WeightEntry& ChunkRun::entry(const ExpertQueue& chunk, int matrix) {
  return array_.machine_.expert(command_.tag, chunk.slot, matrix);
}

void ChunkRun::run() {
  Machine::ChunkCounters& chunks = array_.machine_.chunks(command_.tag);
  array_.await(array_.machine_.published(command_.tag), 1, array_.routing_);
  Cycle written = array_.now();
  for (std::size_t i = 0; i < block_.plan.execution.size(); ++i) {
    const ExpertQueue& chunk = block_.plan.execution[i];
    const Cycle begin = array_.now();
    const Cycle hidden = first_matrix(chunk);
    chunks.staged.add_at(array_.now() + timing::kSignal);
    array_.hold_until(hidden + timing::kBuffer, array_.hidden_);
    array_.await(chunks.drained, i, array_.stores_);
    written = second_matrix(chunk);
    chunks.computed.add_at(written + timing::kSignal);
    array_.machine_.note_expert("experts", command_, chunk.expert, "", begin, array_.now());
  }
  array_.complete(written);
}

Cycle ChunkRun::first_matrix(const ExpertQueue& chunk) {
  const std::uint64_t rows = command_.rows;
  const auto lanes = static_cast<std::uint64_t>(array_.machine_.design.array.token_lanes);
  const std::uint64_t groups = groups_of(chunk);
  WeightEntry& gathered = array_.machine_.gather(command_.tag, chunk.slot);
  WeightEntry& weights = entry(chunk, 0);
  Cycle written = array_.now();
  for (std::uint64_t n = 0; n < first_.blocks; ++n) {
    array_.await_rows(weights, first_, n);
    for (std::uint64_t g = 0; g < groups; ++g) {
      if (n == 0) {
        array_.await(gathered.arrived, std::min((g + 1) * lanes, chunk.length) * rows,
                     array_.gather_);
      }
      written = array_.block(first_.k_cycles, Destination::kHidden);
    }
    array_.release(weights, first_, n);
  }
  array_.release_parameters(weights, written);
  return written;
}

Cycle ChunkRun::second_matrix(const ExpertQueue& chunk) {
  WeightEntry& weights = entry(chunk, 1);
  Cycle written = array_.now();
  for (std::uint64_t n = 0; n < second_.blocks; ++n) {
    array_.await_rows(weights, second_, n);
    for (std::uint64_t g = 0; g < groups_of(chunk); ++g)
      written = array_.block(second_.k_cycles, Destination::kSingleRows);
    array_.release(weights, second_, n);
  }
  array_.release_parameters(weights, written);
  return written;
}

}  // namespace edgemoe::sim
