// SPDX-License-Identifier: Apache-2.0
// Pipelines and streams against closed forms.
#include <gtest/gtest.h>

#include "sim/published/simulate_stage.hpp"
#include "tests/sim/published/stages.hpp"

namespace edgemoe::tests {
namespace {

using sim::Cycle;
using sim::simulate_stage;
using sim::Stage;
using sim::StageResult;

Cycle cycles(const Stage& stage) { return simulate_stage(stage, machine()).cycles; }

TEST(PublishedTiming, LoopTakesDepthAndIntervals) {
  EXPECT_EQ(cycles(stage({loop(1, 1, 1)})), 1 + kControl);
  EXPECT_EQ(cycles(stage({loop(100, 1, 7)})), 99 + 7 + kControl);
  EXPECT_EQ(cycles(stage({loop(100, 3, 7)})), 297 + 7 + kControl);
  EXPECT_EQ(cycles(stage({loop(0, 3, 7)})), kControl);
}

TEST(PublishedTiming, LoopsOfAProcessFollowEachOtherAndRepeat) {
  Stage two = stage({loop(10, 1, 5)});
  two.processes[0].loops.push_back(loop(20, 2, 3));
  two.processes[0].repeat = 3;
  EXPECT_EQ(cycles(two), 3 * (9 + 5 + 2 + 38 + 3 + 2) + 2);
}

TEST(PublishedTiming, ProcessesRunAtTheSameTime) {
  EXPECT_EQ(cycles(stage({loop(100, 1, 1), loop(300, 1, 1)})), 300 + kControl);
}

/// A chain of three functions; all pass a token per iteration.
Stage chain(std::uint64_t trips, std::uint64_t slowest, std::uint64_t depth) {
  Stage result =
      stage({loop(trips, 1, 3), loop(trips, slowest, 6), loop(trips, 1, 4)}, {depth, depth});
  result.processes[0].loops[0].tokens = {push(0)};
  result.processes[1].loops[0].tokens = {pop(0), push(1)};
  result.processes[2].loops[0].tokens = {pop(1)};
  return result;
}

TEST(PublishedTiming, ChainRunsAtThePaceOfItsSlowestFunction) {
  // First token: put in cycle 2, taken in 3; put in 3 + 5, taken in 9; the last function's depth.
  EXPECT_EQ(cycles(chain(1000, 1, 2)), 9 + 999 + 4 + kControl);
  EXPECT_EQ(cycles(chain(1000, 3, 2)), 9 + 2997 + 4 + kControl);
  EXPECT_EQ(cycles(chain(1, 3, 2)), 9 + 4 + kControl);
}

TEST(PublishedTiming, FifoOfOneHalvesTheRate) {
  // A place is filled, emptied a cycle later and filled a cycle after that.
  Stage two = stage({loop(1000, 1, 1), loop(1000, 1, 1)}, {1});
  two.processes[0].loops[0].tokens = {push(0)};
  two.processes[1].loops[0].tokens = {pop(0)};
  EXPECT_EQ(cycles(two), 1 + 2 * 999 + 1 + kControl);
}

TEST(PublishedTiming, PipelineStallsAsAWhole) {
  // Input i of the middle function comes in cycle 3 + 2 i, and its five iterations under way wait
  // with it. Output 994 leaves a cycle before the last input, in 2000; the last five follow every
  // second cycle, so the last is put in 2010 and taken in 2011.
  EXPECT_EQ(cycles(chain(1000, 1, 1)), 2011 + 4 + kControl);
}

TEST(PublishedTiming, DeeperFifosNeverCostTime) {
  Cycle before = cycles(chain(500, 2, 1));
  for (const std::uint64_t depth : {2, 3, 7, 64, 1000}) {
    const Cycle now = cycles(chain(500, 2, depth));
    EXPECT_LE(now, before) << depth;
    before = now;
  }
}

TEST(PublishedTiming, FunctionsOfDifferentRatesExchangeGroups) {
  // 10 iterations put 3 tokens each at the end of every second one; 5 iterations take 3 each.
  Stage result = stage({loop(10, 1, 1), loop(5, 1, 1)}, {6});
  result.processes[0].loops[0].tokens = {push(0, 2, 3)};
  result.processes[1].loops[0].tokens = {pop(0, 1, 3)};
  // The last group is put in cycle 9 and taken in 10.
  EXPECT_EQ(cycles(result), 11 + kControl);
}

TEST(PublishedTiming, TokensOnlyInTheFirstIterationsOfAPeriod) {
  Stage result = stage({loop(7, 1, 1), loop(40, 1, 1)}, {1});
  result.processes[0].loops[0].tokens = {push(0)};
  sim::StageTokens first = pop(0);
  first.first = 3;
  first.period = 10;
  first.most = 7;  // 3 + 3 + 1 + 0
  result.processes[1].loops[0].tokens = {first};
  EXPECT_EQ(simulate_stage(result, machine()).processes[1].tokens, Cycle{5});
  // One each in the first period; in the second the first token already lies there.
}

TEST(PublishedTiming, BufferIsHeldFromTheProducersStartToTheConsumersEnd) {
  const auto ping_pong = [](std::uint64_t buffers) {
    Stage result = stage({loop(20, 1, 30), loop(20, 1, 10)}, {buffers});
    result.streams[0].buffer = true;
    result.processes[0].loops[0].tokens = {push(0, 20)};
    result.processes[1].loops[0].tokens = {pop(0, 20)};
    for (sim::StageProcess& process : result.processes) process.repeat = 50;
    return cycles(result);
  };
  // Fill 19 + 30, empty 19 + 10; one buffer: in turn. Two: only the filling counts.
  const Cycle fill = 49;
  const Cycle drain = 29;
  EXPECT_EQ(ping_pong(1), 50 * (fill + drain) + kControl);
  EXPECT_EQ(ping_pong(2), 50 * (fill + 2) - 2 + drain + kControl);
}

TEST(PublishedTiming, CyclesOfEveryProcessAddUp) {
  for (const std::uint64_t depth : {1, 2, 5}) {
    const StageResult result = simulate_stage(chain(300, 4, depth), machine());
    for (const sim::LoopTime& t : result.processes) {
      EXPECT_EQ(t.busy + t.tokens + t.space + t.reads + t.writes + t.done, result.cycles);
    }
    EXPECT_GT(result.processes[0].space, 0u);
    EXPECT_GT(result.processes[2].tokens, 0u);
  }
}

TEST(PublishedTiming, OrderOfProcessesInACycleDoesNotMatter) {
  Stage result = chain(200, 2, 2);
  result.processes[0].loops[0].accesses = {access(0, false)};
  result.processes[1].loops[0].accesses = {access(0, false)};
  result.processes[2].loops[0].accesses = {access(1, true), access(0, true)};
  const Cycle expected = cycles(result);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(simulate_stage(result, machine(), seed).cycles, expected) << seed;
  }
}

}  // namespace
}  // namespace edgemoe::tests
