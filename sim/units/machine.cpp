// SPDX-License-Identifier: Apache-2.0
#include "sim/units/machine.hpp"

#include <algorithm>
#include <utility>

#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

using program::Command;
using program::Opcode;

Machine::Machine(Simulation& s, DramClient& client, const ProgramIndex& program_index,
                 const models::DesignConfig& design_config, std::vector<int> ports, int fetch_port,
                 std::uint64_t address, bool record_events)
    : simulation(s),
      dram(client),
      index(program_index),
      design(design_config),
      load_ports(std::move(ports)),
      program_port(fetch_port),
      program_address(address),
      tiles(s, "weight ring", static_cast<std::uint64_t>(design_config.buffers.weight_ring_rows)),
      parameters(s, "parameter ring", timing::kParameterRing),
      commands_done(s, "commands done"),
      book(program_index.commands().size()),
      log(record_events) {
  for (int i = 0; i < program::kMaxCounters; ++i) {
    counters_.push_back(std::make_unique<Counter>(s, "progress " + std::to_string(i)));
  }
  for (std::size_t first = 0; first < book.size(); first += timing::kProgramHalf) {
    halves_.push_back(std::make_unique<Counter>(
        s, "done in half " + std::to_string(first / timing::kProgramHalf)));
  }
  make_entries();
}

void Machine::make_entries() {
  for (const Command& c : index.commands()) {
    if (c.opcode != Opcode::kLoadWeights) continue;
    weights_[c.tag] = std::make_unique<WeightEntry>(
        simulation, "weights of tag " + std::to_string(c.tag), c.param_rows, c.rows);
  }
  for (const auto& [tag, block] : index.blocks()) {
    const std::string name = "block of tag " + std::to_string(tag);
    published_[tag] = std::make_unique<Counter>(simulation, "routing of " + name);
    const Command& e = *block.experts;
    if (e.tiled) make_chunks(tag, block, name);
    const std::uint64_t tiles_each = block.load->rows / 2;
    for (int slot = 0; slot < block.plan.slots; ++slot) {
      for (int matrix = 0; matrix < 2; ++matrix) {
        const std::uint64_t channels = matrix == 0 ? e.hidden_dim : e.in_dim;
        experts_[{tag, slot, matrix}] =
            std::make_unique<WeightEntry>(simulation,
                                          "expert load " + std::to_string(slot) + " matrix " +
                                              std::to_string(matrix + 1) + " of " + name,
                                          ceil_div(channels, program::kParamsPerRow), tiles_each);
      }
    }
  }
}

void Machine::make_chunks(int tag, const MoeBlock& block, const std::string& name) {
  chunks_[tag] = std::make_unique<ChunkCounters>(simulation, name);
  for (const ExpertQueue& chunk : block.plan.execution) {
    experts_[{tag, chunk.slot, 2}] = std::make_unique<WeightEntry>(
        simulation, "chunk " + std::to_string(chunk.slot) + " of " + name, 0,
        chunk.length * block.experts->rows);
  }
}

void Machine::complete(int id, Cycle end) {
  CommandBook& entry = book[static_cast<std::size_t>(id)];
  if (entry.begin == kNoCycle) entry.begin = end;
  entry.end = end;
  const Command& c = index.commands()[static_cast<std::size_t>(id)];
  if (c.signal_mode == program::SignalMode::kEnd) progress(c.signal).add_at(end + timing::kSignal);
  commands_done.add_at(end + timing::kDone);
  half_done(static_cast<std::size_t>(id) / timing::kProgramHalf).add_at(end + timing::kDone);
}

void Machine::note_expert(const char* track, const Command& command, int expert,
                          const std::string& what, Cycle begin, Cycle end) {
  if (!simulation.trace().enabled()) return;
  const std::string layer = std::to_string(command.layer);
  const std::string name = std::string(layer.size() < 2 ? "l0" : "l") + layer + ".expert" +
                           std::to_string(expert) + what;
  phases.push_back({track, name, -1, begin, end});
}

void Machine::free_if_idle(WeightEntry& entry) {
  if (entry.complete_at == kNoCycle || entry.idle_at == kNoCycle) return;
  const Cycle t = std::max(entry.complete_at, entry.idle_at);
  if (entry.parameter_rows != 0)
    parameters.consume(entry.parameter_segment, t, entry.parameter_rows);
  if (entry.tile_rows != 0) tiles.consume(entry.tile_segment, t, entry.tile_rows);
  wasted_rows += entry.parameter_rows + entry.tile_rows;
}

}  // namespace edgemoe::sim
