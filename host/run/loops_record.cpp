// SPDX-License-Identifier: Apache-2.0
#include "host/run/loops_record.hpp"

#include <algorithm>

#include "host/compiler/describe.hpp"
#include "host/run/describe_loops.hpp"
#include "host/run/energy_record.hpp"
#include "host/run/record.hpp"

namespace edgemoe::host {
namespace {

struct Sums {
  std::uint64_t cycles = 0, pipeline_cycles = 0, macs_issued = 0;
  DramInfo dram;
};

Sums sums_of(const std::vector<sim::DesignRun>& passes) {
  Sums sums;
  for (const sim::DesignRun& pass : passes) {
    sums.cycles += pass.cycles;
    sums.pipeline_cycles += pass.pipeline_cycles;
    sums.macs_issued += pass.work.macs;
    sums.dram.read_bytes += pass.read_bytes;
    sums.dram.write_bytes += pass.write_bytes;
    sums.dram.row_hits += pass.dram.row_hits;
    sums.dram.row_misses += pass.dram.row_misses;
    sums.dram.row_conflicts += pass.dram.row_conflicts;
  }
  sums.dram.needed_bytes = sums.dram.read_bytes;  // loops fetch nothing on suspicion
  return sums;
}

/// Coefficients are common to all passes, so counts are added before their band is taken.
void add(const EnergyCounts& more, EnergyCounts* sum) {
  sum->cycles += more.cycles;
  sum->macs += more.macs;
  sum->bram_read_bits += more.bram_read_bits;
  sum->bram_write_bits += more.bram_write_bits;
  sum->results += more.results;
  sum->gelu += more.gelu;
  sum->exponentials += more.exponentials;
  sum->norm_elements += more.norm_elements;
  sum->axi_beats += more.axi_beats;
  sum->dram_activates += more.dram_activates;
  sum->dram_bits += more.dram_bits;
}

/// Nothing without figures of the design's logic.
void fill_energy(const std::vector<sim::DesignRun>& passes, const models::LoopDesignConfig& design,
                 const models::BoardConfig& board, const std::vector<std::string>& tasks,
                 RunRecord* record) {
  if (passes.empty() || (design.resources.lut < 0 && design.resources.dsp < 0)) return;
  EnergyCounts counts = counts_of(passes.front(), design, board.dram);
  for (std::size_t i = 1; i < passes.size(); ++i)
    add(counts_of(passes[i], design, board.dram), &counts);
  record_energy(estimate_energy(counts, board), counts.seconds(), record);
  record->energy_per_task_mj.emplace();
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const EnergyEstimate pass = estimate_energy(counts_of(passes[i], design, board.dram), board);
    (*record->energy_per_task_mj)[tasks.at(i)] += pass.total_mj;
  }
}

/// Cycles of every function of every stage; `other stages` is the time in which its stage does not
/// run. Each sums to all cycles.
std::map<std::string, std::map<std::string, std::uint64_t>> stalls_of(
    const std::vector<sim::DesignRun>& passes, std::uint64_t cycles) {
  std::map<std::string, std::map<std::string, std::uint64_t>> stalls;
  for (const sim::DesignRun& pass : passes) {
    for (const sim::StageTotal& stage : pass.stages) {
      for (const sim::LoopTime& time : stage.processes) {
        auto& reasons = stalls[stage.name + "." + time.process];
        reasons["busy"] += time.busy;
        reasons["no tokens"] += time.tokens;
        reasons["no space"] += time.space;
        reasons["read data"] += time.reads;
        reasons["write place"] += time.writes;
        reasons["done"] += time.done;
      }
    }
  }
  for (auto& [unit, reasons] : stalls) {
    std::uint64_t own = 0;
    for (const auto& [reason, count] : reasons) own += count;
    reasons["other stages"] = cycles - own;
  }
  return stalls;
}

/// Gives equal names a number.
class UniqueNames {
 public:
  std::string of(const std::string& name) {
    const int count = ++seen_[name];
    return count == 1 ? name : name + "#" + std::to_string(count);
  }

 private:
  std::map<std::string, int> seen_;
};

std::vector<CommandRecord> commands_of(const std::vector<sim::DesignRun>& passes,
                                       const std::vector<std::string>& tasks) {
  std::vector<CommandRecord> commands;
  UniqueNames names;
  std::uint64_t begin = 0;
  for (std::size_t s = 0; s < passes.size(); ++s) {
    for (const sim::StageSpan& span : passes[s].spans) {
      CommandRecord record;
      record.name = names.of(passes.size() > 1 ? tasks[s] + "." + span.place : span.place);
      record.task = tasks[s];
      record.unit = span.group;
      record.begin = begin + span.begin;
      record.end = begin + span.end;
      record.bytes = span.bytes;
      record.stall["beyond the pipelines"] = span.end - span.begin - span.pipeline_cycles;
      commands.push_back(std::move(record));
    }
    begin += passes[s].cycles;
  }
  return commands;
}

}  // namespace

void fill_loops(const std::vector<sim::DesignRun>& passes, const std::vector<std::string>& tasks,
                const models::LoopDesignConfig& design, const models::BoardConfig& board,
                std::uint64_t macs, RunRecord* record) {
  const Sums sums = sums_of(passes);
  const double latency_ms = static_cast<double>(sums.cycles) / design.clock_mhz * 1e-3;
  record->cycles = sums.cycles;
  record->latency_ms = latency_ms;
  if (latency_ms > 0.0) record->fps = 1000.0 / latency_ms;
  record->macs = macs;
  if (sums.macs_issued > 0) record->macs_padded = sums.macs_issued;
  RooflineInfo limits;
  limits.compute_cycles = sums.pipeline_cycles;
  limits.compute_ms = static_cast<double>(sums.pipeline_cycles) / design.clock_mhz * 1e-3;
  limits.memory_bytes = sums.dram.read_bytes + sums.dram.write_bytes;
  limits.memory_ms = memory_floor_ms(sums.dram.read_bytes, sums.dram.write_bytes, design, board);
  const double bound = std::max(limits.compute_ms, limits.memory_ms);
  if (bound > 0.0) limits.ratio = latency_ms / bound;
  record->roofline = limits;
  record->dram = sums.dram;
  if (latency_ms > 0.0)
    record->dram->efficiency = static_cast<double>(limits.memory_bytes) /
                               (peak_bytes_per_second(board) * latency_ms * 1e-3);
  fill_energy(passes, design, board, tasks, record);
  record->latency_breakdown_cycles.emplace();
  for (const sim::DesignRun& pass : passes) {
    for (const sim::StageTotal& group : pass.groups)
      (*record->latency_breakdown_cycles)[group.name] += group.cycles;
  }
  record->stalls = stalls_of(passes, sums.cycles);
  record->commands = commands_of(passes, tasks);
}

Timeline loops_timeline(const std::vector<sim::DesignRun>& passes,
                        const models::LoopDesignConfig& design, const std::string& name) {
  Timeline timeline;
  timeline.name = name;
  timeline.clock_mhz = design.clock_mhz;
  for (const sim::DesignRun& pass : passes) {
    for (const sim::StageSpan& span : pass.spans) {
      timeline.slices.push_back({span.group, span.group + " " + span.place,
                                 timeline.cycles + span.begin, timeline.cycles + span.end});
    }
    timeline.cycles += pass.cycles;
  }
  return timeline;
}

}  // namespace edgemoe::host
