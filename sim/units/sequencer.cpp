// SPDX-License-Identifier: Apache-2.0
#include "sim/units/sequencer.hpp"

#include <algorithm>
#include <utility>

#include "hls/program/image.hpp"
#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

using program::Command;
using program::Opcode;

Sequencer::Sequencer(Machine& machine, std::vector<Unit*> units)
    : Process(machine.simulation, "sequencer"),
      machine_(machine),
      units_(std::move(units)),
      port_(machine.dram.port(machine.program_port)),
      rows_(ceil_div(machine.index.commands().size() * program::kCommandBytes, program::kRowBytes)),
      dram_(add_reason("dram")),
      queue_full_(add_reason("queue full")),
      draining_(add_reason("drain")),
      memory_full_(add_reason("program memory full")) {
  for (const Command& c : machine.index.commands()) {
    if (program::unit_of(c.opcode) != program::Unit::kSequencer) continue;
    for (const program::Wait& w : c.wait) {
      const bool none = w.mode == program::WaitMode::kNone;
      wait_reasons_.push_back(
          none ? dram_ : add_reason("wait:" + machine.index.producer(w.counter, w.value)));
    }
  }
}

void Sequencer::run() {
  const std::uint64_t header = port_.read(*this, 0, program::kImageHeaderBytes);
  await_row(header);
  constexpr std::uint64_t kPerRow = program::kRowBytes / program::kCommandBytes;
  const std::vector<Command>& commands = machine_.index.commands();
  for (std::uint64_t row = 0; row < rows_; ++row) {
    while (requested_ < std::min<std::uint64_t>(rows_, row + timing::kFetchOutstanding))
      fetch_row();
    await_row(header + row + 1);
    const std::uint64_t last = std::min<std::uint64_t>(commands.size(), (row + 1) * kPerRow);
    for (std::uint64_t i = row * kPerRow; i < last; ++i) dispatch(commands[i]);
  }
}

void Sequencer::fetch_row() {
  // A row that takes the place of an earlier one waits for that half's commands.
  const std::size_t half =
      requested_ * (program::kRowBytes / program::kCommandBytes) / timing::kProgramHalf;
  if (half >= 2) wait_for(machine_.half_done(half - 2), timing::kProgramHalf, memory_full_);
  port_.read(*this, machine_.program_address + requested_ * program::kRowBytes, program::kRowBytes);
  ++requested_;
  busy(1);
}

void Sequencer::await_row(std::uint64_t ticket) { wait_for(port_.reads_done(), ticket, dram_); }

void Sequencer::dispatch(const Command& c) {
  const program::Unit unit = program::unit_of(c.opcode);
  if (unit == program::Unit::kSequencer) {
    barrier(c);
    return;
  }
  units_[static_cast<std::size_t>(unit)]->queue().push(*this, c.id, queue_full_);
  machine_.log.add(now(), EventKind::kDispatch, c.id, c.id);
  busy(1);
}

void Sequencer::hold(const Command& c, const Counter& counter, std::uint64_t target,
                     Reason reason) {
  const Cycle since = now();
  wait_for(counter, target, reason);
  machine_.book[c.id].stall_for(reason, now() - since);
}

void Sequencer::barrier(const Command& c) {
  CommandBook& entry = machine_.book[c.id];
  entry.begin = now();
  for (const program::Wait& w : c.wait) {
    const Reason reason = wait_reasons_[barriers_++];
    if (w.mode != program::WaitMode::kNone) hold(c, machine_.progress(w.counter), w.value, reason);
  }
  if (c.opcode == Opcode::kEnd) hold(c, machine_.commands_done, c.id, draining_);
  busy(1);
  entry.busy = 1;
  entry.issue_end = now();
  machine_.complete(c.id, now());
}

}  // namespace edgemoe::sim
