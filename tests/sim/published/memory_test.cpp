// SPDX-License-Identifier: Apache-2.0
// Loops on AXI ports.
#include <gtest/gtest.h>

#include "sim/published/simulate_stage.hpp"
#include "tests/sim/published/stages.hpp"

namespace edgemoe::tests {
namespace {

using sim::Cycle;
using sim::simulate_stage;
using sim::Stage;
using sim::StageResult;

Stage reader(std::uint64_t beats, bool write = false) {
  Stage result = stage({loop(beats, 1, 73)});
  result.processes[0].loops[0].accesses = {access(0, write)};
  return result;
}

TEST(PublishedMemory, WideBeatsTakeTwoCyclesThroughAPortOfHalfTheWidth) {
  for (const bool write : {false, true}) {
    const auto slope = [&](int port_bytes) {
      const Cycle more = simulate_stage(reader(8192, write), machine(port_bytes)).cycles;
      const Cycle less = simulate_stage(reader(4096, write), machine(port_bytes)).cycles;
      return static_cast<double>(more - less) / 4096.0;
    };
    EXPECT_NEAR(slope(16), 2.0, 0.02);
    EXPECT_NEAR(slope(32), 1.0, 0.05);
  }
}

TEST(PublishedMemory, LatencyIsSeenOnceByABurstAndAlwaysByAGather) {
  const Cycle burst = simulate_stage(reader(256), machine()).cycles;
  Stage gather = reader(256);
  gather.processes[0].loops[0].accesses[0].run = 32;
  const Cycle single = simulate_stage(gather, machine()).cycles;
  // 16 single beats on their way, each for 60 cycles or more: 4 cycles a beat at least.
  EXPECT_LT(burst, Cycle{256 * 2 + 200});
  EXPECT_GT(single, Cycle{256 * 60 / 16});
}

TEST(PublishedMemory, FewerOutstandingBurstsAreSlower) {
  sim::MachineParameters one = machine();
  one.masters[0].outstanding = 1;
  const Cycle alone = simulate_stage(reader(1024), one).cycles;
  EXPECT_GT(alone, simulate_stage(reader(1024), machine()).cycles * 3 / 2);
  // 64 bursts of 16 beats, each with its latency of 54 cycles or more before the next is asked for.
  EXPECT_GT(alone, Cycle{64 * (54 + 16)});
}

TEST(PublishedMemory, BytesAreConserved) {
  Stage both = stage({loop(100, 1, 73), loop(30, 2, 5)}, {});
  both.processes[0].loops[0].accesses = {access(0, false, 24), access(1, true, 16)};
  both.processes[0].repeat = 3;
  both.processes[1].loops[0].accesses = {access(0, false, 96), access(0, true, 32)};
  both.processes[1].loops[0].accesses[1].every = 7;  // 4 of 30 iterations end a group of 7
  const StageResult result = simulate_stage(both, machine());
  EXPECT_EQ(result.read_bytes, 3u * 100 * 24 + 30 * 96);
  EXPECT_EQ(result.write_bytes, 3u * 100 * 16 + 4 * 32);
  EXPECT_EQ(result.dram.read_bytes, result.read_bytes);
  EXPECT_EQ(result.dram.write_bytes, result.write_bytes);
}

TEST(PublishedMemory, TwoLoopsOnOnePortShareIt) {
  Stage shared = stage({loop(2000, 1, 73), loop(2000, 1, 73)});
  shared.processes[0].loops[0].accesses = {access(0, false)};
  shared.processes[1].loops[0].accesses = {access(0, false)};
  Stage apart = shared;
  apart.processes[1].loops[0].accesses = {access(1, false)};
  const Cycle together = simulate_stage(shared, machine()).cycles;
  const Cycle separate = simulate_stage(apart, machine()).cycles;
  EXPECT_NEAR(static_cast<double>(together), 8000.0, 250.0);
  EXPECT_NEAR(static_cast<double>(separate), 4000.0, 250.0);
}

TEST(PublishedMemory, SpanReadsTheSameAddressesAgain) {
  // 64 beats over and over are one row of the DRAM; 4 MB in a row are many.
  Stage same = reader(131072 / 4);
  same.processes[0].loops[0].accesses[0].span = 2048;
  const StageResult again = simulate_stage(same, machine());
  const StageResult fresh = simulate_stage(reader(131072 / 4), machine());
  EXPECT_EQ(again.read_bytes, fresh.read_bytes);
  EXPECT_LT(again.dram.activates, fresh.dram.activates / 4);
}

TEST(PublishedMemory, CyclesOfProcessesOnPortsAddUp) {
  Stage both = stage({loop(500, 1, 142)});
  both.processes[0].loops[0].accesses = {access(0, false), access(1, false), access(0, true)};
  const StageResult result = simulate_stage(both, machine());
  const sim::LoopTime& t = result.processes[0];
  EXPECT_EQ(t.busy + t.reads + t.writes + t.done, result.cycles);
  EXPECT_GT(t.reads, 400u);
}

}  // namespace
}  // namespace edgemoe::tests
