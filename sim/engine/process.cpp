// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/process.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/engine/counter.hpp"
#include "sim/engine/kernel.hpp"

namespace edgemoe::sim {
namespace {

std::size_t first_true(const Condition* conditions, std::size_t count) {
  std::size_t index = 0;
  while (index < count && conditions[index].counter->visible() < conditions[index].target) ++index;
  return index;
}

}  // namespace

/// Enters a process in the waiter lists of counters for as long as it lives.
class Process::Registrations {
 public:
  Registrations(const Condition* conditions, std::size_t count, Process* process)
      : conditions_(conditions), count_(count), process_(process) {
    for (std::size_t i = 0; i < count_; ++i) {
      conditions_[i].counter->add_waiter(process_, conditions_[i].target);
    }
  }
  ~Registrations() {
    for (std::size_t i = 0; i < count_; ++i) conditions_[i].counter->remove_waiter(process_);
  }

 private:
  const Condition* conditions_;
  std::size_t count_;
  Process* process_;
};

Process::Process(Simulation& simulation, std::string name, Role role)
    : simulation_(simulation),
      name_(std::move(name)),
      role_(role),
      reason_names_{"busy", "done"},
      spent_(2, 0),
      impl_(std::make_unique<Impl>()) {
  simulation_.add_process(this);
}

Process::~Process() { simulation_.remove_process(this); }

Cycle Process::now() const { return simulation_.now(); }

Reason Process::add_reason(const std::string& name) {
  const auto found = std::find(reason_names_.begin(), reason_names_.end(), name);
  const auto index = static_cast<int>(found - reason_names_.begin());
  if (found == reason_names_.end()) {
    reason_names_.push_back(name);
    spent_.push_back(0);
  }
  return Reason{index};
}

void Process::thread_main() {
  Simulation::Impl& kernel = *simulation_.impl_;
  impl_->stack.set_below(__builtin_frame_address(0));
  impl_->stack.enter();
  if (kernel.over) return;
  kernel.current = this;
  ++kernel.wakes;
  try {
    run();
  } catch (const Unwind&) {
  } catch (const sc_core::sc_unwind_exception&) {
    throw;
  } catch (...) {
    // Of several in one cycle the first by name is kept, so that the order does not matter.
    if (!kernel.error || name_ < kernel.error_process) {
      kernel.error = std::current_exception();
      kernel.error_process = name_;
    }
    sc_core::sc_pause();
  }
  finished_ = true;
  waiting_on_ = nullptr;
  condition_ = nullptr;
  if (kernel.over) return;
  if (role_ == Role::kMain && --kernel.mains_left == 0) sc_core::sc_pause();
}

void Process::charge(int reason, Cycle until) {
  spent_[static_cast<std::size_t>(reason)] += until - charged_until_;
  charged_until_ = until;
}

void Process::check_running() const {
  if (simulation_.impl_->current != this) {
    throw std::logic_error(name_ + ": waits outside of its own run()");
  }
}

void Process::begin_wait(int reason, const Channel* channel, const Condition* condition) {
  check_running();
  waiting_reason_ = reason;
  waiting_on_ = channel;
  condition_ = condition;
}

void Process::await_wake() {
  sc_core::wait(impl_->wake);
  woken();
}

void Process::woken() {
  impl_->stack.enter();
  Simulation::Impl& kernel = *simulation_.impl_;
  if (kernel.over) throw Unwind{};
  if (kernel.options.shuffle_seed != 0) step_back();
  kernel.current = this;
  ++kernel.wakes;
}

void Process::step_back() {
  Simulation::Impl& kernel = *simulation_.impl_;
  for (std::uint64_t deltas = kernel.random() % 3; deltas > 0; --deltas) {
    sc_core::wait(sc_core::SC_ZERO_TIME);
    impl_->stack.enter();
    if (kernel.over) throw Unwind{};
  }
}

void Process::end_wait() {
  charge(waiting_reason_, kernel_now());
  waiting_reason_ = kBusy;
  waiting_on_ = nullptr;
  condition_ = nullptr;
}

void Process::sleep(int reason, Cycle cycles) {
  if (cycles == 0) return check_running();
  if (cycles >= sc_core::sc_max_time().value() - kernel_now()) {
    throw std::logic_error(name_ + ": waits for a time beyond the end of time");
  }
  begin_wait(reason, nullptr, nullptr);
  sc_core::wait(kernel_span(cycles));
  woken();
  end_wait();
}

void Process::busy(Cycle cycles) { sleep(kBusy, cycles); }

void Process::stall(Reason reason, Cycle cycles) { sleep(reason.index, cycles); }

void Process::stall_until(Reason reason, Cycle cycle) {
  const Cycle now = kernel_now();
  sleep(reason.index, cycle > now ? cycle - now : 0);
}

void Process::busy_until(Cycle cycle) { stall_until(Reason{kBusy}, cycle); }

void Process::wake_at(Cycle cycle) {
  const Cycle now = kernel_now();
  if (cycle <= now) throw std::logic_error(name_ + ": woken in the same cycle or the past");
  impl_->wake.notify(kernel_span(cycle - now));
}

void Process::suspend(Reason reason, const Channel* channel, Cycle deadline) {
  if (deadline <= kernel_now()) return;
  begin_wait(reason.index, channel, nullptr);
  if (deadline != kNoCycle) wake_at(deadline);
  await_wake();
  end_wait();
}

void Process::wait_for(const Counter& counter, std::uint64_t target, Reason reason,
                       const Channel* channel) {
  if (counter.visible() >= target) return;
  const Condition condition{&counter, target};
  begin_wait(reason.index, channel != nullptr ? channel : &counter, &condition);
  wait_first(&condition, 1, kNoCycle);
  end_wait();
}

std::size_t Process::wait_any(std::initializer_list<Condition> conditions, Reason reason,
                              Cycle deadline) {
  const std::size_t index = first_true(conditions.begin(), conditions.size());
  if (index < conditions.size() || deadline <= kernel_now()) return index;
  const Condition* shown = conditions.size() > 0 ? conditions.begin() : nullptr;
  begin_wait(reason.index, shown != nullptr ? shown->counter : nullptr, shown);
  const std::size_t found = wait_first(conditions.begin(), conditions.size(), deadline);
  end_wait();
  return found;
}

std::size_t Process::wait_first(const Condition* conditions, std::size_t count, Cycle deadline) {
  const Registrations registrations(conditions, count, this);
  std::size_t index = count;
  while (index == count && kernel_now() < deadline) {
    // An earlier wake-up may come (an addition announced for an earlier cycle), hence the loop.
    Cycle ready = deadline;
    for (std::size_t i = 0; i < count; ++i) {
      ready = std::min(ready, conditions[i].counter->visible_from(conditions[i].target));
    }
    if (ready != kNoCycle) wake_at(ready);
    await_wake();
    index = first_true(conditions, count);
  }
  return index;
}

std::vector<Cycle> Process::spent() const {
  std::vector<Cycle> cycles = spent_;
  const int reason = finished_ ? kDone : waiting_reason_;
  cycles[static_cast<std::size_t>(reason)] += now() - charged_until_;
  return cycles;
}

BlockedProcess Process::blocked() const {
  BlockedProcess entry;
  entry.process = name_;
  entry.reason = reason_names_[static_cast<std::size_t>(waiting_reason_)];
  entry.service = role_ == Role::kService;
  entry.since = charged_until_;
  if (waiting_on_ != nullptr) {
    entry.channel = waiting_on_->name();
    entry.detail = waiting_on_->describe();
  }
  if (condition_ != nullptr) {
    entry.wants = condition_->counter->name() + " to show " + std::to_string(condition_->target) +
                  " or more, it shows " + std::to_string(condition_->counter->visible());
  }
  return entry;
}

}  // namespace edgemoe::sim
