// SPDX-License-Identifier: Apache-2.0
/// One unit of the cycle engine alone, under conditions that a test makes up: when its commands are
/// dispatched, when the counters that it waits for step, when parameters arrive. So the RTL of the
/// unit can be held against it whatever its surroundings do.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/units/machine.hpp"
#include "sim/units/memory_setup.hpp"
#include "sim/units/unit.hpp"
#include "tests/rtl/unit_bench/unit_front.hpp"

namespace edgemoe::test {

/// Everything that happens around the unit. Cycles are those in which the unit sees it, > 0.
struct UnitScript {
  std::vector<program::Command> commands;  ///< with those of other units that the index asks for
  program::RoutingTrace routing;
  models::DesignConfig design;
  models::BoardConfig board;
  std::deque<UnitFront::Dispatch> dispatches;
  struct Step {
    std::uint64_t cycle;
    int counter;
  };
  std::vector<Step> steps;
  struct Arrival {
    std::uint64_t cycle;
    int tag;
    std::uint64_t rows;
  };
  std::vector<Arrival> arrivals;  ///< of parameters, tags in load order
};

struct UnitRecord {
  std::map<int, std::pair<std::uint64_t, std::uint64_t>> spans;  ///< begin and end, by id
  std::vector<sim::UnitEvent> events;
  std::vector<Track> counters;           ///< as every unit sees them
  std::map<int, std::uint64_t> published;  ///< by tag, the first cycle in which it is visible
  Track parameters_freed;
};

/// Plays the script, and samples the machine in every cycle.
class UnitStage : public sim::Process {
 public:
  UnitStage(sim::Machine& machine, sim::Unit& unit, const UnitScript& script, UnitRecord& record);

 private:
  void run() override;
  void sample();

  sim::Machine& machine_;
  sim::Unit& unit_;
  const UnitScript& script_;
  UnitRecord& record_;
  sim::Reason cycle_;
  std::set<int> counters_;
};

void finish_record(const sim::Machine& machine, const UnitScript& script, UnitRecord* record);

template <typename Unit>
UnitRecord record_unit(const UnitScript& script) {
  const sim::ProgramIndex index(script.commands, script.routing, script.design);
  const sim::MemorySetup setup = sim::setup_memory(script.design, script.board);
  sim::Memory memory(setup.parameters);
  sim::EngineOptions engine;
  engine.max_cycles = 3'000'000;
  sim::Simulation simulation(engine);
  sim::DramClient dram(simulation, memory);
  sim::Machine machine(simulation, dram, index, script.design, setup.load_ports,
                       setup.program_port, 256, true);
  UnitRecord record;
  Unit unit(machine);
  UnitStage stage(machine, unit, script, record);
  simulation.run();
  finish_record(machine, script, &record);
  return record;
}

}  // namespace edgemoe::test
