// SPDX-License-Identifier: Apache-2.0
/// Process: a thread of simulated time whose every cycle is busy or has a named reason.
///
/// Use:      derive, declare reasons in the constructor, write run(). All calls that take time
///           (busy, stall, wait_for, wait_any, Fifo::push, ...) are made from within run() of the
///           same process. A unit may own several processes.
/// Roles:    a main process must return from run(); a service (memory, pipeline stage that loops
///           for ever) need not, and a simulation ends without it.
/// Accounts: a wait that is satisfied at once takes no time and is charged to nobody. After run()
///           returned, cycles are charged to "done".
/// Cost:     about 0.1 us per wait: wait for computed times, not for every clock edge.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "sim/engine/types.hpp"

namespace edgemoe::sim {

class Simulation;
class Counter;
struct BlockedProcess;

/// Condition of `Process::wait_any`: the counter shows `target` or more.
struct Condition {
  const Counter* counter;
  std::uint64_t target;
};

class Process {
 public:
  enum class Role { kMain, kService };
  static constexpr int kBusy = 0;  ///< index of working cycles in spent()
  static constexpr int kDone = 1;  ///< index of cycles after run() returned

  /// `name` is unique in the simulation (std::invalid_argument otherwise).
  Process(Simulation& simulation, std::string name, Role role = Role::kMain);
  virtual ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  const std::string& name() const { return name_; }
  Role role() const { return role_; }
  Simulation& simulation() const { return simulation_; }
  Cycle now() const;

  /// Declares a reason to wait, e.g. "weights"; the same name gives the same reason.
  Reason add_reason(const std::string& name);

  /// Works for `cycles` cycles; 0 is allowed and takes no time.
  void busy(Cycle cycles);
  /// Waits for a fixed time that counts as a stall.
  void stall(Reason reason, Cycle cycles);
  /// Waits (as a stall, or as work) until `cycle`; no time passes if it is not in the future.
  void stall_until(Reason reason, Cycle cycle);
  void busy_until(Cycle cycle);

  /// Waits until `counter.visible() >= target`, to the exact cycle. `channel` is what a deadlock
  /// report shall name when the counter is a part of something larger (null: the counter).
  void wait_for(const Counter& counter, std::uint64_t target, Reason reason,
                const Channel* channel = nullptr);

  /// Waits until one of the conditions holds, or `deadline`. Returns the index of the first that
  /// holds, or `conditions.size()` if none did at the deadline.
  std::size_t wait_any(std::initializer_list<Condition> conditions, Reason reason,
                       Cycle deadline = kNoCycle);

  /// Waits until another process calls wake_at, or `deadline`, whichever is first. May return early
  /// (at a cycle asked for in an earlier call), so callers look again at what they wait for.
  void suspend(Reason reason, const Channel* channel = nullptr, Cycle deadline = kNoCycle);
  /// Makes this process return from suspend at `cycle` (later than now), unless it returns earlier.
  void wake_at(Cycle cycle);

  /// Cycles so far per reason index, the current wait included up to now: [0] busy, [1] done, then
  /// the declared reasons. Two snapshots give a command's stalls.
  std::vector<Cycle> spent() const;
  /// Names for the indices of `spent`.
  const std::vector<std::string>& reason_names() const { return reason_names_; }
  bool finished() const { return finished_; }

 protected:
  virtual void run() = 0;

 private:
  friend class Simulation;
  friend class Counter;
  struct Impl;
  class Registrations;

  void thread_main();
  void charge(int reason, Cycle until);
  void sleep(int reason, Cycle cycles);
  void check_running() const;
  void begin_wait(int reason, const Channel* channel, const Condition* condition);
  void await_wake();
  void woken();
  void step_back();  // lets others of the same cycle go first, at random
  std::size_t wait_first(const Condition* conditions, std::size_t count, Cycle deadline);
  void end_wait();
  BlockedProcess blocked() const;

  Simulation& simulation_;
  std::string name_;
  Role role_;
  std::vector<std::string> reason_names_;
  std::vector<Cycle> spent_;
  Cycle charged_until_ = 0;
  int waiting_reason_ = kBusy;
  const Channel* waiting_on_ = nullptr;
  const Condition* condition_ = nullptr;  // the first of those waited for
  bool finished_ = false;
  std::unique_ptr<Impl> impl_;
};

/// A process from a function, for tests and small helpers.
class FunctionProcess : public Process {
 public:
  FunctionProcess(Simulation& simulation, std::string name, std::function<void(Process&)> body,
                  Role role = Role::kMain)
      : Process(simulation, std::move(name), role), body_(std::move(body)) {}

 protected:
  void run() override { body_(*this); }

 private:
  std::function<void(Process&)> body_;
};

}  // namespace edgemoe::sim
