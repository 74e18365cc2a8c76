// SPDX-License-Identifier: Apache-2.0
/// Unit: a process that takes commands of its queue in order and books where each one's cycles
/// went.
///
/// Models:   command queue, decoding, waits at the start and per group, signals.
/// In, out:  queue() of command indices from the sequencer; the program's progress counters.
/// Timing:   index visible kQueue after dispatch, kDecode more to decode; a signal is visible
/// kSignal after the
///           end it tells of.
/// Stats:    per command begin, end, busy and stalls by reason. A unit is busy while it issues;
/// what a command
///           takes after its last issue (pipeline, DRAM) is its tail and overlaps with the next
///           command.
#pragma once

#include <string>
#include <vector>

#include "sim/engine/fifo.hpp"
#include "sim/engine/process.hpp"
#include "sim/units/machine.hpp"

namespace edgemoe::sim {

class Unit : public Process {
 public:
  Unit(Machine& machine, program::Unit kind, const std::string& name);

  Fifo<int>& queue() { return queue_; }
  program::Unit kind() const { return kind_; }
  /// Stall intervals of the unit, in time order; recorded when the trace is on.
  const std::vector<std::pair<Cycle, Cycle>>& stalls() const { return stalls_; }

 protected:
  void run() final;
  /// Executes one command: every unit ends it with complete() or leaves that to a helper process.
  virtual void execute(const program::Command& command) = 0;

  const program::Command& command() const { return *command_; }
  CommandBook& book() { return machine_.book[command_->id]; }

  void wait_start();
  void wait_group(std::uint64_t group);
  void await(const Counter& counter, std::uint64_t target, Reason reason,
             const Channel* channel = nullptr);
  void hold_until(Cycle cycle, Reason reason);
  void issue(Cycle cycles);

  /// Group finished at `end`: signals when the command signals per group.
  void signal_group(Cycle end, std::uint64_t groups = 1);
  /// Writes a line of the per-tile log: the unit starts something in this cycle.
  void note(EventKind kind, std::uint64_t index) {
    machine_.log.add(now(), kind, command_->id, index);
  }
  void complete(Cycle end) { machine_.complete(command_->id, end); }

  Machine& machine_;

 private:
  void book_stall(Reason reason, Cycle since);
  void wait_modes(program::WaitMode mode, std::uint64_t group);

  program::Unit kind_;
  Fifo<int> queue_;
  const program::Command* command_ = nullptr;
  Reason no_command_;
  Reason decode_;
  std::vector<std::vector<Reason>> wait_reasons_;  // by place in the unit's command list
  std::size_t place_ = 0;
  std::vector<std::pair<Cycle, Cycle>> stalls_;
};

}  // namespace edgemoe::sim
