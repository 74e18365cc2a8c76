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
  for (const char* name : {"mac_w8a8", "bram_read", "bram_write", "logic_op", "softmax_op",
                           "norm_op", "axi_beat", "dram_activate", "dram_burst"}) {
    board.energy[name] = {1.0, "pJ", "made up", uncertainty};
  }
  for (const char* name : {"dram_background", "static_pl", "ps"}) {
    board.energy[name] = {2.0, "W", "made up", uncertainty};
  }
  return board;
}

TEST(Energy, NothingHappeningInNoTimeCostsNothing) {
  const EnergyEstimate none = estimate_energy({}, 0.0, Precision::kW8A8, board_with(0.5));
  EXPECT_EQ(none.total_mj, 0.0);
  EXPECT_EQ(none.low_mj, 0.0);
  EXPECT_EQ(none.high_mj, 0.0);
}

TEST(Energy, PicojoulesAndWattsBecomeMillijoules) {
  sim::EventCounts events;
  events.macs_issued = 1000000000;  // 1e9 x 1 pJ = 1 mJ
  const EnergyEstimate energy = estimate_energy(events, 0.001, Precision::kW8A8, board_with(0.0));
  EXPECT_DOUBLE_EQ(energy.breakdown_mj().at("mac"), 1.0);
  EXPECT_DOUBLE_EQ(energy.breakdown_mj().at("ps"), 2.0);
  EXPECT_DOUBLE_EQ(energy.total_mj, 1.0 + 3 * 2.0);
}

TEST(Energy, BreakdownSumsToTheTotal) {
  sim::EventCounts events;
  events.macs_issued = 123456789;
  events.requantised = 99991;
  events.gelu = 77;
  events.dram_read_bits = 1u << 30;
  events.dram_activates = 5000;
  const EnergyEstimate energy = estimate_energy(events, 1.5e-3, Precision::kW8A8, board_with(0.3));
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
  sim::EventCounts events;
  events.macs_issued = events.bram_read_bits = 1000000000;
  const EnergyEstimate energy = estimate_energy(events, 0.0, Precision::kW8A8, board);
  EXPECT_NEAR(energy.high_mj - energy.total_mj, 0.5, 1e-12);
  EXPECT_NEAR(energy.total_mj - energy.low_mj, 0.5, 1e-12);
  EXPECT_NEAR(energy.band_shares().at("mac"), 0.36, 1e-12);
}

TEST(Energy, CausesOfOneCoefficientAreWrongTogether) {
  models::BoardConfig board = board_with(0.0);
  board.energy["logic_op"].uncertainty = 0.5;
  sim::EventCounts events;
  events.requantised = events.gelu = 1000000000;
  const EnergyEstimate energy = estimate_energy(events, 0.0, Precision::kW8A8, board);
  EXPECT_NEAR(energy.high_mj - energy.total_mj, 1.0, 1e-12);
  EXPECT_NEAR(energy.band_shares().at("gelu"), 0.5, 1e-12);
}

TEST(Energy, BandNeverGoesBelowZero) {
  sim::EventCounts events;
  events.macs_issued = 1000000;
  EXPECT_EQ(estimate_energy(events, 0.0, Precision::kW8A8, board_with(3.0)).low_mj, 0.0);
}

TEST(Energy, EveryMissingCoefficientIsNamedAtOnce) {
  models::BoardConfig board = board_with(0.0);
  board.energy.erase("axi_beat");
  board.energy.erase("ps");
  try {
    estimate_energy({}, 1.0, Precision::kW8A8, board);
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
  EXPECT_THROW(estimate_energy({}, 1.0, Precision::kW8A8, board), models::ConfigError);
  board = board_with(0.0);
  board.energy["mac_w8a8"].unit = "nJ";
  EXPECT_THROW(estimate_energy({}, 1.0, Precision::kW8A8, board), models::ConfigError);
}

TEST(Energy, PrecisionChoosesTheCoefficientOfTheArray) {
  models::BoardConfig board = board_with(0.0);
  EXPECT_THROW(estimate_energy({}, 1.0, Precision::kW16A16, board), models::ConfigError);
  board.energy["mac_w16a16"] = {4.0, "pJ", "made up", 0.0};
  sim::EventCounts events;
  events.macs_issued = 1000000000;
  EXPECT_DOUBLE_EQ(estimate_energy(events, 0.0, Precision::kW16A16, board).total_mj, 4.0);
}

}  // namespace
}  // namespace edgemoe::host
