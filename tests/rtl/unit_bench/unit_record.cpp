// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/unit_bench/unit_record.hpp"

namespace edgemoe::test {

namespace {
constexpr std::uint64_t kAfter = 64;  // cycles in which late signals are still seen
}

UnitStage::UnitStage(sim::Machine& machine, sim::Unit& unit, const UnitScript& script,
                     UnitRecord& record)
    : Process(machine.simulation, "stage"),
      machine_(machine),
      unit_(unit),
      script_(script),
      record_(record),
      cycle_(add_reason("cycle")) {
  record_.counters.resize(program::kMaxCounters);
  for (const UnitScript::Step& step : script.steps) counters_.insert(step.counter);
  for (const program::Command& c : script.commands) {
    if (c.signal_mode != program::SignalMode::kNone) counters_.insert(c.signal);
  }
}

void UnitStage::sample() {
  for (const int i : counters_)
    record_.counters[static_cast<std::size_t>(i)].set(now(), machine_.progress(i).visible());
  record_.parameters_freed.set(now(), machine_.parameters.freed().visible());
  for (const auto& [tag, block] : machine_.index.blocks()) {
    if (machine_.published(tag).visible() != 0) record_.published.emplace(tag, now());
  }
}

void UnitStage::run() {
  for (const UnitScript::Step& step : script_.steps)
    machine_.progress(step.counter).add_at(step.cycle);
  std::map<int, int> opened;
  for (const UnitScript::Arrival& arrival : script_.arrivals) {
    sim::WeightEntry& entry = machine_.weights(arrival.tag);
    if (entry.parameter_segment < 0)
      entry.parameter_segment = machine_.parameters.open(entry.parameter_rows);
    entry.arrived.add_at(arrival.cycle, arrival.rows);
  }
  std::size_t next = 0;
  std::uint64_t end = sim::kNoCycle;
  while (now() < end) {
    sample();
    if (next < script_.dispatches.size() && script_.dispatches[next].cycle == now())
      unit_.queue().push(*this, script_.dispatches[next++].id, cycle_);
    if (end == sim::kNoCycle && unit_.finished() &&
        machine_.commands_done.visible() == script_.dispatches.size())
      end = now() + kAfter;
    stall(cycle_, 1);
  }
}

void finish_record(const sim::Machine& machine, const UnitScript& script, UnitRecord* record) {
  for (const UnitFront::Dispatch& d : script.dispatches) {
    const sim::CommandBook& book = machine.book[static_cast<std::size_t>(d.id)];
    record->spans[d.id] = {book.begin, book.end};
  }
  record->events = machine.log.sorted();
}

}  // namespace edgemoe::test
