// SPDX-License-Identifier: Apache-2.0
// Programs that cannot run: refused when that shows before time starts, else explained as a
// deadlock.
#include <gtest/gtest.h>

#include "models/schema/error.hpp"
#include "sim/engine/errors.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::sim {
namespace {

using program::Command;
using program::LoopOrder;
using program::Opcode;

std::string refusal(const std::vector<Command>& commands) {
  try {
    run(commands);
  } catch (const models::ConfigError& error) {
    return error.messages().front();
  }
  return "accepted";
}

TEST(Stuck, AWaitThatNothingSignalsIsExplained) {
  ProgramBuilder b;
  const int tag = b.load(32, 32, 0);
  wait_start(b.linear(tag, 8, 32, 32, LoopOrder::kTokenOuter), 7, 3);
  try {
    run(b.finish());
    FAIL() << "expected a deadlock";
  } catch (const DeadlockError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("array"), std::string::npos) << text;
    EXPECT_NE(text.find("wait:nothing"), std::string::npos) << text;
    EXPECT_NE(text.find("progress 7"), std::string::npos) << text;
    EXPECT_NE(text.find("3 or more"), std::string::npos) << text;
  }
}

TEST(Stuck, TwoUnitsThatWaitForEachOtherAreBothNamed) {
  ProgramBuilder b;
  const int matrix = b.load(32, 32, 0), parameters = b.load_parameters(32, 0);
  Command& linear = b.linear(matrix, 8, 32, 32, LoopOrder::kTokenOuter);
  wait_start(linear, 1, 1);
  signal_end(linear, 2);
  Command& norm = b.norm(parameters, 8, 32);
  wait_start(norm, 2, 1);
  signal_end(norm, 1);
  try {
    run(b.finish());
    FAIL() << "expected a deadlock";
  } catch (const DeadlockError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("wait:norm"), std::string::npos) << text;
    EXPECT_NE(text.find("wait:linear"), std::string::npos) << text;
  }
}

TEST(Stuck, TheCycleLimitIsATimeout) {
  ProgramBuilder b;
  b.load(768, 768);
  SimulationOptions options;
  options.max_cycles = 1000;
  EXPECT_THROW(run(b.finish(), {}, test_design(), test_board(), options), TimeoutError);
}

TEST(Stuck, ADeadlockIsFoundWhileProgressIsReported) {
  ProgramBuilder b;
  b.load(768, 768);
  wait_start(b.add(Opcode::kBarrier), 0, 2);
  SimulationOptions options;
  int calls = 0;
  options.progress = [&](std::uint64_t) { ++calls; };
  EXPECT_THROW(run(b.finish(), {}, test_design(), test_board(), options), DeadlockError);
  EXPECT_LT(calls, 100);
}

TEST(Stuck, ASimulationCanFollowADeadlock) {
  ProgramBuilder bad, good;
  wait_start(bad.add(Opcode::kBarrier), 0, 1);
  EXPECT_THROW(run(bad.finish()), DeadlockError);
  good.add(Opcode::kBarrier);
  EXPECT_GT(run(good.finish()).cycles, 0u);
}

TEST(Refused, ProgramsThatAreNotOne) {
  EXPECT_NE(refusal({}).find("END"), std::string::npos);
  ProgramBuilder b;
  b.load(16, 16);
  std::vector<Command> commands = b.finish();
  commands.pop_back();
  EXPECT_NE(refusal(commands).find("END"), std::string::npos);
  commands = b.finish();
  commands[0].id = 5;
  EXPECT_NE(refusal(commands).find("expected id 0"), std::string::npos);
}

TEST(Refused, TagsThatAreMissingOrDouble) {
  ProgramBuilder b;
  b.linear(4, 8, 16, 16, LoopOrder::kTokenOuter);
  EXPECT_NE(refusal(b.finish()).find("tag 4 is not loaded before"), std::string::npos);
  ProgramBuilder twice;
  twice.load(16, 16);
  twice.load(16, 16);
  std::vector<Command> commands = twice.finish();
  commands[1].tag = commands[0].tag;
  EXPECT_NE(refusal(commands).find("loaded twice"), std::string::npos);
}

TEST(Refused, TagsConsumedTwiceOrByTheWrongUnit) {
  ProgramBuilder b;
  const int tag = b.load(32, 32);
  b.linear(tag, 8, 32, 32, LoopOrder::kTokenOuter);
  b.linear(tag, 8, 32, 32, LoopOrder::kTokenOuter);
  EXPECT_NE(refusal(b.finish()).find("consumed before"), std::string::npos);
  ProgramBuilder tiles;
  tiles.norm(tiles.load(32, 32), 8, 32);
  EXPECT_NE(refusal(tiles.finish()).find("parameters only"), std::string::npos);
  ProgramBuilder experts;
  experts.moe(1, 8, 32, 32, 2, {});
  std::vector<Command> commands = experts.finish();
  commands.insert(commands.end() - 1, commands[commands.size() - 2]);
  for (std::size_t i = 0; i < commands.size(); ++i) commands[i].id = static_cast<std::uint16_t>(i);
  EXPECT_NE(refusal(commands).find("has one already"), std::string::npos);
}

TEST(Refused, ATagThatHoldsAnotherMatrix) {
  ProgramBuilder b;
  const int tag = b.load(32, 32);
  b.linear(tag, 8, 32, 48, LoopOrder::kTokenOuter);
  EXPECT_NE(refusal(b.finish()).find("tile rows"), std::string::npos);
}

TEST(Refused, ShapesOfNothing) {
  ProgramBuilder b;
  const int tag = b.load(32, 32);
  b.linear(tag, 0, 32, 32, LoopOrder::kTokenOuter);
  EXPECT_NE(refusal(b.finish()).find("above 0"), std::string::npos);
  ProgramBuilder attention;
  attention.add(Opcode::kAttention).tokens = 4;
  EXPECT_NE(refusal(attention.finish()).find("above 0"), std::string::npos);
}

TEST(Refused, CountersThatDoNotExist) {
  ProgramBuilder b;
  wait_start(b.add(Opcode::kBarrier), program::kMaxCounters, 1);
  EXPECT_NE(refusal(b.finish()).find("counter 128"), std::string::npos);
}

TEST(Refused, MoreCommandsThanTheProgramMemoryHolds) {
  ProgramBuilder b;
  for (int i = 0; i < 1024; ++i) b.add(Opcode::kBarrier);
  EXPECT_NE(refusal(b.finish()).find("program memory"), std::string::npos);
}

TEST(Refused, DesignsWithoutLanes) {
  models::DesignConfig design = test_design();
  design.array.in_lanes = 0;
  design.loader.outstanding = 0;
  try {
    run(ProgramBuilder().finish(), {}, design);
    FAIL() << "expected a refusal";
  } catch (const models::ConfigError& error) {
    EXPECT_EQ(error.messages().size(), 2u);
  }
}

TEST(Refused, PortsThatTheBoardLacks) {
  ProgramBuilder b;
  models::DesignConfig design = test_design();
  for (const std::vector<int>& ports : {std::vector<int>{}, {0, 4}, {-1}, {1, 1}}) {
    design.loader.ports = ports;
    EXPECT_THROW(run(ProgramBuilder().finish(), {}, design), models::ConfigError);
  }
}

}  // namespace
}  // namespace edgemoe::sim
