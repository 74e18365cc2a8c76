// SPDX-License-Identifier: Apache-2.0
#include "sim/units/simulate.hpp"

#include "sim/units/array.hpp"
#include "sim/units/loader.hpp"
#include "sim/units/memory_setup.hpp"
#include "sim/units/norm.hpp"
#include "sim/units/results.hpp"
#include "sim/units/router.hpp"
#include "sim/units/sequencer.hpp"
#include "sim/units/writer.hpp"

namespace edgemoe::sim {

SimulationResult simulate(const std::vector<program::Command>& commands,
                          const program::RoutingTrace& routing, const models::DesignConfig& design,
                          const models::BoardConfig& board, const SimulationOptions& options) {
  const ProgramIndex index(commands, routing, design);
  MemorySetup setup = setup_memory(design, board);
  setup.parameters.refresh_phase = options.refresh_phase;
  Memory memory(setup.parameters);
  EngineOptions engine;
  engine.max_cycles = options.max_cycles;
  engine.trace = options.record_trace;
  engine.shuffle_seed = options.shuffle_seed;
  engine.progress = options.progress;
  Simulation simulation(engine);
  DramClient dram(simulation, memory);
  Machine machine(simulation, dram, index, design, setup.load_ports, setup.program_port,
                  options.program_address, options.record_events);

  RowCollector collector(machine);
  Loader loader(machine, collector);
  Array array(machine);
  Norm norm(machine);
  Router router(machine);
  Writer writer(machine);
  const std::vector<Unit*> units{&loader, &array, &norm, &router, &writer};
  std::vector<Unit*> by_kind(6, nullptr);
  for (Unit* unit : units) by_kind[static_cast<std::size_t>(unit->kind())] = unit;
  Sequencer sequencer(machine, by_kind);

  simulation.run();
  return collect_results(machine, units, sequencer, array);
}

}  // namespace edgemoe::sim
