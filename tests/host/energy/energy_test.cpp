// SPDX-License-Identifier: Apache-2.0
#include "host/energy/energy.hpp"

#include <gtest/gtest.h>

#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

using models::Precision;

models::BoardConfig board_with(double uncertainty) {
  models::BoardConfig board;
  board.name = "test";
  for (const char* name :
       {"mac_w8a8", "bram_read", "bram_write", "logic_lut", "logic_dsp", "logic_op", "softmax_op",
        "norm_op", "axi_beat", "dram_activate", "dram_burst"}) {
    board.energy[name] = {1.0, "pJ", "made up", uncertainty};
  }
  for (const char* name : {"dram_background", "static_pl", "ps"}) {
    board.energy[name] = {2.0, "W", "made up", uncertainty};
  }
  return board;
}

/// A design without logic that is clocked for `seconds`.
EnergyCounts clocked(double seconds, Precision precision = Precision::kW8A8) {
  EnergyCounts counts;
  counts.precision = precision;
  counts.clock_mhz = 300.0;
  counts.cycles = seconds * 300e6;
  counts.lut = 0;
  return counts;
}

TEST(Energy, NothingHappeningInNoTimeCostsNothing) {
  const EnergyEstimate none = estimate_energy(clocked(0.0), board_with(0.5));
  EXPECT_EQ(none.total_mj, 0.0);
  EXPECT_EQ(none.low_mj, 0.0);
  EXPECT_EQ(none.high_mj, 0.0);
}

TEST(Energy, PicojoulesAndWattsBecomeMillijoules) {
  EnergyCounts events = clocked(0.001);
  events.macs = 1000000000;  // 1e9 x 1 pJ = 1 mJ
  const EnergyEstimate energy = estimate_energy(events, board_with(0.0));
  EXPECT_DOUBLE_EQ(energy.breakdown_mj().at("mac"), 1.0);
  EXPECT_DOUBLE_EQ(energy.breakdown_mj().at("ps"), 2.0);
  EXPECT_DOUBLE_EQ(energy.total_mj, 1.0 + 3 * 2.0);
}

TEST(Energy, BreakdownSumsToTheTotal) {
  EnergyCounts events = clocked(1.5e-3);
  events.macs = 123456789;
  events.results = 99991;
  events.gelu = 77;
  events.dram_bits = 1u << 30;
  events.dram_activates = 5000;
  const EnergyEstimate energy = estimate_energy(events, board_with(0.3));
  double sum = 0.0, shares = 0.0;
  for (const auto& [cause, mj] : energy.breakdown_mj()) sum += mj;
  for (const auto& [cause, share] : energy.band_shares()) shares += share;
  EXPECT_NEAR(sum, energy.total_mj, 1e-12);
  EXPECT_NEAR(shares, 1.0, 1e-12);
}

TEST(Energy, IndependentDeviationsAddAsRootOfSquares) {
  models::BoardConfig board = board_with(0.0);
  board.energy["mac_w8a8"].uncertainty = 0.3;
  board.energy["bram_read"].uncertainty = 0.4;
  EnergyCounts events = clocked(0.0);
  events.macs = events.bram_read_bits = 1000000000;
  const EnergyEstimate energy = estimate_energy(events, board);
  EXPECT_NEAR(energy.high_mj - energy.total_mj, 0.5, 1e-12);
  EXPECT_NEAR(energy.total_mj - energy.low_mj, 0.5, 1e-12);
  EXPECT_NEAR(energy.band_shares().at("mac"), 0.36, 1e-12);
}

TEST(Energy, CausesOfOneCoefficientAreWrongTogether) {
  models::BoardConfig board = board_with(0.0);
  board.energy["logic_op"].uncertainty = 0.5;
  EnergyCounts events = clocked(0.0);
  events.results = events.gelu = 1000000000;
  const EnergyEstimate energy = estimate_energy(events, board);
  EXPECT_NEAR(energy.high_mj - energy.total_mj, 1.0, 1e-12);
  EXPECT_NEAR(energy.band_shares().at("gelu"), 0.5, 1e-12);
}

TEST(Energy, BandNeverGoesBelowZero) {
  EnergyCounts events = clocked(0.0);
  events.macs = 1000000;
  EXPECT_EQ(estimate_energy(events, board_with(3.0)).low_mj, 0.0);
}

