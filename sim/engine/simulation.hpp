// SPDX-License-Identifier: Apache-2.0
/// Simulation: one run of the cycle engine, from cycle 0 until every main process has returned.
///
/// Why:      hides SystemC (one elaboration per context) behind an object that can be made again
///           and again in one process. One at a time: a second live Simulation is a
///           std::logic_error.
/// Order:    build Simulation, then channels and processes, then run() once, then read results,
///           then destroy in reverse. Processes and channels must outlive run() and die before
///           Simulation.
/// Registered world: what a process does in cycle c is seen by others in c + 1 at the earliest
///           (channels declare their latency), so results do not depend on the order in which
///           processes are created. Options::shuffle_seed exists to prove that.
/// Errors:   run() throws DeadlockError, TimeoutError, or whatever a process or the progress
///           callback threw (then the processes are unwound too). After a throw all results up to
///           that cycle can be read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/errors.hpp"
#include "sim/engine/trace.hpp"
#include "sim/engine/types.hpp"

namespace edgemoe::sim {

class Process;

/// (Not SimulationOptions: that is the name in the contract of sim/units/simulate.hpp.)
struct EngineOptions {
  Cycle max_cycles = kNoCycle;  ///< TimeoutError when a main process is alive after this cycle
  bool trace = false;           ///< record trace events
  std::uint64_t shuffle_seed =
      0;  ///< not 0: processes of a cycle run in a random order (for tests)
  std::function<void(Cycle)>
      progress;  ///< called about every `progress_every` cycles; may be empty
  Cycle progress_every = 65536;
};

/// Where the cycles of one process went: busy + sum of stalls = total.
struct ProcessTime {
  std::string process;
  Cycle total = 0;
  Cycle busy = 0;
  std::vector<std::pair<std::string, Cycle>> stalls;  ///< in order of declaration; "done" is last
};

class Simulation {
 public:
  explicit Simulation(const EngineOptions& options = {});
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Runs until the last main process returns; gives that cycle. Once only.
  Cycle run();

  /// The current cycle; after run(), the cycle in which it ended.
  Cycle now() const;

  Trace& trace() { return trace_; }
  const Trace& trace() const { return trace_; }

  /// One entry per process in order of name; checked: each adds up to now().
  std::vector<ProcessTime> process_times() const;

  std::uint64_t wakes() const;  ///< process activations so far, the engine's unit of work

 private:
  friend class Process;
  class Impl;
  void add_process(Process* process);
  void remove_process(Process* process);
  void spawn_all();
  void advance_kernel();
  void start_kernel(Cycle span);
  void close_accounts();
  std::vector<BlockedProcess> find_blocked() const;
  void unwind_all();
  void throw_stuck(const std::vector<BlockedProcess>& blocked, bool pending) const;

  Trace trace_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgemoe::sim
