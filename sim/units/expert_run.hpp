// SPDX-License-Identifier: Apache-2.0
/// ExpertRun: one EXPERTS command: every active expert over its queue, with the gather unit in
/// front.
///
/// Models:   order W1(0) W1(1) W2(0) W1(2) W2(1) ...: the first matrix of the next expert hides the
/// drain of this
///           one's hidden rows. W1 token-outer from the staging halves (one group each), W2
///           weight-outer from the hidden buffer, which holds two experts; where it cannot hold two
///           full queues the order is W1 W2 W1 W2.
/// Timing:   sum over e of ceil(q_e / lanes) x (blocks(Fe) k(D) + blocks(D) k(Fe)). Gather: rows x
/// ceil(D / 16)
///           + kGatherPipeline a group; a half is free again when W1 of its group has been issued.
/// In, out:  ring rows of both matrices, freed with the last use of a block; queue lengths.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/units/array.hpp"

namespace edgemoe::sim {

class ExpertRun {
 public:
  explicit ExpertRun(Array& array);
  void run();

 private:
  void first_matrix(std::size_t e);
  void second_matrix(std::size_t e);
  Cycle gathered(std::uint64_t job);

  Array& array_;
  const MoeBlock& block_;
  MatrixShape first_;
  MatrixShape second_;
  bool interleave_;
  std::vector<std::uint64_t> job_rows_;  // gather jobs over all experts in order: rows of the group
  std::vector<Cycle> job_issued_;        // W1 of the job's group issued until
  std::vector<Cycle> job_done_;
  std::uint64_t next_job_ = 0;  // of W1
  Cycle gather_free_ = 0;
  std::vector<Cycle> hidden_written_;  // by expert in execution order
  Cycle written_ = 0;
};

}  // namespace edgemoe::sim
