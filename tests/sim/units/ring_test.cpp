// SPDX-License-Identifier: Apache-2.0
// Ring space: order of freeing, the smallest ring that works, and one that cannot.
#include <gtest/gtest.h>

#include "sim/engine/errors.hpp"
#include "sim/engine/process.hpp"
#include "sim/engine/simulation.hpp"
#include "sim/units/row_ring.hpp"
#include "sim/units/timing.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::sim {
namespace {

using program::Command;
using program::LoopOrder;

TEST(RowRing, FreesInLoadOrderWhateverIsConsumedFirst) {
  Simulation simulation;
  RowRing ring(simulation, "ring", 16);
  std::vector<std::uint64_t> seen;
  FunctionProcess user(simulation, "user", [&](Process& self) {
    const Reason reason = self.add_reason("test");
    const int first = ring.open(4), second = ring.open(3);
    for (int i = 0; i < 7; ++i) ring.take();
    self.stall(reason, 10);
    ring.consume(second, self.now(), 3);  // behind the head: nothing is free yet
    self.stall(reason, 10);
    seen.push_back(ring.freed().visible());
    ring.consume(first, self.now(), 1);  // rows of the head are free one by one
    self.stall(reason, timing::kRingCredit);
    seen.push_back(ring.freed().visible());
    ring.consume(first, self.now(), 3);
    self.stall(reason, timing::kRingCredit);
    seen.push_back(
        ring.freed().visible());  // the head; the walker needs a cycle to the next segment
    self.stall(reason, 1);
    seen.push_back(ring.freed().visible());
  });
  simulation.run();
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 1, 4, 7}));
  EXPECT_EQ(ring.fill(), 0u);
}

TEST(RowRing, AnnouncedConsumptionTakesEffectAtItsTime) {
  Simulation simulation;
  RowRing ring(simulation, "ring", 2);
  std::vector<std::uint64_t> seen;
  FunctionProcess user(simulation, "user", [&](Process& self) {
    const Reason reason = self.add_reason("test");
    const int segment = ring.open(2);
    ring.take();
    ring.take();
    EXPECT_EQ(ring.next_take(), 1u);
    ring.consume(segment, 30, 2);
    self.stall_until(reason, 30 + timing::kRingCredit - 1);
    seen.push_back(ring.freed().visible());
    self.stall(reason, 1);
    seen.push_back(ring.freed().visible());
  });
  simulation.run();
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 2}));
}

/// Three matrices of 36 rows each, one after another.
std::vector<Command> three_matrices(LoopOrder order) {
  ProgramBuilder b;
  for (int i = 0; i < 3; ++i) {
    const int tag = b.load(64, 144);
    b.linear(tag, 40, 64, 144, order);
  }
  return b.finish();
}

TEST(Ring, SmallestRingWorksAndIsSlower) {
  models::DesignConfig design = test_design();
  const std::uint64_t roomy = run(three_matrices(LoopOrder::kTokenOuter), {}, design).cycles;
  design.buffers.weight_ring_rows = 36;  // token-outer needs a whole matrix
  const std::uint64_t tight = run(three_matrices(LoopOrder::kTokenOuter), {}, design).cycles;
  EXPECT_GT(tight, roomy);
  design.buffers.weight_ring_rows = 4;  // weight-outer needs one block
  EXPECT_GT(run(three_matrices(LoopOrder::kWeightOuter), {}, design).cycles, roomy);
}

TEST(Ring, TooSmallARingIsADeadlockThatNamesTheRing) {
  models::DesignConfig design = test_design();
  design.buffers.weight_ring_rows = 35;
  try {
    run(three_matrices(LoopOrder::kTokenOuter), {}, design);
    FAIL() << "expected a deadlock";
  } catch (const DeadlockError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("weight ring full"), std::string::npos) << text;
    EXPECT_NE(text.find("35 of 35 rows"), std::string::npos) << text;
    EXPECT_NE(text.find("weights of tag 0"), std::string::npos) << text;
  }
}

TEST(Ring, LoaderRunsAheadOfTheArrayUpToTheRing) {
  models::DesignConfig design = test_design();
  design.buffers.weight_ring_rows = 72;
  const SimulationResult result = run(three_matrices(LoopOrder::kTokenOuter), {}, design);
  // Two matrices fit: the second is loaded while the first is at work, the third after its release.
  EXPECT_LT(result.commands[2].begin, result.commands[1].end);
  EXPECT_GT(result.commands[4].end, result.commands[1].begin);
  EXPECT_GT(result.commands[4].stall.at("weight ring full"), 0u);
}

}  // namespace
}  // namespace edgemoe::sim
