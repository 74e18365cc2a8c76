// SPDX-License-Identifier: Apache-2.0
/// AttentionRun: one ATTN command on the array and the softmax unit.
///
/// Models:   pairs (segment, query group, head), heads innermost; QK of pair p + ahead before PV of
/// pair p, with
///           ahead = score buffers - 1 (with streamed keys, groups of the tile if fewer); score
///           buffers, two exponential buffers, softmax in order of pairs. Scores leave by a drain
///           of their own; three accumulator banks, so that a block starts when the block three
///           before it has been drained.
/// Timing:   QK: ceil(T / out_lanes) x max(ceil(dh / in_lanes), ceil(results / score lanes)), score
/// lanes =
///           2 x softmax lanes. Softmax: ceil(T / out_lanes) x ceil(results / softmax lanes) from
///           the last score on. PV: ceil(dh / out_lanes) blocks of max(ceil(T / in_lanes), drain).
///           Per pair max(QK + PV, softmax); tiny: 36 + 36 and 36 for softmax.
/// Ablation: without attention reorder the token lanes take turns at the tile port: all sums take
///           token_lanes times as long. Without the single-pass softmax three passes over the
///           scores: maximum, sum, exponentials for PV; each begins when the result of the one
///           before is known, the last one when an exponential buffer is free.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/units/array.hpp"

namespace edgemoe::sim {

class AttentionRun {
 public:
  explicit AttentionRun(Array& array);
  void run();

 private:
  struct Pair {
    Cycle scores_written = 0;
    Cycle softmax_read = 0;  ///< score buffer free from here on
    Cycle softmax_done = 0;  ///< exponentials and their sum are there
    Cycle pv_issued = 0;     ///< exponential buffer free from here on
  };

  void scores(std::uint64_t p);
  void softmax(std::uint64_t p);
  Cycle values(std::uint64_t p);
  bool ends_group(std::uint64_t p) const;
  void await_half(std::uint64_t half);
  void release_half(std::uint64_t p);

  Array& array_;
  std::uint64_t turns_;  // of the token lanes
  std::uint64_t groups_;
  std::uint64_t heads_;
  std::uint64_t buffers_;
  Cycle score_block_;     // issue cycles of one block of scores
  Cycle score_cycles_;    // of all key blocks of a pair
  Cycle softmax_cycles_;  // of one pass
  Cycle value_k_;
  std::uint64_t value_blocks_;
  Cycle score_drain_;
  WeightEntry* stream_ = nullptr;  // K and V of the frame in the ring; null: in their buffer
  std::uint64_t half_rows_ = 0;    // of K, or V, of one head
  std::vector<Pair> pairs_;
  std::uint64_t softmax_next_ = 0;
  Cycle softmax_free_ = 0;
};

}  // namespace edgemoe::sim
