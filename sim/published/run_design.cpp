// SPDX-License-Identifier: Apache-2.0
#include "sim/published/run_design.hpp"

#include <algorithm>

namespace edgemoe::sim {
namespace {

StageTotal* total_of(std::vector<StageTotal>* totals, const std::string& name) {
  const auto found = std::find_if(totals->begin(), totals->end(),
                                  [&](const StageTotal& total) { return total.name == name; });
  if (found != totals->end()) return &*found;
  totals->push_back({});
  totals->back().name = name;
  return &totals->back();
}

void add(StageTotal* total, const StageResult& result, const WorkCounts& work,
         std::uint64_t times) {
  total->runs += times;
  total->cycles += result.cycles * times;
  total->read_bytes += result.read_bytes * times;
  total->write_bytes += result.write_bytes * times;
  total->work.add(work, times);
}

void add(DramCounters* sum, const DramCounters& d, std::uint64_t times) {
  sum->activates += d.activates * times;
  sum->precharges += d.precharges * times;
  sum->refreshes += d.refreshes * times;
  sum->read_bursts += d.read_bursts * times;
  sum->write_bursts += d.write_bursts * times;
  sum->read_bytes += d.read_bytes * times;
  sum->write_bytes += d.write_bytes * times;
  sum->axi_read_beats += d.axi_read_beats * times;
  sum->axi_write_beats += d.axi_write_beats * times;
  sum->row_hits += d.row_hits * times;
  sum->row_misses += d.row_misses * times;
  sum->row_conflicts += d.row_conflicts * times;
  sum->busy_ticks += d.busy_ticks * times;
  sum->cap_stall_ticks += d.cap_stall_ticks * times;
  sum->turnaround_ticks += d.turnaround_ticks * times;
  sum->refresh_ticks += d.refresh_ticks * times;
}

StageSpan span_of(const StageRun& stage, const StageResult& result, Cycle begin) {
  StageSpan span;
  span.place = stage.stage.place;
  span.group = stage.stage.group;
  span.runs = stage.times;
  span.begin = begin;
  span.end = begin + result.cycles * stage.times;
  span.bytes = (result.read_bytes + result.write_bytes) * stage.times;
  span.pipeline_cycles = stage.stage.pipeline_cycles() * stage.times;
  return span;
}

void add_times(StageTotal* total, const StageResult& result, std::uint64_t times) {
  for (const LoopTime& time : result.processes) {
    auto found = std::find_if(total->processes.begin(), total->processes.end(),
                              [&](const LoopTime& t) { return t.process == time.process; });
    if (found == total->processes.end()) {
      total->processes.push_back({});
      found = total->processes.end() - 1;
      found->process = time.process;
    }
    found->busy += time.busy * times;
    found->tokens += time.tokens * times;
    found->space += time.space * times;
    found->reads += time.reads * times;
    found->writes += time.writes * times;
    found->done += time.done * times;
  }
}

}  // namespace

const StageResult& StageCache::result(const Stage& stage, const MachineParameters& machine,
                                      const std::string& machine_key) {
  const std::string key = stage.key() + "|" + machine_key;
  const auto found = results_.find(key);
  if (found != results_.end()) return found->second;
  return results_.emplace(key, simulate_stage(stage, machine)).first->second;
}

Cycle DesignRun::group_cycles(const std::string& name) const {
  for (const StageTotal& group : groups) {
    if (group.name == name) return group.cycles;
  }
  return 0;
}

DesignRun run_design(const models::LoopDesignConfig& design, const models::ModelConfig& network,
                     const Queues& queues, const models::DramConfig& dram, StageCache* cache) {
  StageCache own;
  if (cache == nullptr) cache = &own;
  const MachineParameters machine = machine_of(design, dram);
  const std::string machine_key = machine.key();
  DesignRun run;
  for (const StageRun& stage : elaborate(design, network, queues)) {
    const StageResult& result = cache->result(stage.stage, machine, machine_key);
    run.spans.push_back(span_of(stage, result, run.cycles));
    run.pipeline_cycles += run.spans.back().pipeline_cycles;
    run.cycles += result.cycles * stage.times;
    run.read_bytes += result.read_bytes * stage.times;
    run.write_bytes += result.write_bytes * stage.times;
    run.activates += result.dram.activates * stage.times;
    add(&run.dram, result.dram, stage.times);
    const WorkCounts work = stage.stage.work();
    run.work.add(work, stage.times);
    StageTotal* total = total_of(&run.stages, stage.stage.path);
    add(total, result, work, stage.times);
    add_times(total, result, stage.times);
    add(total_of(&run.groups, stage.stage.group), result, work, stage.times);
  }
  run.latency_ms = static_cast<double>(run.cycles) / (design.clock_mhz * 1e3);
  return run;
}

}  // namespace edgemoe::sim
