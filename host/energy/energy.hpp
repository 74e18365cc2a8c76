// SPDX-License-Identifier: Apache-2.0
/// Energy of a frame: counted events times the board's coefficients, plus powers times the latency.
///
/// energy = sum over events (count x coefficient) + (static_pl + ps + dram_background) x seconds.
/// The same coefficients and the same causes for an m3 program and for a published design.
/// Band:   coefficients are taken as independent, so their deviations (value x relative
/// uncertainty) add as
///         root of summed squares. A cause's share of the band is its squared deviation over the
///         sum.
/// Units:  joules and seconds inside, millijoules outside. Coefficients: pJ, pJ/bit, pJ/MAC, ... or
/// W. Errors: models::ConfigError that names every coefficient the board lacks or whose unit does
/// not fit, and for a design of which neither look-up tables nor DSP slices are known.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/energy/counts.hpp"
#include "models/schema/board_config.hpp"

namespace edgemoe::host {

/// One line of the sum.
struct EnergyItem {
  std::string cause;        ///< stable key of energy_breakdown_mj
  std::string coefficient;  ///< key in the board's `energy`
  double count = 0.0;       ///< events, or seconds for powers
  double value = 0.0;       ///< in `unit`
  std::string unit;
  std::string source;
  double mj = 0.0;
  double deviation_mj = 0.0;
};

struct EnergyEstimate {
  std::vector<EnergyItem> items;  ///< in the order of the table in energy.cpp
  double total_mj = 0.0;
  double low_mj = 0.0;  ///< not below 0
  double high_mj = 0.0;

  std::map<std::string, double> breakdown_mj() const;
  /// The breakdown by part of the machine: mac_array, other_logic, bram, dram_activate, dram_burst,
  /// dram_background, axi, static_pl, ps.
  std::map<std::string, double> components_mj() const;
  /// Share of each cause in the squared width of the band; sums to 1 unless there is no uncertainty
  /// at all.
  std::map<std::string, double> band_shares() const;
};

/// Which part of the machine a cause belongs to.
std::string component_of(const std::string& cause);

EnergyEstimate estimate_energy(const EnergyCounts& counts, const models::BoardConfig& board);

/// What bringing `bytes` from DRAM into on-chip memory makes happen: bursts, a row opened for every
/// row's worth of bytes, AXI beats, writes on the chip. No powers: they belong to the time.
EnergyEstimate load_energy(std::uint64_t bytes, models::Precision precision,
                           const models::BoardConfig& board);

}  // namespace edgemoe::host
