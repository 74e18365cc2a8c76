// SPDX-License-Identifier: Apache-2.0
#include "host/run/energy_record.hpp"

#include <algorithm>
#include <vector>

namespace edgemoe::host {
namespace {

/// Cycles of the array by task: each command from the end of the one before it (or its own begin)
/// to its end, as in latency_breakdown_cycles.
std::map<std::string, double> array_cycles_by_task(const LoweredProgram& program,
                                                   const sim::SimulationResult& timing) {
  std::vector<const sim::CommandTiming*> array;
  for (const sim::CommandTiming& at : timing.commands) {
    if (program::unit_of(program.commands.at(at.id).opcode) == program::Unit::kArray)
      array.push_back(&at);
  }
  std::sort(array.begin(), array.end(),
            [](const auto* a, const auto* b) { return a->begin < b->begin; });
  std::map<std::string, double> cycles;
  std::uint64_t covered = 0;
  for (const sim::CommandTiming* at : array) {
    const std::uint64_t begin = std::max(at->begin, covered);
    if (at->end <= begin) continue;
    cycles[program.info.at(at->id).task] += static_cast<double>(at->end - begin);
    covered = at->end;
  }
  return cycles;
}

}  // namespace

void record_energy(const EnergyEstimate& energy, double seconds, RunRecord* record) {
  record->energy_mj = energy.total_mj;
  record->energy_breakdown_mj = energy.breakdown_mj();
  record->energy_components_mj = energy.components_mj();
  record->energy_band_mj = std::vector<double>{energy.low_mj, energy.high_mj};
  record->energy_share_of_band = energy.band_shares();
  if (seconds > 0.0) record->power_w = energy.total_mj * 1e-3 / seconds;
  record->energy_items.emplace();
  for (const EnergyItem& item : energy.items) {
    EnergyItemRecord line;
    line.cause = item.cause;
    line.component = component_of(item.cause);
    line.coefficient = item.coefficient;
    line.count = item.count;
    line.value = item.value;
    line.unit = item.unit;
    line.mj = item.mj;
    line.uncertainty = item.mj > 0.0 ? item.deviation_mj / item.mj : 0.0;
    line.share_of_band = record->energy_share_of_band->at(item.cause);
    line.source = item.source;
    record->energy_items->push_back(line);
  }
}

void record_task_energy(const LoweredProgram& program, const sim::SimulationResult& timing,
                        RunRecord* record) {
  if (!record->energy_mj || record->tasks.empty() || timing.cycles == 0) return;
  const std::map<std::string, double> cycles = array_cycles_by_task(program, timing);
  const auto own = [&](const std::string& task) {
    const auto found = cycles.find(task);
    return found == cycles.end() ? 0.0 : found->second;
  };
  const double all = static_cast<double>(timing.cycles);
  double common = all;
  for (const std::string& task : record->tasks) common -= own(task);
  const double part = common / static_cast<double>(record->tasks.size());
  record->energy_per_task_mj.emplace();
  for (const std::string& task : record->tasks) {
    (*record->energy_per_task_mj)[task] = *record->energy_mj * (own(task) + part) / all;
  }
}

std::uint64_t expert_bytes(const models::ModelConfig& model, models::Precision precision) {
  const auto embed = static_cast<std::uint64_t>(model.embed_dim);
  const auto hidden = static_cast<std::uint64_t>(model.moe.hidden);
  const std::uint64_t width = precision == models::Precision::kW8A8 ? 1 : 2;
  return width * (2 * embed * hidden + embed + hidden);
}

void record_expert_load(std::uint64_t bytes, models::Precision precision,
                        const models::BoardConfig& board, RunRecord* record) {
  if (!record->energy_mj || bytes == 0) return;
  record->energy_per_expert_load_mj = load_energy(bytes, precision, board).total_mj;
}

}  // namespace edgemoe::host