TEST(Energy, EveryMissingCoefficientIsNamedAtOnce) {
  models::BoardConfig board = board_with(0.0);
  board.energy.erase("axi_beat");
  board.energy.erase("ps");
  try {
    estimate_energy(clocked(1.0), board);
    FAIL();
  } catch (const models::ConfigError& error) {
    ASSERT_EQ(error.messages().size(), 2u);
    EXPECT_NE(error.messages()[0].find("energy.axi_beat: expected a coefficient"),
              std::string::npos);
    EXPECT_NE(error.messages()[1].find("energy.ps"), std::string::npos);
  }
}

TEST(Energy, WrongUnitIsRefused) {
  models::BoardConfig board = board_with(0.0);
  board.energy["static_pl"].unit = "mW";
  EXPECT_THROW(estimate_energy(clocked(1.0), board), models::ConfigError);
  board = board_with(0.0);
  board.energy["mac_w8a8"].unit = "nJ";
  EXPECT_THROW(estimate_energy(clocked(1.0), board), models::ConfigError);
}

TEST(Energy, LogicIsClockedWhetherOrNotItWorks) {
  EnergyCounts counts = clocked(1e-3);
  counts.lut = 1000;
  counts.dsp = 7;
  const double by_luts = estimate_energy(counts, board_with(0.0)).breakdown_mj().at("logic");
  EXPECT_DOUBLE_EQ(by_luts, 1000 * 3e5 * 1e-9);
  counts.lut = -1;  // not known: the DSP slices stand for it
  const EnergyEstimate by_dsps = estimate_energy(counts, board_with(0.0));
  EXPECT_DOUBLE_EQ(by_dsps.breakdown_mj().at("logic"), 7 * 3e5 * 1e-9);
}

TEST(Energy, DesignOfUnknownSizeIsRefused) {
  EnergyCounts counts = clocked(1.0);
  counts.lut = -1;
  try {
    estimate_energy(counts, board_with(0.0));
    FAIL();
  } catch (const models::ConfigError& error) {
    EXPECT_EQ(error.messages()[0].find("design: error: resources: expected lut or dsp"), 0u);
  }
}

TEST(Energy, ComponentsAreTheBreakdownByPartOfTheMachine) {
  EnergyCounts events = clocked(1e-3);
  events.macs = events.results = events.bram_read_bits = events.bram_write_bits = 1e9;
  events.lut = 100;
  const EnergyEstimate energy = estimate_energy(events, board_with(0.1));
  const std::map<std::string, double> parts = energy.components_mj();
  double sum = 0.0;
  for (const auto& [part, mj] : parts) sum += mj;
  EXPECT_NEAR(sum, energy.total_mj, 1e-12);
  EXPECT_DOUBLE_EQ(parts.at("bram"), 2.0);
  EXPECT_DOUBLE_EQ(parts.at("other_logic"), 1.0 + 100 * 3e5 * 1e-9);
  EXPECT_EQ(parts.count("logic"), 0u);
}

TEST(Energy, LoadCostsItsEventsAndNoPowers) {
  models::BoardConfig board = board_with(0.0);
  board.dram.row_bytes = 8192;
  const EnergyEstimate none = load_energy(0, Precision::kW8A8, board);
  EXPECT_EQ(none.total_mj, 0.0);
  const std::map<std::string, double> load =
      load_energy(8193, Precision::kW8A8, board).breakdown_mj();
  EXPECT_DOUBLE_EQ(load.at("dram_activate"), 2e-9);  // a second row for the last byte
  EXPECT_DOUBLE_EQ(load.at("dram_burst"), 8193 * 8e-9);
  EXPECT_DOUBLE_EQ(load.at("bram_write"), 8193 * 8e-9);
  EXPECT_DOUBLE_EQ(load.at("axi"), 513e-9);
  EXPECT_EQ(load.at("ps"), 0.0);
  EXPECT_EQ(load.at("logic"), 0.0);
}

TEST(Energy, PrecisionChoosesTheCoefficientOfTheArray) {
  models::BoardConfig board = board_with(0.0);
  EXPECT_THROW(estimate_energy(clocked(1.0, Precision::kW16A16), board), models::ConfigError);
  board.energy["mac_w16a16"] = {4.0, "pJ", "made up", 0.0};
  EnergyCounts events = clocked(0.0, Precision::kW16A16);
  events.macs = 1000000000;
  EXPECT_DOUBLE_EQ(estimate_energy(events, board).total_mj, 4.0);
}

}  // namespace
}  // namespace edgemoe::host
