// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "hls/program/encoding.hpp"
#include "hls/program/print.hpp"
#include "host/compiler/lowered.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

using program::Command;
using program::Opcode;

LoweredProgram compile_sample(const models::ModelConfig& model, std::vector<int> tasks,
                              models::DesignConfig design = sample_design()) {
  return compile(model, sample_weights(model, 7), design, {std::move(tasks)});
}

int count(const LoweredProgram& p, Opcode opcode) {
  int n = 0;
  for (const Command& c : p.commands) n += c.opcode == opcode;
  return n;
}

TEST(Program, ImageHoldsTheCommandsAsGiven) {
  const LoweredProgram p = compile_sample(small_model(), {0, 1});
  program::ImageHeader header;
  ASSERT_TRUE(program::decode_header(p.image.data(), header));
  EXPECT_EQ(header.image_bytes, p.image.size());
  ASSERT_EQ(header.command_count, p.commands.size());
  for (std::size_t i = 0; i < p.commands.size(); ++i) {
    Command decoded;
    ASSERT_TRUE(program::decode_command(
        p.image.data() + header.program_address + i * program::kCommandBytes, decoded));
    ASSERT_EQ(program::to_string(decoded), program::to_string(p.commands[i]));
    ASSERT_EQ(decoded.id, i);
  }
}

TEST(Program, TinyHasTheDocumentedCommandsAndBytes) {
  const LoweredProgram p = compile_sample(tiny_model(), {0});
  // 4 to embed, 13 a dense block, 15 a mixture-of-experts block, store and end.
  EXPECT_EQ(p.commands.size(), 4u + 6 * 13 + 6 * 15 + 2);
  EXPECT_EQ(count(p, Opcode::kLinear), 12 * 2 + 6 * 2);
  EXPECT_EQ(count(p, Opcode::kCopy), 0);
  // Rows of 256 B: patch 582; norms 24 x 6; qkv 450; proj 150; fc1 600, fc2 582; gate 24 + 1.
  EXPECT_EQ(p.weight_bytes, 256u * (582 + 24 * 6 + 12 * (450 + 150) + 6 * (600 + 582) + 6 * 25));
  EXPECT_EQ(p.expert_bytes, 256u * (2 * 288 + 12 + 6));
  // 12 active experts a block: the 15.0 MB of the architecture notes.
  const double megabytes =
      (p.weight_bytes + p.activation_read_bytes + p.write_bytes + 72.0 * p.expert_bytes) * 1e-6;
  EXPECT_NEAR(megabytes, 15.0, 0.2);
}

TEST(Program, NetworkProductsAreThoseOfTheSpecification) {
  const LoweredProgram p = compile_sample(tiny_model(), {0});
  std::uint64_t macs = 0;
  for (const CommandInfo& info : p.info) macs += info.macs;
  macs += 6ull * 129 * 2 * p.expert_macs_per_choice;
  EXPECT_NEAR(macs * 1e-9, 0.783, 0.001);
}

TEST(Program, NamesAreUniqueAndTagsConsumedOnce) {
  const LoweredProgram p = compile_sample(small_model(), {0, 1});
  std::set<std::string> names;
  for (const CommandInfo& info : p.info) EXPECT_TRUE(names.insert(info.name).second) << info.name;
  std::map<int, int> loads, uses;
  for (const Command& c : p.commands) {
    switch (c.opcode) {
      case Opcode::kLoadWeights:
      case Opcode::kLoadExperts:
        ++loads[c.tag];
        break;
      case Opcode::kEmbed:
      case Opcode::kNorm:
      case Opcode::kLinear:
      case Opcode::kGate:
      case Opcode::kExperts:
        ++uses[c.tag];
        break;
      default:
        break;
    }
  }
  EXPECT_EQ(loads, uses);
  for (const auto& [tag, n] : loads) EXPECT_EQ(n, 1) << tag;
}

TEST(Program, TasksShareTheBeginningAndPartAtTheFirstGate) {
  const LoweredProgram p = compile_sample(small_model(), {0, 1});
  EXPECT_EQ(count(p, Opcode::kCopy), 1);
  bool parted = false;
  for (const Command& c : p.commands) {
    if (c.opcode == Opcode::kCopy) {
      parted = true;
      EXPECT_EQ(c.layer, 1);
    }
    if (c.opcode == Opcode::kNorm || c.opcode == Opcode::kLinear ||
        c.opcode == Opcode::kAttention) {
      EXPECT_EQ(c.segments, parted ? 2 : 1) << program::to_string(c);
    }
  }
}

TEST(Program, CompilingTwiceGivesTheSameBytes) {
  EXPECT_EQ(compile_sample(small_model(), {1}).image, compile_sample(small_model(), {1}).image);
}

}  // namespace
}  // namespace edgemoe::host
