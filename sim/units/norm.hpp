// SPDX-License-Identifier: Apache-2.0
/// Norm: LayerNorm of token rows in three passes (mean, variance, normalise), and COPY of residual
/// rows.
///
/// Models:   one group at a time, one pass over all its rows before the next pass; parameters from
/// the parameter
///           ring, freed at the end of the command.
/// Abstracts away: values; the low plane (written in the same cycles as z8).
/// In, out:  progress counters in; groups out, in order.
/// Timing:   pass = rows x ceil(D / norm lanes); the next pass starts max(pass, one row +
/// kNormTurn) after this
///           one; a group is written kNormTail + one row after its third pass; the next group
///           starts right after the third pass. COPY: rows x ceil(D / lanes) for each destination
///           segment, kCopyTail to the write.
/// Stats:    busy: passes; "weights" (parameters), "turn" (waiting for mean or rsqrt of short
/// groups), waits.
#pragma once

#include "sim/units/unit.hpp"

namespace edgemoe::sim {

class Norm : public Unit {
 public:
  explicit Norm(Machine& machine);

 protected:
  void execute(const program::Command& command) override;

 private:
  void normalise();
  void copy();
  void pass(std::uint64_t index, Cycle cycles, Cycle spacing);

  Reason weights_;
  Reason turn_;
};

}  // namespace edgemoe::sim
