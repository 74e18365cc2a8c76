// SPDX-License-Identifier: Apache-2.0
#include "sim/units/array.hpp"

#include <algorithm>

#include "models/schema/precision_cost.hpp"
#include "sim/units/attention_run.hpp"
#include "sim/units/chunk_run.hpp"
#include "sim/units/expert_run.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

using program::Command;
using program::Opcode;

Array::Array(Machine& machine)
    : Unit(machine, program::Unit::kArray, "array"),
      drain_(drain_cycles(machine.design)),
      row_drain_(row_drain_cycles(machine.design)),
      weights_(add_reason("weights")),
      output_(add_reason("output")),
      softmax_(add_reason("softmax")),
      score_buffer_(add_reason("score buffer")),
      gather_(add_reason("gather")),
      hidden_(add_reason("hidden")),
      routing_(add_reason("wait:route")),
      stores_(add_reason("wait:store experts")) {}

void Array::execute(const Command& c) {
  blocks_issued_ = 0;
  wait_start();
  switch (c.opcode) {
    case Opcode::kEmbed:
      embed();
      break;
    case Opcode::kLinear:
      linear(MatrixShape(machine_.design, c.in_dim, c.out_dim), destination());
      break;
    case Opcode::kGate:
      gate();
      break;
    case Opcode::kAttention:
      AttentionRun(*this).run();
      break;
    default:
      if (c.tiled) {
        ChunkRun(*this).run();
        break;
      }
      ExpertRun(*this).run();
      break;
  }
}

Destination Array::destination() const {
  switch (command().post) {
    case program::Post::kInt8:
      return Destination::kInt8;
    case program::Post::kGelu:
      return Destination::kHidden;
    default:
      return Destination::kResidual;
  }
}

void Array::linear(const MatrixShape& shape, Destination to) {
  const Command& c = command();
  const std::uint64_t groups = c.segments * ceil_div(c.tokens, machine_.design.array.token_lanes);
  if (c.order == program::LoopOrder::kTokenOuter) {
    token_outer(shape, to, groups);
  } else {
    weight_outer(shape, to, groups);
  }
  release_parameters(machine_.weights(c.tag), last_write_);
  complete(last_write_);
}

void Array::token_outer(const MatrixShape& shape, Destination to, std::uint64_t groups) {
  WeightEntry& entry = machine_.weights(command().tag);
  for (std::uint64_t g = 0; g < groups; ++g) {
    wait_group(g);
    for (std::uint64_t n = 0; n < shape.blocks; ++n) {
      if (g == 0) await_rows(entry, shape, n);
      last_write_ = block(shape.k_cycles, to);
      if (g + 1 == groups) release(entry, shape, n);
    }
    signal_group(last_write_);
  }
}

void Array::weight_outer(const MatrixShape& shape, Destination to, std::uint64_t groups) {
  WeightEntry& entry = machine_.weights(command().tag);
  for (std::uint64_t n = 0; n < shape.blocks; ++n) {
    for (std::uint64_t g = 0; g < groups; ++g) {
      if (n == 0) wait_group(g);
      if (g == 0) await_rows(entry, shape, n);
      last_write_ = block(shape.k_cycles, to);
      if (n + 1 == shape.blocks) signal_group(last_write_);
    }
    release(entry, shape, n);
  }
}

void Array::embed() {
  const Command& c = command();
  const MatrixShape shape(machine_.design, c.in_dim, c.out_dim);
  const auto lanes = static_cast<std::uint64_t>(machine_.design.array.token_lanes);
  const std::uint64_t groups = ceil_div(c.tokens, lanes);
  if (c.order == program::LoopOrder::kTokenOuter) {
    token_outer(shape, Destination::kSingleRows, groups);
  } else {
    weight_outer(shape, Destination::kSingleRows, groups);
  }
  // The class row is a row of the position table that the drain copies, one slot for each out
  // block.
  if (!embeds_class(c)) {
    release_parameters(machine_.weights(c.tag), last_write_);
    complete(last_write_);
    return;
  }
  const Cycle slots = ceil_div(c.out_dim, row_lanes(machine_.design));
  const bool own_group = groups_of(c, machine_.design.array.token_lanes) != groups;
  if (own_group) wait_group(groups);
  drain_ready_ = std::max(now(), drain_ready_) + slots;
  requantiser_busy_ += slots;
  last_write_ = std::max(last_write_, now() + timing::kRequantPipeline) + slots;
  if (own_group) signal_group(last_write_);
  release_parameters(machine_.weights(c.tag), last_write_);
  complete(last_write_);
}

