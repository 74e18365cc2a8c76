// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/schema/error.hpp"
#include "sim/engine/errors.hpp"
#include "sim/published/simulate_stage.hpp"
#include "tests/sim/published/stages.hpp"

namespace edgemoe::tests {
namespace {

using sim::simulate_stage;
using sim::Stage;

/// The producer fills stream 0 before stream 1; the consumer takes from both in turn.
Stage crossed(std::uint64_t depth) {
  Stage result = stage({loop(8, 1, 1), loop(8, 1, 1)}, {depth, 2});
  result.processes[0].loops[0].tokens = {push(0)};
  result.processes[0].loops.push_back(loop(8, 1, 1));
  result.processes[0].loops[1].name = "second";
  result.processes[0].loops[1].tokens = {push(1)};
  result.processes[1].loops[0].tokens = {pop(0), pop(1)};
  return result;
}

std::string deadlock(const Stage& stage) {
  try {
    simulate_stage(stage, machine());
  } catch (const sim::DeadlockError& error) {
    return error.what();
  }
  return "(none)";
}

TEST(PublishedDeadlock, IsExplainedWithLoopIterationAndFillLevels) {
  EXPECT_EQ(deadlock(crossed(5)),
            "deadlock in region: no process can go on\n"
            "  process p0 (loop loop, iteration 7 of 8) waits for space: stream s0 holds 5 of 5 "
            "tokens, after 6 put and 1 taken, since cycle 6\n"
            "  process p1 (loop loop, iteration 1 of 8) waits for tokens: stream s1 holds 0 of 2 "
            "tokens, after 0 put and 0 taken, since cycle 1");
}

TEST(PublishedDeadlock, GoesAwayWithAFifoThatIsDeepEnough) {
  EXPECT_NE(deadlock(crossed(6)), "(none)");
  EXPECT_EQ(deadlock(crossed(7)), "(none)");
  EXPECT_EQ(deadlock(crossed(8)), "(none)");
}

TEST(PublishedDeadlock, ListsWhoIsBlockedAsData) {
  try {
    simulate_stage(crossed(2), machine());
    FAIL() << "no deadlock";
  } catch (const sim::DeadlockError& error) {
    ASSERT_EQ(error.blocked().size(), 2u);
    EXPECT_EQ(error.blocked()[0].process, "p0");
    EXPECT_EQ(error.blocked()[0].channel, "s0");
    EXPECT_EQ(error.blocked()[1].reason, "tokens");
  }
}

TEST(PublishedDeadlock, AConsumerThatWantsTooMuchIsNamed) {
  Stage result = stage({loop(5, 1, 1), loop(6, 1, 1)}, {2});
  result.processes[0].loops[0].tokens = {push(0)};
  result.processes[1].loops[0].tokens = {pop(0)};
  EXPECT_EQ(deadlock(result),
            "deadlock in region: no process can go on\n"
            "  process p1 (loop loop, iteration 6 of 6) waits for tokens: stream s0 holds 0 of 2 "
            "tokens, after 5 put and 5 taken, since cycle 6");
}

TEST(PublishedDeadlock, TokensLeftAtTheEndAreAnError) {
  Stage result = stage({loop(6, 1, 1), loop(5, 1, 1)}, {2});
  result.processes[0].loops[0].tokens = {push(0)};
  result.processes[1].loops[0].tokens = {pop(0)};
  try {
    simulate_stage(result, machine());
    FAIL() << "no error";
  } catch (const models::ConfigError& error) {
    EXPECT_EQ(error.messages().front(),
              "region: error: streams.s0: expected as many tokens taken as put, got stream s0 "
              "holds 1 of 2 tokens, after 6 put and 5 taken");
  }
}

TEST(PublishedDeadlock, ASimulationAfterADeadlockIsUnharmed) {
  const sim::Cycle before = simulate_stage(crossed(8), machine()).cycles;
  EXPECT_NE(deadlock(crossed(1)), "(none)");
  EXPECT_EQ(simulate_stage(crossed(8), machine()).cycles, before);
}

}  // namespace
}  // namespace edgemoe::tests
