// SPDX-License-Identifier: Apache-2.0
#include "sim/units/norm.hpp"

#include <algorithm>

#include "models/schema/precision_cost.hpp"
#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

Norm::Norm(Machine& machine)
    : Unit(machine, program::Unit::kNorm, "norm"),
      weights_(add_reason("weights")),
      turn_(add_reason("turn")) {}

void Norm::execute(const program::Command& c) {
  wait_start();
  if (c.opcode == program::Opcode::kCopy) {
    copy();
  } else {
    normalise();
  }
}

void Norm::normalise() {
  const program::Command& c = command();
  const int lanes = machine_.design.array.token_lanes;
  const Cycle row = ceil_div(c.in_dim, machine_.design.lanes.norm);
  WeightEntry& parameters = machine_.weights(c.tag);
  await(parameters.arrived, parameters.parameter_rows, weights_);
  const std::uint64_t groups = groups_of(c, lanes);
  const models::PrecisionCost cost = models::cost_of(machine_.design.precision);
  const int planes = c.low_plane ? 2 : 1;
  Cycle written = now();
  for (std::uint64_t g = 0; g < groups; ++g) {
    wait_group(g);
    const std::uint64_t rows = rows_in_group(c.tokens, g, lanes);
    const Cycle cycles = rows * row;
    const Cycle spacing = std::max(cycles, row + timing::kNormTurn);
    pass(3 * g, cycles, spacing);
    pass(3 * g + 1, cycles, spacing);
    note(EventKind::kNormPass, 3 * g + 2);
    issue(cycles);
    written = now() + timing::kNormTail + row;
    signal_group(written);
    EventCounts& events = machine_.events;
    events.norm_elements += rows * c.in_dim;
    events.bram_read_bits += 3 * rows * c.in_dim * static_cast<unsigned>(cost.residual_bits);
    events.bram_write_bits +=
        rows * c.in_dim * static_cast<unsigned>(8 * planes * cost.activation_bytes);
  }
  if (parameters.parameter_rows != 0) {
    machine_.parameters.consume(parameters.parameter_segment, now(), parameters.parameter_rows);
  }
  complete(written);
}

void Norm::pass(std::uint64_t index, Cycle cycles, Cycle spacing) {
  const Cycle start = now();
  note(EventKind::kNormPass, index);
  issue(cycles);
  hold_until(start + spacing, turn_);
}

void Norm::copy() {
  const program::Command& c = command();
  const int lanes = machine_.design.array.token_lanes;
  const Cycle row = ceil_div(c.in_dim, machine_.design.lanes.norm);
  const auto bits = static_cast<unsigned>(models::cost_of(machine_.design.precision).residual_bits);
  const auto copies = static_cast<std::uint64_t>(std::max(0, c.segments - 1));
  Cycle written = now();
  for (std::uint64_t g = 0; g < groups_of(c, lanes); ++g) {
    wait_group(g);
    const std::uint64_t rows = rows_in_group(c.tokens, g, lanes);
    note(EventKind::kNormPass, g);
    issue(rows * row * copies);
    written = now() + timing::kCopyTail;
    signal_group(written);
    machine_.events.bram_read_bits += rows * c.in_dim * bits;
    machine_.events.bram_write_bits += copies * rows * c.in_dim * 2 * bits;
  }
  complete(written);
}

}  // namespace edgemoe::sim
