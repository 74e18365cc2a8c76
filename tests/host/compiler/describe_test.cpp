// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/describe.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "host/compiler/prefetch.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

models::BoardConfig sample_board() {
  models::BoardConfig board;
  board.name = "zcu102";
  board.resources = {2520, 912, 0, 274080, 548160};
  board.ports.resize(4);
  return board;
}

std::map<std::string, CommandDescription> by_name(const Description& d) {
  std::map<std::string, CommandDescription> map;
  for (const CommandDescription& c : d.commands) map[c.name] = c;
  return map;
}

TEST(Describe, CyclesOfTinyAreThoseOfTheArchitectureNotes) {
  const models::ModelConfig model = tiny_model();
  const LoweredProgram p = compile(model, sample_weights(model, 1), sample_design(), {{0}});
  const Description d = describe(model, sample_design(), sample_board(), p);
  const auto commands = by_name(d);
  EXPECT_EQ(commands.at("embed").cycles, 9216u);
  EXPECT_EQ(commands.at("l00.qkv").cycles + commands.at("l00.proj").cycles, 9792u);
  EXPECT_EQ(commands.at("l00.attn").cycles, 3672u);
  EXPECT_EQ(commands.at("l00.fc1").cycles + commands.at("l00.fc2").cycles, 19584u);
  EXPECT_EQ(commands.at("l01.gate.semseg").cycles, 816u);
  EXPECT_EQ(commands.at("l01.norm1").cycles, 3u * 136 * 192 / 32);
  EXPECT_EQ(commands.at("l01.qkv").shape, "129 x 192 -> 576");
}

TEST(Describe, RooflineTakesTheGivenRouting) {
  const models::ModelConfig model = tiny_model();
  const LoweredProgram p = compile(model, sample_weights(model, 1), sample_design(), {{0}});
  // 12 active experts a block, 21 or 22 tokens each: three groups.
  std::vector<int> queue(16, 0);
  for (int e = 0; e < 12; ++e) queue[e] = e < 6 ? 21 : 22;
  const Roofline r = roofline_of(p, sample_design(), sample_board(), ExpertLoads(6, queue));
  EXPECT_NEAR(r.compute_cycles, 414000 + 4900, 6000);  // notes: 414 k, and the gates' 816 a block
  EXPECT_NEAR(r.memory_bytes, 15.0e6, 0.2e6);
  EXPECT_NEAR(r.compute_ms, r.compute_cycles / 300e3, 1e-9);
  models::BoardConfig slow = sample_board();
  slow.dram.efficiency_cap = 0.75;
  EXPECT_NEAR(roofline_of(p, sample_design(), slow, ExpertLoads(6, queue)).memory_ms, 1.17, 0.02);
  models::DesignConfig one_port = sample_design();
  one_port.loader.ports = {0};
  EXPECT_NEAR(roofline_of(p, one_port, slow, ExpertLoads(6, queue)).memory_ms,
              r.memory_bytes / 4.8e9 * 1e3, 1e-6);
}

TEST(Describe, LoadsComeFromTheTraceWithoutDroppedChoices) {
  const models::ModelConfig model = small_model(2);
  const LoweredProgram p = compile(model, sample_weights(model, 1), sample_design(), {{0, 1}});
  program::RoutingTrace trace;
  for (int s = 0; s < 2; ++s) {
    program::SegmentRouting segment;
    segment.layer = 1;
    segment.segment = static_cast<std::uint16_t>(s);
    segment.choices = {{1, 65536, false}, {4, 10, true}, {1, 5, false}};
    trace.segments.push_back(segment);
  }
  EXPECT_EQ(loads_of(p, trace), (ExpertLoads{{0, 4, 0, 0, 0}}));
  trace.segments[0].choices[0].expert = 5;
  EXPECT_THROW(loads_of(p, trace), std::invalid_argument);
  trace.segments.pop_back();
  EXPECT_THROW(loads_of(p, trace), std::invalid_argument);
}

TEST(Describe, JsonAndTextHoldEveryCommand) {
  const models::ModelConfig model = small_model(2);
  const LoweredProgram p = compile(model, sample_weights(model, 1), sample_design(), {{0, 1}});
  const Description d = describe(model, sample_design(), sample_board(), p);
  const auto json = nlohmann::json::parse(to_json(d));
  ASSERT_EQ(json["commands"].size(), p.commands.size());
  EXPECT_EQ(json["macs"], d.macs);
  EXPECT_EQ(json["roofline"]["memory_bytes"], d.roofline.memory_bytes);
  const std::string text = to_text(d);
  for (const CommandInfo& info : p.info) EXPECT_NE(text.find(info.name), std::string::npos);
}

TEST(Prefetch, ListsWhatIsMoreLikelyUsedThanNotBestFirst) {
  models::ModelConfig model = small_model(2);
  model.popularity["semseg"][1] = {0.9, 0.1, 0.6, 0.95, 0.6};
  model.popularity["depth"][1] = {0.0, 0.5, 0.1, 0.0, 0.1};
  models::DesignConfig design = sample_design();
  EXPECT_EQ(prefetch_list(model, design, 1, {0}), (std::vector<int>{3, 0, 2, 4}));
  EXPECT_EQ(prefetch_list(model, design, 1, {0, 1}), (std::vector<int>{3, 0, 2, 4, 1}));
  design.loader.prefetch_experts = 2;
  EXPECT_EQ(prefetch_list(model, design, 1, {0}), (std::vector<int>{3, 0}));
  design.loader.prefetch_experts = 0;
  EXPECT_TRUE(prefetch_list(model, design, 1, {0}).empty());
  design.loader.prefetch_experts = 3;
  design.loader.prefetch = models::Prefetch::kNone;
  EXPECT_TRUE(prefetch_list(model, design, 1, {0}).empty());
  model.popularity.clear();
  design.loader.prefetch = models::Prefetch::kPopular;
  EXPECT_EQ(prefetch_list(model, design, 1, {0}), (std::vector<int>{0, 1, 2}));
}

}  // namespace
}  // namespace edgemoe::host
