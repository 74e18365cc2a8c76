// SPDX-License-Identifier: Apache-2.0
#include "sim/units/unit.hpp"

#include "sim/units/timing.hpp"

namespace edgemoe::sim {

Unit::Unit(Machine& machine, program::Unit kind, const std::string& name)
    : Process(machine.simulation, name),
      machine_(machine),
      kind_(kind),
      queue_(machine.simulation, name + " queue", timing::kProgramCommands, timing::kQueue),
      no_command_(add_reason("no command")),
      decode_(add_reason("decode")) {
  for (int id : machine.index.of_unit(kind)) {
    std::vector<Reason> reasons;
    for (const program::Wait& w : machine.index.commands()[static_cast<std::size_t>(id)].wait) {
      const std::uint64_t value = w.value + (w.mode == program::WaitMode::kGroup ? 1u : 0u);
      const bool none = w.mode == program::WaitMode::kNone;
      reasons.push_back(none ? no_command_
                             : add_reason("wait:" + machine.index.producer(w.counter, value)));
    }
    wait_reasons_.push_back(reasons);
  }
}

void Unit::run() {
  const std::vector<int>& ids = machine_.index.of_unit(kind_);
  for (place_ = 0; place_ < ids.size(); ++place_) {
    const int id = queue_.pop(*this, no_command_);
    command_ = &machine_.index.commands()[static_cast<std::size_t>(id)];
    stall(decode_, timing::kDecode);
    execute(*command_);
  }
}

void Unit::wait_modes(program::WaitMode mode, std::uint64_t group) {
  for (int i = 0; i < program::kMaxWaits; ++i) {
    const program::Wait& w = command_->wait[i];
    if (w.mode != mode) continue;
    const std::uint64_t target = w.value + (mode == program::WaitMode::kGroup ? group + 1 : 0);
    await(machine_.progress(w.counter), target, wait_reasons_[place_][static_cast<std::size_t>(i)]);
  }
}

void Unit::wait_start() { wait_modes(program::WaitMode::kStart, 0); }

void Unit::wait_group(std::uint64_t group) { wait_modes(program::WaitMode::kGroup, group); }

void Unit::await(const Counter& counter, std::uint64_t target, Reason reason,
                 const Channel* channel) {
  if (counter.visible() >= target) return;
  const Cycle since = now();
  wait_for(counter, target, reason, channel);
  book_stall(reason, since);
}

void Unit::hold_until(Cycle cycle, Reason reason) {
  const Cycle since = now();
  if (cycle <= since) return;
  stall_until(reason, cycle);
  book_stall(reason, since);
}

void Unit::book_stall(Reason reason, Cycle since) {
  if (machine_.simulation.trace().enabled()) stalls_.emplace_back(since, now());
  if (book().begin != kNoCycle) book().stall_for(reason, now() - since);
}

void Unit::issue(Cycle cycles) {
  CommandBook& entry = book();
  if (entry.begin == kNoCycle) entry.begin = now();
  busy(cycles);
  entry.busy += cycles;
  entry.issue_end = now();
}

void Unit::signal_group(Cycle end, std::uint64_t groups) {
  if (command_->signal_mode != program::SignalMode::kGroup || groups == 0) return;
  machine_.progress(command_->signal).add_at(end + timing::kSignal, groups);
}

}  // namespace edgemoe::sim
