// SPDX-License-Identifier: Apache-2.0
#include "host/run/record.hpp"

#include <algorithm>

#include "hls/program/print.hpp"
#include "host/compiler/describe.hpp"
#include "host/report/markup.hpp"
#include "host/run/energy_record.hpp"
#include "models/schema/precision_cost.hpp"

namespace edgemoe::host {
namespace {

program::Unit unit_of_command(const LoweredProgram& program, std::uint16_t id) {
  return program::unit_of(program.commands.at(id).opcode);
}

/// Products of one expert command: every choice that was queued passes both matrices.
std::uint64_t expert_macs(const LoweredProgram& program, const program::Command& command,
                          const program::RoutingTrace& trace) {
  std::uint64_t choices = 0;
  for (const program::SegmentRouting& segment : trace.segments) {
    if (segment.layer != command.layer) continue;
    for (const program::Choice& choice : segment.choices) choices += choice.dropped ? 0 : 1;
  }
  return choices * program.expert_macs_per_choice;
}

/// Commands in program order.
std::vector<CommandRecord> command_records(const LoweredProgram& program,
                                           const program::RoutingTrace& trace,
                                           const sim::SimulationResult& timing) {
  std::vector<CommandRecord> records;
  for (const sim::CommandTiming& at : timing.commands) {
    const CommandInfo& info = program.info.at(at.id);
    CommandRecord record;
    record.name = info.name;
    record.task = info.task;
    record.unit = program::name_of(unit_of_command(program, at.id));
    record.begin = at.begin;
    record.end = at.end;
    const program::Command& command = program.commands.at(at.id);
    record.macs = command.opcode == program::Opcode::kExperts ? expert_macs(program, command, trace)
                                                              : info.macs;
    record.bytes = at.bytes;
    record.stall = at.stall;
    records.push_back(std::move(record));
  }
  return records;
}

/// Cycles of the array by kind of command: each from the end of the one before it (or its own
/// begin) to its end; what no command covers is `waiting`. Sums to all cycles.
std::map<std::string, std::uint64_t> latency_breakdown(const LoweredProgram& program,
                                                       const sim::SimulationResult& timing) {
  std::vector<const sim::CommandTiming*> array;
  for (const sim::CommandTiming& at : timing.commands) {
    if (unit_of_command(program, at.id) == program::Unit::kArray) array.push_back(&at);
  }
  std::sort(array.begin(), array.end(),
            [](const auto* a, const auto* b) { return a->begin < b->begin; });
  std::map<std::string, std::uint64_t> breakdown;
  std::uint64_t covered = 0, total = 0;
  for (const sim::CommandTiming* at : array) {
    const std::uint64_t begin = std::max(at->begin, covered);
    if (at->end <= begin) continue;
    breakdown[kind_of(program.info.at(at->id).name)] += at->end - begin;
    total += at->end - begin;
    covered = at->end;
  }
  breakdown["waiting"] = timing.cycles > total ? timing.cycles - total : 0;
  return breakdown;
}

RooflineInfo roofline(const LoweredProgram& program, const program::RoutingTrace& trace,
                      const models::DesignConfig& design, const models::BoardConfig& board,
                      double latency_ms) {
  const Roofline limits = roofline_of(program, design, board, trace);
  RooflineInfo info;
  info.compute_ms = limits.compute_ms;
  info.memory_ms = limits.memory_ms;
  info.compute_cycles = limits.compute_cycles;
  info.memory_bytes = limits.memory_bytes;
  if (limits.bound_ms() > 0.0) info.ratio = latency_ms / limits.bound_ms();
  return info;
}

DramInfo dram_info(const sim::DramSummary& dram, double seconds, const models::BoardConfig& board) {
  DramInfo info;
  info.read_bytes = dram.read_bytes;
  info.needed_bytes = dram.needed_bytes;
  info.wasted_prefetch_bytes = dram.wasted_prefetch_bytes;
  info.write_bytes = dram.write_bytes;
  info.spill_read_bytes = dram.spill_read_bytes;
  info.spill_write_bytes = dram.spill_write_bytes;
  info.row_hits = dram.row_hits;
  info.row_misses = dram.row_misses;
  info.row_conflicts = dram.row_conflicts;
  if (seconds > 0.0)
    info.efficiency = static_cast<double>(dram.read_bytes + dram.write_bytes) /
                      (peak_bytes_per_second(board) * seconds);
  return info;
}

ExpertLoadRecord loads_of(const models::ModelConfig& model, int layer, int task,
                          const models::BlockRouting& block) {
  ExpertLoadRecord loads;
  loads.layer = layer;
  loads.task = model.tasks[static_cast<std::size_t>(task)].name;
  loads.load = block.load(model.moe.experts);
  loads.active = static_cast<int>(
      std::count_if(loads.load.begin(), loads.load.end(), [](int n) { return n > 0; }));
  return loads;
}

/// A unit's own slices are its commands; slices of other tracks say which part of the command they
/// are.
std::string slice_name(const LoweredProgram& program, const sim::Slice& slice) {
  if (slice.command_id < 0 || static_cast<std::size_t>(slice.command_id) >= program.info.size())
    return slice.name;
  const auto id = static_cast<std::uint16_t>(slice.command_id);
  const std::string& command = program.info[id].name;
  return slice.track == program::name_of(unit_of_command(program, id)) ? command
                                                                       : command + " " + slice.name;
}

}  // namespace

const char* name_of(models::Precision precision) {
  switch (precision) {
    case models::Precision::kW8A8:
      return "w8a8";
    case models::Precision::kW16A16:
      return "w16a16";
    case models::Precision::kW16A32:
      return "w16a32";
  }
  return "?";
}

void fill_timing(const LoweredProgram& program, const program::RoutingTrace& trace,
                 const sim::SimulationResult& timing, const models::DesignConfig& design,
                 const models::BoardConfig& board, std::uint64_t macs, RunRecord* record) {
  const double latency_ms = static_cast<double>(timing.cycles) / design.clock_mhz * 1e-3;
  const double seconds = latency_ms * 1e-3;
  record->cycles = timing.cycles;
  record->latency_ms = latency_ms;
  if (latency_ms > 0.0) record->fps = 1000.0 / latency_ms;
  record->macs = macs;
  record->macs_padded = timing.macs_padded;
  if (timing.cycles > 0)
    record->utilisation = static_cast<double>(macs) *
                          models::cost_of(design.precision).linear_passes /
                          (static_cast<double>(timing.cycles) * design.array.macs());
  record->roofline = roofline(program, trace, design, board, latency_ms);
  record->dram = dram_info(timing.dram, seconds, board);
  record_energy(estimate_energy(counts_of(timing, design), board), seconds, record);
  record_task_energy(program, timing, record);
  record_expert_load(program.expert_bytes, design.precision, board, record);
  record->latency_breakdown_cycles = latency_breakdown(program, timing);
  record->stalls.emplace();
  for (const sim::UnitStalls& unit : timing.stalls) {
    auto& reasons = (*record->stalls)[unit.unit];
    reasons = unit.reasons;
    reasons["busy"] = unit.busy;
  }
  record->commands = command_records(program, trace, timing);
}

std::vector<ExpertLoadRecord> expert_loads(const models::ModelConfig& model,
                                           const std::vector<TaskValues>& tasks) {
  std::vector<ExpertLoadRecord> result;
  for (int layer = 0; layer < model.depth(); ++layer) {
    for (const TaskValues& values : tasks) {
      const auto block = values.routing.blocks.find(layer);
      if (block != values.routing.blocks.end())
        result.push_back(loads_of(model, layer, values.task, block->second));
    }
  }
  return result;
}

Timeline make_timeline(const LoweredProgram& program, const sim::SimulationResult& timing,
                       const models::DesignConfig& design, const std::string& name) {
  Timeline timeline;
  timeline.name = name;
  timeline.clock_mhz = design.clock_mhz;
  timeline.cycles = timing.cycles;
  for (const sim::Slice& slice : timing.slices)
    timeline.slices.push_back({slice.track, slice_name(program, slice), slice.begin, slice.end});
  for (const sim::CounterTrack& counter : timing.counters)
    timeline.counters.push_back({counter.name, counter.unit, counter.points});
  return timeline;
}

}  // namespace edgemoe::host
