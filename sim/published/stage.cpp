// SPDX-License-Identifier: Apache-2.0
#include "sim/published/stage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace edgemoe::sim {

void WorkCounts::add(const WorkCounts& other, std::uint64_t times) {
  macs += other.macs * times;
  results += other.results * times;
  gelu += other.gelu * times;
  exponentials += other.exponentials * times;
  norm_elements += other.norm_elements * times;
  bram_read_bits += other.bram_read_bits * times;
  bram_write_bits += other.bram_write_bits * times;
}

WorkCounts Stage::work() const {
  WorkCounts sum;
  for (const StageProcess& process : processes) {
    for (const StageLoop& loop : process.loops) sum.add(loop.work, loop.trips * process.repeat);
  }
  return sum;
}

std::string Stage::key() const {
  std::string key;
  const auto add = [&](auto... numbers) { ((key += fmt::format("{} ", numbers)), ...); };
  for (const StageStream& stream : streams) add("s", stream.name, stream.depth, stream.buffer);
  for (const StageProcess& process : processes) {
    add("p", process.name, process.repeat);
    for (const StageLoop& loop : process.loops) {
      add("l", loop.name, loop.trips, loop.ii, loop.depth);
      for (const StageAccess& a : loop.accesses) {
        add("a", a.port, a.write, a.bytes, a.every, a.run, a.span);
      }
      for (const StageTokens& t : loop.tokens) {
        add("t", t.stream, t.push, t.count, t.every, t.first, t.period, t.most);
      }
    }
  }
  return key;
}

std::uint64_t Stage::pipeline_cycles() const {
  std::uint64_t slowest = 0;
  for (const StageProcess& process : processes) {
    std::uint64_t cycles = 0;
    for (const StageLoop& loop : process.loops) cycles += loop.trips * loop.ii;
    slowest = std::max(slowest, cycles * process.repeat);
  }
  return slowest;
}

std::string MachineParameters::key() const {
  const DramParameters& d = dram;
  const ControllerParameters& c = d.controller;
  std::string key = fmt::format("{} {} {} {} {} {} {} {} {} ", d.clock_mhz, d.data_rate_mt_s,
                                d.bus_bits, d.bank_groups, d.banks_per_group, d.row_bytes,
                                d.size_bytes, d.burst_length, d.efficiency_cap);
  for (const int clocks : {d.cl,
                           d.cwl,
                           d.trcd,
                           d.trp,
                           d.tras,
                           d.trrd_s,
                           d.trrd_l,
                           d.tfaw,
                           d.tccd_s,
                           d.tccd_l,
                           d.twr,
                           d.twtr_s,
                           d.twtr_l,
                           d.trtp,
                           d.trefi,
                           d.trfc,
                           c.read_window,
                           c.write_window,
                           c.write_high,
                           c.write_low,
                           c.write_idle_tck,
                           c.write_max_age_tck,
                           c.max_row_bypass,
                           c.cap_depth_bursts}) {
    key += fmt::format("{} ", clocks);
  }
  for (const PortParameters& p : d.ports) {
    key += fmt::format("{} {} {} {} ", p.width_bytes, p.request_latency_cycles,
                       p.response_latency_cycles, p.max_burst_beats);
  }
  for (const MasterParameters& m : masters) {
    key += fmt::format("{} {} {} ", m.beat_bytes, m.burst_beats, m.outstanding);
  }
  return key + fmt::format("{} {}", axi_latency, control_cycles);
}

}  // namespace edgemoe::sim
