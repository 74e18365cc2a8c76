// SPDX-License-Identifier: Apache-2.0
/// Sequencer: fetches the program from DRAM and hands command indices to the units' queues.
///
/// Models:   a read master of its own (header row, then rows of two commands, kFetchOutstanding in
/// flight), the
///           program memory, dispatch of one command a cycle in program order, BARRIER and END.
/// Abstracts away: decoding (each unit reads the program memory itself, kDecode).
/// In, out:  DRAM; queues of the units; count of finished commands.
/// Timing:   header, then row r is requested when row r - kFetchOutstanding has arrived; a command
/// is dispatched
///           in the cycle after its row arrived at the earliest. BARRIER holds the dispatch until
///           its waits hold; END until all commands before it are done.
/// Errors:   none; a full queue or a wait that never ends shows in the deadlock report.
#pragma once

#include <vector>

#include "sim/units/unit.hpp"

namespace edgemoe::sim {

class Sequencer : public Process {
 public:
  Sequencer(Machine& machine, std::vector<Unit*> units);

 protected:
  void run() override;

 private:
  void fetch_row();
  void await_row(std::uint64_t ticket);
  void dispatch(const program::Command& command);
  void hold(const program::Command& command, const Counter& counter, std::uint64_t target,
            Reason reason);
  void barrier(const program::Command& command);

  Machine& machine_;
  std::vector<Unit*> units_;  // by program::Unit
  DramPort& port_;
  std::uint64_t rows_;
  std::uint64_t requested_ = 0;
  Reason dram_;
  Reason queue_full_;
  Reason draining_;
  Reason memory_full_;
  std::vector<Reason> wait_reasons_;  // of barriers, in program order, kMaxWaits each
  std::size_t barriers_ = 0;
};

}  // namespace edgemoe::sim