void Array::gate() {
  const Command& c = command();
  const MatrixShape shape(machine_.design, c.in_dim, gate_channels(machine_.design, c.experts));
  const auto planes =
      static_cast<std::uint64_t>(models::cost_of(machine_.design.precision).gate_digits);
  WeightEntry& entry = machine_.weights(c.tag);
  const std::uint64_t groups = ceil_div(c.tokens, machine_.design.array.token_lanes);
  for (std::uint64_t g = 0; g < groups; ++g) {
    wait_group(g);
    for (std::uint64_t n = 0; n < shape.blocks; ++n) {
      if (g == 0) await_rows(entry, shape, n);
      last_write_ = block(planes * shape.k_cycles, Destination::kLogits);
      if (g + 1 == groups) release(entry, shape, n);
    }
    signal_group(last_write_);
  }
  release_parameters(entry, last_write_);
  complete(last_write_);
}

void Array::await_rows(WeightEntry& entry, const MatrixShape& shape, std::uint64_t n) {
  await(entry.arrived, entry.parameter_rows + shape.rows_needed(n), weights_);
}

Cycle Array::block(Cycle k_cycles, Destination to, std::uint64_t turns, bool attention) {
  if (drain_ready_ > k_cycles) hold_until(drain_ready_ - k_cycles, output_);
  note(EventKind::kBlock, blocks_issued_++);
  issue(k_cycles);
  count_issue(k_cycles, turns, attention);
  const Cycle drain = drain_of(to);
  drain_ready_ = now() + drain;
  count_results(to);
  Cycle gelu = 0;
  if (to == Destination::kHidden) {
    const bool table = machine_.design.ablation.gelu_table;
    gelu = table ? timing::kGeluPipeline : timing::kErfPipeline;
  }
  return now() + timing::kArrayPipeline + drain + timing::kRequantPipeline + gelu;
}

Cycle Array::drain_of(Destination to) const {
  const bool single = to == Destination::kSingleRows || to == Destination::kLogits;
  return single ? row_drain_ : drain_;
}

void Array::count_results(Destination to) {
  const models::ArrayConfig& array = machine_.design.array;
  const std::uint64_t results =
      static_cast<std::uint64_t>(array.token_lanes) * static_cast<std::uint64_t>(array.out_lanes);
  EventCounts& events = machine_.events;
  requantiser_busy_ += drain_of(to);
  events.requantised += results;
  if (to == Destination::kHidden) {
    events.gelu += results * (machine_.design.ablation.gelu_table ? 1 : timing::kErfWork);
  }
  const models::PrecisionCost cost = models::cost_of(machine_.design.precision);
  // Read-modify-write, two read copies.
  if (to == Destination::kResidual || to == Destination::kSingleRows) {
    events.bram_read_bits += results * static_cast<std::uint64_t>(cost.residual_bits);
    events.bram_write_bits += results * static_cast<std::uint64_t>(2 * cost.residual_bits);
  } else {
    const int bits = to == Destination::kLogits ? 32 : 8 * cost.activation_bytes;
    events.bram_write_bits += results * static_cast<std::uint64_t>(bits);
  }
}

void Array::count_issue(Cycle cycles, std::uint64_t turns, bool attention) {
  const models::ArrayConfig& array = machine_.design.array;
  const models::PrecisionCost cost = models::cost_of(machine_.design.precision);
  const auto passes =
      static_cast<std::uint64_t>(attention ? cost.attention_passes : cost.linear_passes);
  const auto weight_bits =
      static_cast<std::uint64_t>(8 * (attention ? cost.activation_bytes : cost.weight_bytes));
  const auto operand_bits = static_cast<std::uint64_t>(8 * cost.activation_bytes);
  const auto tile = static_cast<std::uint64_t>(array.in_lanes) * array.out_lanes;
  const std::uint64_t lanes = ceil_div(static_cast<std::uint64_t>(array.token_lanes), turns);
  issue_cycles_ += cycles;
  machine_.events.macs_issued += cycles * tile * lanes / passes;
  const std::uint64_t operands = lanes * static_cast<std::uint64_t>(array.in_lanes);
  machine_.events.bram_read_bits +=
      cycles * (tile * weight_bits + operands * operand_bits) / passes;
}

void Array::release(WeightEntry& entry, const MatrixShape& shape, std::uint64_t n) {
  const std::uint64_t before = n == 0 ? 0 : shape.rows_released(n - 1);
  machine_.tiles.consume(entry.tile_segment, now(), shape.rows_released(n) - before);
}

void Array::release_parameters(WeightEntry& entry, Cycle t) {
  if (entry.parameter_rows != 0)
    machine_.parameters.consume(entry.parameter_segment, t, entry.parameter_rows);
}

}  // namespace edgemoe::sim
