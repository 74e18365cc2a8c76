// SPDX-License-Identifier: Apache-2.0
#include "sim/units/memory_setup.hpp"

#include <gtest/gtest.h>

#include "models/schema/error.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::sim {
namespace {

MemorySetup setup(std::vector<int> ports) {
  models::DesignConfig design = test_design();
  design.loader.ports = std::move(ports);
  return setup_memory(design, test_board());
}

TEST(MemorySetup, SequencerTakesThePortThatTheLoaderLeaves) {
  EXPECT_EQ(setup({0, 1, 3}).program_port, 2);
  EXPECT_EQ(setup({1}).program_port, 0);
  EXPECT_EQ(setup({0, 1, 3}).parameters.ports.size(), 4u);
  EXPECT_EQ(setup({3, 0}).load_ports, (std::vector<int>{3, 0}));
}

TEST(MemorySetup, SequencerGetsAPortOfItsOwnWhenAllAreTaken) {
  const MemorySetup all = setup({0, 1, 2, 3});
  EXPECT_EQ(all.program_port, 4);
  ASSERT_EQ(all.parameters.ports.size(), 5u);
  EXPECT_EQ(all.parameters.ports[4].width_bytes, 16);
}

TEST(MemorySetup, PortLatencyIsSplitOverBothWays) {
  models::BoardConfig board = test_board();
  board.ports[0].latency_cycles = 21;
  const PortParameters port = setup_memory(test_design(), board).parameters.ports[0];
  EXPECT_EQ(port.request_latency_cycles, 10);
  EXPECT_EQ(port.response_latency_cycles, 11);
}

TEST(MemorySetup, ParametersThatTheMemoryRefusesAreAConfigurationError) {
  models::BoardConfig board = test_board();
  board.dram.efficiency_cap = 0.0;
  EXPECT_THROW(setup_memory(test_design(), board), models::ConfigError);
  board = test_board();
  board.ports[1].width_bits = 100;
  EXPECT_THROW(setup_memory(test_design(), board), models::ConfigError);
}

}  // namespace
}  // namespace edgemoe::sim
