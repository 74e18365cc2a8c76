// SPDX-License-Identifier: Apache-2.0
/// What a frame made happen, whoever counted it: an m3 program or a published design.
///
/// Units:  events of one frame; bits for memories; 128-bit beats for AXI (a wider or narrower port
///         counts in 128-bit equivalents); `cycles` of the design's clock, whether or not it works.
/// Logic:  all look-up tables of a design are clocked for all cycles. Where their number is not
///         known, the DSP slices stand for them (coefficient `logic_dsp`).
#pragma once

#include <cstdint>

#include "models/schema/design_config.hpp"
#include "models/schema/loop_design.hpp"
#include "sim/published/run_design.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::host {

constexpr double kBeatBits = 128.0;  ///< of an AXI beat that coefficients are given for

struct EnergyCounts {
  models::Precision precision = models::Precision::kW8A8;
  double cycles = 0.0;
  double clock_mhz = 0.0;
  int lut = -1;  ///< -1: not known
  int dsp = -1;
  double macs = 0.0;  ///< slots of the array that were clocked, padding included
  double bram_read_bits = 0.0;
  double bram_write_bits = 0.0;
  double results = 0.0;  ///< requantised, scaled or added values
  double gelu = 0.0;
  double exponentials = 0.0;
  double norm_elements = 0.0;
  double axi_beats = 0.0;
  double dram_activates = 0.0;
  double dram_bits = 0.0;  ///< on the memory bus, read and written

  double seconds() const { return clock_mhz > 0.0 ? cycles / (clock_mhz * 1e6) : 0.0; }
};

/// Of an m3 program. Look-up tables are not known before synthesis: its DSP slices count.
EnergyCounts counts_of(const sim::SimulationResult& run, const models::DesignConfig& design);

/// Of a design given as loops and streams. Its MACs are those of the loops' `work`.
EnergyCounts counts_of(const sim::DesignRun& run, const models::LoopDesignConfig& design,
                       const models::DramConfig& dram);

}  // namespace edgemoe::host
