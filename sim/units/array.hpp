// SPDX-License-Identifier: Apache-2.0
/// Array: the compute array with its requantiser, softmax and gather unit; executes EMBED, LINEAR,
/// ATTN, GATE, EXPERTS.
///
/// Models:   blocks of one group x out_lanes outputs, k_cycles issue cycles each, back to back; the
/// drain of one
///           block (results / requantiser lanes) behind the accumulation of the next; waits for
///           weights, operand and output credit before a block, never within one.
/// Abstracts away: values; operand and accumulator addresses.
/// In, out:  ring rows (WeightEntry::arrived), freed row-wise with a block's last use; progress
/// counters. Timing:   a block issued in [s, s + k) is written at s + k + kArrayPipeline + drain +
/// kRequantPipeline
///           (+ kGeluPipeline). Output credit: blocks end at least `drain` cycles apart.
///           LINEAR: G x ceil(N / out_lanes) x max(ceil(K / in_lanes), drain) plus one such
///           latency.
/// Stats:    busy: issue cycles; "weights", "output", "operand", "softmax", "score buffer",
/// "gather", "hidden".
#pragma once

#include <cstdint>
#include <vector>

#include "sim/units/shapes.hpp"
#include "sim/units/unit.hpp"

namespace edgemoe::sim {

/// Where results of a block go: decides the drain's latency and the bits it moves. kSingleRows:
/// residual, a row at a time; so do kLogits.
enum class Destination { kResidual, kSingleRows, kInt8, kHidden, kLogits };

class Array : public Unit {
 public:
  explicit Array(Machine& machine);

  Cycle requantiser_busy() const { return requantiser_busy_; }
  Cycle softmax_busy() const { return softmax_busy_; }
  Cycle gather_busy() const { return gather_busy_; }
  std::uint64_t issue_cycles() const { return issue_cycles_; }

 protected:
  void execute(const program::Command& command) override;

 private:
  friend class AttentionRun;
  friend class ChunkRun;
  friend class ExpertRun;

  void linear(const MatrixShape& shape, Destination to);
  void token_outer(const MatrixShape& shape, Destination to, std::uint64_t groups);
  void weight_outer(const MatrixShape& shape, Destination to, std::uint64_t groups);
  void embed();
  void gate();

  /// Waits until the rows of out block n are readable.
  void await_rows(WeightEntry& entry, const MatrixShape& shape, std::uint64_t n);
  /// Issues one block; returns the cycle after its last write. `turns`: the token lanes work one
  /// after another in as many parts of k_cycles. `attention`: both operands are activations.
  Cycle block(Cycle k_cycles, Destination to, std::uint64_t turns = 1, bool attention = false);
  /// The rows of out block n have been read for the last time.
  void release(WeightEntry& entry, const MatrixShape& shape, std::uint64_t n);
  void release_parameters(WeightEntry& entry, Cycle t);
  Destination destination() const;
  void count_issue(Cycle cycles, std::uint64_t turns = 1, bool attention = false);
  void count_results(Destination to);
  /// Cycles in which a block leaves the accumulators.
  Cycle drain_of(Destination to) const;

  Cycle drain_, row_drain_;
  Cycle drain_ready_ = 0;  // earliest end of the next block
  Cycle requantiser_busy_ = 0;
  Cycle softmax_busy_ = 0;
  Cycle gather_busy_ = 0;
  std::uint64_t issue_cycles_ = 0;
  Cycle last_write_ = 0;
  std::uint64_t blocks_issued_ = 0;  // of this command
  Reason weights_;
  Reason output_;
  Reason softmax_;
  Reason score_buffer_;
  Reason gather_;
  Reason hidden_;
  Reason routing_;
  Reason stores_;
};

}  // namespace edgemoe::sim
