// SPDX-License-Identifier: Apache-2.0
#include "host/energy/counts.hpp"

#include "host/compiler/resources.hpp"

namespace edgemoe::host {
namespace {

double number(std::uint64_t count) { return static_cast<double>(count); }

}  // namespace

EnergyCounts counts_of(const sim::SimulationResult& run, const models::DesignConfig& design) {
  const sim::EventCounts& e = run.events;
  EnergyCounts counts;
  counts.precision = design.precision;
  counts.cycles = number(run.cycles);
  counts.clock_mhz = design.clock_mhz;
  counts.dsp = estimate_resources(design).total().dsp;
  counts.macs = number(e.macs_issued);
  counts.bram_read_bits = number(e.bram_read_bits);
  counts.bram_write_bits = number(e.bram_write_bits);
  counts.results = number(e.requantised);
  counts.gelu = number(e.gelu);
  counts.exponentials = number(e.exponentials);
  counts.norm_elements = number(e.norm_elements);
  counts.axi_beats = number(e.axi_beats);
  counts.dram_activates = number(e.dram_activates);
  counts.dram_bits = number(e.dram_read_bits) + number(e.dram_write_bits);
  return counts;
}

EnergyCounts counts_of(const sim::DesignRun& run, const models::LoopDesignConfig& design,
                       const models::DramConfig& dram) {
  EnergyCounts counts;
  counts.precision = design.precision;
  counts.cycles = number(run.cycles);
  counts.clock_mhz = design.clock_mhz;
  counts.lut = design.resources.lut;
  counts.dsp = design.resources.dsp;
  counts.macs = number(run.work.macs);
  counts.bram_read_bits = number(run.work.bram_read_bits);
  counts.bram_write_bits = number(run.work.bram_write_bits);
  counts.results = number(run.work.results);
  counts.gelu = number(run.work.gelu);
  counts.exponentials = number(run.work.exponentials);
  counts.norm_elements = number(run.work.norm_elements);
  counts.axi_beats = 8.0 * (number(run.read_bytes) + number(run.write_bytes)) / kBeatBits;
  counts.dram_activates = number(run.activates);
  const double bursts = number(run.dram.read_bursts) + number(run.dram.write_bursts);
  counts.dram_bits = bursts * dram.bus_bits * dram.burst_length;
  return counts;
}

}  // namespace edgemoe::host
