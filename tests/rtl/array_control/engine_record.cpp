// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/array_control/engine_record.hpp"

#include <algorithm>
#include <set>

#include "sim/units/array.hpp"
#include "sim/units/loader.hpp"
#include "sim/units/memory_setup.hpp"
#include "sim/units/norm.hpp"
#include "sim/units/results.hpp"
#include "sim/units/router.hpp"
#include "sim/units/sequencer.hpp"
#include "sim/units/writer.hpp"

namespace edgemoe::test {

using sim::Machine;
using sim::WeightEntry;

namespace {

/// Looks at the machine in every cycle.
class Sampler : public sim::Process {
 public:
  Sampler(Machine& machine, EngineRecord& record)
      : Process(machine.simulation, "sampler", Role::kService),
        machine_(machine),
        record_(record),
        cycle_(add_reason("cycle")) {
    record_.counters.resize(program::kMaxCounters);
    for (const program::Command& c : machine.index.commands()) {
      if (c.signal_mode != program::SignalMode::kNone) counters_.insert(c.signal);
      if (c.opcode == program::Opcode::kLoadWeights)
        pairs_.push_back({&machine.weights(c.tag), &record.weights[c.tag]});
    }
    for (const auto& [tag, block] : machine.index.blocks()) {
      for (int e = 0; e < block.plan.slots; ++e) {
        for (int m = 0; m < 2; ++m)
          pairs_.push_back({&machine.expert(tag, e, m), &record.experts[{tag, e, m}]});
      }
    }
  }

 private:
  struct Pair {
    WeightEntry* entry;
    RecordedEntry* recorded;
  };

  void run() override {
    for (;;) {
      sample();
      stall(cycle_, 1);
    }
  }

  void sample() {
    const std::uint64_t c = now();
    for (int i : counters_)
      record_.counters[static_cast<std::size_t>(i)].set(c, machine_.progress(i).visible());
    record_.tiles_freed.set(c, machine_.tiles.freed().visible());
    std::uint64_t rows = 0;
    for (Pair& p : pairs_) look(p, c, &rows);
    record_.tile_rows.set(c, rows);
    for (const auto& [tag, block] : machine_.index.blocks()) {
      if (machine_.published(tag).visible() != 0 && published_.insert(tag).second)
        publish(tag, block, c);
    }
  }

  void look(Pair& p, std::uint64_t c, std::uint64_t* rows) {
    const WeightEntry& e = *p.entry;
    RecordedEntry& r = *p.recorded;
    if (!r.found && (e.tile_segment >= 0 || e.parameter_segment >= 0)) {
      r.found = true;
      r.found_at = c;
    }
    *rows += e.arrived.visible() > e.parameter_rows ? e.arrived.visible() - e.parameter_rows : 0;
  }

  void publish(int tag, const sim::MoeBlock& block, std::uint64_t c) {
    RecordedBlock b;
    b.tag = tag;
    b.published_at = c;
    b.lengths = block.plan.lengths;
    for (const sim::ExpertQueue& q : block.plan.execution) b.execution.push_back(q.expert);
    record_.blocks.push_back(b);
  }

  Machine& machine_;
  EngineRecord& record_;
  sim::Reason cycle_;
  std::set<int> counters_;
  std::vector<Pair> pairs_;
  std::set<int> published_;
};

void take_over(const WeightEntry& entry, RecordedEntry* r) {
  r->tile_rows = entry.tile_rows;
  r->param_rows = entry.parameter_rows;
  r->tile_segment = entry.tile_segment;
  r->param_segment = entry.parameter_segment;
  if (entry.idle_at != sim::kNoCycle && entry.complete_at != sim::kNoCycle)
    r->idle_at = std::max(entry.idle_at, entry.complete_at);
}

/// Rows before an entry: those of all segments opened before.
void count_rows(const std::vector<RecordedEntry*>& entries) {
  std::map<int, RecordedEntry*> tiles, params;
  for (RecordedEntry* r : entries) {
    if (r->tile_segment >= 0) tiles[r->tile_segment] = r;
    if (r->param_segment >= 0) params[r->param_segment] = r;
  }
  std::uint64_t rows = 0;
  for (auto& [segment, r] : tiles) {
    r->tile_count0 = rows;
    rows += r->tile_rows;
  }
  rows = 0;
  for (auto& [segment, r] : params) {
    r->param_count0 = rows;
    rows += r->param_rows;
  }
}

void finish(const Machine& machine_const, Machine& machine, EngineRecord* record) {
  std::vector<RecordedEntry*> all;
  for (auto& [tag, r] : record->weights) {
    take_over(machine.weights(tag), &r);
    all.push_back(&r);
  }
  for (auto& [key, r] : record->experts) {
    take_over(machine.expert(std::get<0>(key), std::get<1>(key), std::get<2>(key)), &r);
    all.push_back(&r);
  }
  count_rows(all);
  record->commands = machine_const.index.commands();
}

}  // namespace

EngineRecord record_engine(const std::vector<program::Command>& commands,
                           const program::RoutingTrace& routing,
                           const models::DesignConfig& design, const models::BoardConfig& board) {
  const sim::ProgramIndex index(commands, routing, design);
  const sim::MemorySetup setup = sim::setup_memory(design, board);
  sim::Memory memory(setup.parameters);
  sim::EngineOptions engine;
  engine.max_cycles = 3'000'000;
  sim::Simulation simulation(engine);
  sim::DramClient dram(simulation, memory);
  Machine machine(simulation, dram, index, design, setup.load_ports, setup.program_port, 256, true);
  sim::RowCollector collector(machine);
  sim::Loader loader(machine, collector);
  sim::Array array(machine);
  sim::Norm norm(machine);
  sim::Router router(machine);
  sim::Writer writer(machine);
  const std::vector<sim::Unit*> units{&loader, &array, &norm, &router, &writer};
  std::vector<sim::Unit*> by_kind(6, nullptr);
  for (sim::Unit* unit : units) by_kind[static_cast<std::size_t>(unit->kind())] = unit;
  sim::Sequencer sequencer(machine, by_kind);
  EngineRecord record;
  Sampler sampler(machine, record);
  simulation.run();
  record.result = sim::collect_results(machine, units, sequencer, array);
  finish(machine, machine, &record);
  return record;
}

}  // namespace edgemoe::test
