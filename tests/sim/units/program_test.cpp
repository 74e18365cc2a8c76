// SPDX-License-Identifier: Apache-2.0
// Whole networks: bounds, conservation, and that nothing depends on the order in which units are
// started.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/sim/units/programs.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::sim {
namespace {

const UnitStalls& unit(const SimulationResult& result, const std::string& name) {
  for (const UnitStalls& u : result.stalls) {
    if (u.unit == name) return u;
  }
  throw std::out_of_range(name);
}

TEST(Tiny, MeetsTheLatencyBudgetOfTheArchitectureNotes) {
  for (const int active : {12, 14, 16}) {
    Workload w = tiny_workload(1, active, 5);
    w.board.dram.efficiency_cap = 0.75;
    const SimulationResult result = run(w);
    EXPECT_EQ(unit(result, "array").busy, array_cycles(w));
    EXPECT_GE(result.cycles, array_cycles(w));
    EXPECT_GE(static_cast<double>(result.cycles), memory_cycles(w, result));
    EXPECT_LT(result.cycles, 480000u) << "1.6 ms at 300 MHz";
    EXPECT_LT(static_cast<double>(result.cycles),
              1.15 * std::max<double>(array_cycles(w), memory_cycles(w, result)));
  }
}

TEST(Tiny, StartingUnitsInAnotherOrderChangesNothing) {
  const Workload w = tiny_workload(2, 13, 8);
  const SimulationResult first = run(w);
  for (const std::uint64_t seed : {1u, 2u, 3u}) expect_same(first, run(w, seed));
}

TEST(Tiny, TwoTasksOfAFrameShareLoadsAndPrefix) {
  const SimulationResult one = run(tiny_workload(1, 16, 5));
  const SimulationResult two = run(tiny_workload(2, 16, 5));
  EXPECT_LT(two.cycles, 2 * one.cycles);
  EXPECT_LT(two.dram.read_bytes, one.dram.read_bytes + 400000);  // one gate a block more
  EXPECT_EQ(two.dram.write_bytes, 2 * one.dram.write_bytes);
}

TEST(Tiny, ACapOnTheMemoryAndFewerPortsAreNeverFaster) {
  Workload w = tiny_workload(1, 16, 5);
  const std::uint64_t open = run(w).cycles;
  w.board.dram.efficiency_cap = 0.75;
  const std::uint64_t capped = run(w).cycles;
  EXPECT_GE(capped, open);
  w.board.dram.efficiency_cap = 0.4;
  const SimulationResult starved = run(w);
  EXPECT_GT(starved.cycles, capped + 200000);
  EXPECT_GT(unit(starved, "array").reasons.at("weights"), 200000u);
  w.board.dram.efficiency_cap = 1.0;
  std::uint64_t slower = ~0ull;
  for (const std::vector<int>& ports : {std::vector<int>{1}, {0, 1}, {0, 1, 3}, {0, 1, 2, 3}}) {
    w.design.loader.ports = ports;
    const std::uint64_t cycles = run(w).cycles;
    EXPECT_LE(cycles, slower) << ports.size() << " ports";
    slower = cycles;
  }
}

TEST(Tiny, PrefetchTurnsWaitingIntoWork) {
  Workload w = tiny_workload(1, 12, 5);
  w.board.dram.efficiency_cap = 0.75;
  w.design.loader.prefetch = models::Prefetch::kNone;
  const SimulationResult none = run(w);
  w.design.loader.prefetch = models::Prefetch::kOracle;
  const SimulationResult oracle = run(w);
  EXPECT_LT(oracle.cycles, none.cycles);
  EXPECT_EQ(oracle.dram.read_bytes, none.dram.read_bytes);
}

TEST(Tiny, IsSimulatedInASecond) {
  const Workload w = tiny_workload(1, 16, 5);
  const auto start = std::chrono::steady_clock::now();
  run(w);
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_LT(wall, 4.0);  // the bound is 1 s on an idle machine; bench/cycle_latency measures it
}

class RandomPrograms : public ::testing::TestWithParam<int> {};

TEST_P(RandomPrograms, EndWithinTheirBoundsInAnyOrder) {
  for (int i = 0; i < 25; ++i) {
    const auto seed = static_cast<std::uint64_t>(GetParam() * 1000 + i);
    const Workload w = random_workload(seed);
    SCOPED_TRACE("random_workload(" + std::to_string(seed) + ")");
    const SimulationResult result = run(w);
    EXPECT_GE(unit(result, "array").busy, array_cycles(w));
    EXPECT_GE(result.cycles, unit(result, "array").busy);
    EXPECT_GE(static_cast<double>(result.cycles), memory_cycles(w, result));
    expect_same(result, run(w, seed + 1));
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPrograms, ::testing::Range(0, 8));

}  // namespace
}  // namespace edgemoe::sim
