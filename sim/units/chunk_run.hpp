// SPDX-License-Identifier: Apache-2.0
/// ChunkRun: a tiled EXPERTS command: queues in chunks whose tokens come from DRAM and whose
/// results go there.
///
/// Models:   W1 of a chunk weight-outer from its half of the staging buffer, W2 weight-outer from
/// the
///           hidden buffer into the rows of the residual buffer; ring rows are freed with their
///           last use, so that an expert may exceed the ring.
/// Timing:   sum over chunks of ceil(length / lanes) x (blocks(Fe) k(D) + blocks(D) k(Fe)).
/// In, out:  gathered rows and both matrices from the loader; the writer takes a chunk's results
///           before those of the next are written.
#pragma once

#include <cstdint>

#include "sim/units/array.hpp"

namespace edgemoe::sim {

class ChunkRun {
 public:
  explicit ChunkRun(Array& array);
  void run();

 private:
  Cycle first_matrix(const ExpertQueue& chunk);
  Cycle second_matrix(const ExpertQueue& chunk);
  std::uint64_t groups_of(const ExpertQueue& chunk) const;
  WeightEntry& entry(const ExpertQueue& chunk, int matrix);

  Array& array_;
  const program::Command& command_;
  const MoeBlock& block_;
  MatrixShape first_;
  MatrixShape second_;
};

}  // namespace edgemoe::sim
