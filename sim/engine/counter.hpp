// SPDX-License-Identifier: Apache-2.0
/// Counter: a monotonic progress counter with registered visibility.
///
/// Models:   a progress or credit register between two units.
/// Timing:   add() in cycle c is seen by everybody, the caller included, from c + latency on; a
///           waiter wakes in exactly the cycle in which its target becomes visible.
/// Order:    additions commute, so any number of processes may add, in any order within a cycle.
/// Cost:     O(waiters) per add; additions not yet visible are kept in a small sorted list.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "sim/engine/types.hpp"

namespace edgemoe::sim {

class Simulation;
class Process;

class Counter : public Channel {
 public:
  /// latency >= 1 (std::invalid_argument otherwise).
  Counter(Simulation& simulation, std::string name, Cycle latency = 1);

  /// Adds n (0 is without effect), visible after the latency.
  void add(std::uint64_t n = 1);
  /// Adds n, visible from `cycle` on, which is later than now (std::logic_error otherwise). For
  /// units that know ahead when something will happen. Calls need not be in order of `cycle`.
  void add_at(Cycle cycle, std::uint64_t n = 1);

  /// What a process sees in this cycle.
  std::uint64_t visible() const;
  /// Everything added so far, visible or not: only for reports and for the owner of the count.
  std::uint64_t total() const { return total_; }
  Cycle latency() const { return latency_; }
  std::string describe() const override;

 private:
  friend class Process;
  struct Pending {
    Cycle cycle;
    std::uint64_t amount;
  };
  struct Waiter {
    Process* process;
    std::uint64_t target;
  };

  /// The cycle (now or later) from which `target` is visible as far as known; kNoCycle if unknown.
  Cycle visible_from(std::uint64_t target) const;
  void add_waiter(Process* process, std::uint64_t target) const;
  void remove_waiter(const Process* process) const;
  void settle() const;

  Simulation& simulation_;
  Cycle latency_;
  std::uint64_t total_ = 0;
  // Waiting and looking do not change what the counter means, hence mutable.
  mutable std::uint64_t settled_ = 0;    // sum of all entries that became visible
  mutable std::deque<Pending> pending_;  // sorted by cycle
  mutable std::vector<Waiter> waiters_;
};

}  // namespace edgemoe::sim
