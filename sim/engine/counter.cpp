// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/counter.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/engine/process.hpp"
#include "sim/engine/simulation.hpp"

namespace edgemoe::sim {

Counter::Counter(Simulation& simulation, std::string name, Cycle latency)
    : Channel(std::move(name)), simulation_(simulation), latency_(latency) {
  if (latency == 0) throw std::invalid_argument(this->name() + ": latency 0");
}

void Counter::add(std::uint64_t n) { add_at(simulation_.now() + latency_, n); }

void Counter::add_at(Cycle cycle, std::uint64_t n) {
  const Cycle now = simulation_.now();
  if (cycle <= now) {
    throw std::logic_error(name() + ": added in the same cycle or the past");
  }
  if (n == 0) return;
  settle();
  total_ += n;
  auto place = pending_.end();
  while (place != pending_.begin() && std::prev(place)->cycle > cycle) --place;
  if (place != pending_.begin() && std::prev(place)->cycle == cycle) {
    std::prev(place)->amount += n;
  } else {
    pending_.insert(place, Pending{cycle, n});
  }
  for (const Waiter& waiter : waiters_) {
    // A waiter whose target shows already is about to run in this very cycle.
    const Cycle ready = visible_from(waiter.target);
    if (ready != kNoCycle && ready > now) waiter.process->wake_at(ready);
  }
}

void Counter::settle() const {
  const Cycle now = simulation_.now();
  while (!pending_.empty() && pending_.front().cycle <= now) {
    settled_ += pending_.front().amount;
    pending_.pop_front();
  }
}

std::uint64_t Counter::visible() const {
  settle();
  return settled_;
}

Cycle Counter::visible_from(std::uint64_t target) const {
  std::uint64_t sum = visible();
  if (sum >= target) return simulation_.now();
  for (const Pending& entry : pending_) {
    sum += entry.amount;
    if (sum >= target) return entry.cycle;
  }
  return kNoCycle;
}

std::string Counter::describe() const {
  return "counter " + name() + " shows " + std::to_string(visible());
}

void Counter::add_waiter(Process* process, std::uint64_t target) const {
  waiters_.push_back(Waiter{process, target});
}

void Counter::remove_waiter(const Process* process) const {
  // A process may stand here twice (two targets of one wait); each entry is removed by one call.
  const auto mine = std::find_if(waiters_.begin(), waiters_.end(),
                                 [process](const Waiter& w) { return w.process == process; });
  if (mine != waiters_.end()) waiters_.erase(mine);
}

}  // namespace edgemoe::sim
