// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/hazards.hpp"

#include <gtest/gtest.h>

#include "hls/program/print.hpp"
#include "host/compiler/lowered.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

using program::Command;
using program::Opcode;
using program::WaitMode;

LoweredProgram compiled(const models::ModelConfig& model, std::vector<int> tasks, int lanes,
                        int ring_rows) {
  models::DesignConfig design = sample_design();
  design.array.token_lanes = lanes;
  design.buffers.weight_ring_rows = ring_rows;
  design.buffers.staging_tokens = 2 * lanes;
  return compile(model, sample_weights(model, 9), design, {std::move(tasks)});
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(Hazards, CompiledProgramsAreSafeForAnyLanesTasksAndRing) {
  for (const int lanes : {1, 4, 8, 16}) {
    for (const int ring : {64, 256, 6144}) {
      for (const std::vector<int>& tasks : {std::vector<int>{0}, {1, 0}}) {
        models::ModelConfig model = small_model(6);
        const LoweredProgram p = compiled(model, tasks, lanes, ring);
        const auto findings = verify_hazards(p.commands, lanes);
        EXPECT_TRUE(findings.empty()) << joined(findings);
      }
    }
  }
}

TEST(Hazards, ProgramsWithoutOrWithOnlyExpertsAreSafe) {
  for (const models::BlockKind kind : {models::BlockKind::kMlp, models::BlockKind::kMoe}) {
    models::ModelConfig model = small_model(3);
    model.blocks.assign(3, kind);
    const LoweredProgram p = compiled(model, {0, 1}, 8, 6144);
    const auto findings = verify_hazards(p.commands, 8);
    EXPECT_TRUE(findings.empty()) << joined(findings);
  }
}

TEST(Hazards, EveryWaitOfAProgramIsNeeded) {
  const LoweredProgram p = compiled(small_model(4), {0, 1}, 4, 6144);
  for (std::size_t i = 0; i < p.commands.size(); ++i) {
    for (int w = 0; w < program::kMaxWaits; ++w) {
      if (p.commands[i].wait[w].mode == WaitMode::kNone) continue;
      std::vector<Command> broken = p.commands;
      broken[i].wait[w] = program::Wait();
      EXPECT_FALSE(verify_hazards(broken, 4).empty()) << program::to_string(p.commands[i]);
    }
  }
}

TEST(Hazards, WaitsThatAreOneShortAreNoticed) {
  const LoweredProgram p = compiled(small_model(4), {0, 1}, 4, 6144);
  for (std::size_t i = 0; i < p.commands.size(); ++i) {
    for (int w = 0; w < program::kMaxWaits; ++w) {
      if (p.commands[i].wait[w].mode == WaitMode::kNone) continue;
      std::vector<Command> broken = p.commands;
      if (broken[i].wait[w].value == 0) continue;
      --broken[i].wait[w].value;
      EXPECT_FALSE(verify_hazards(broken, 4).empty()) << program::to_string(p.commands[i]);
    }
  }
}

TEST(Hazards, WaitingForMoreThanIsSignalledIsNoticed) {
  LoweredProgram p = compiled(small_model(2), {0}, 8, 6144);
  for (Command& c : p.commands) {
    if (c.opcode == Opcode::kStoreTokens) c.wait[0].value += 1;
  }
  const auto findings = verify_hazards(p.commands, 8);
  ASSERT_EQ(findings.size(), 2u) << joined(
      findings);  // never met, hence nothing is known to be there
  EXPECT_NE(findings[0].find("waits for counter"), std::string::npos);
}

TEST(Hazards, BarrierOrdersWhatWaitsWouldHave) {
  Command load, barrier, embed;
  load.opcode = Opcode::kLoadPixels;
  load.dst = program::Buffer::kPixels;
  load.signal_mode = program::SignalMode::kEnd;
  load.signal = 3;
  Command table = load;
  table.opcode = Opcode::kLoadTokens;
  table.dst = program::Buffer::kPosition;
  barrier.opcode = Opcode::kBarrier;
  barrier.wait[0] = {WaitMode::kStart, 3, 2};
  table.id = 1;
  barrier.id = 2;
  embed.id = 3;
  embed.opcode = Opcode::kEmbed;
  embed.tokens = 6;
  embed.dst = program::Buffer::kResidual;
  EXPECT_TRUE(verify_hazards({load, table, barrier, embed}, 8).empty());
  EXPECT_FALSE(verify_hazards({load, table, embed}, 8).empty());
}

}  // namespace
}  // namespace edgemoe::host
