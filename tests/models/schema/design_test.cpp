// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/fit.hpp"
#include "tests/models/schema/config_fixture.hpp"

namespace edgemoe::models {
namespace {

using tests::changed;
using tests::error_of;
using tests::shipped;

class Design : public tests::ConfigTest<DesignConfig, read_design> {
 protected:
  const std::string valid_ = tests::bytes_of(shipped("constraints/designs/m3-test.yaml"));
};

TEST_F(Design, TheShippedDesignsAreAsTheyAreDocumented) {
  const DesignConfig zcu102 = read_design(shipped("constraints/designs/m3-zcu102.yaml"));
  EXPECT_EQ(zcu102.name, "m3-zcu102");
  EXPECT_EQ(zcu102.array.macs(), 2048);
  EXPECT_EQ(zcu102.loader.ports, (std::vector<int>{0, 1, 3}));
  EXPECT_EQ(zcu102.buffers.weight_ring_rows, 6144);
  const DesignConfig zcu104 = read_design(shipped("constraints/designs/m3-zcu104.yaml"));
  EXPECT_EQ(zcu104.board, "zcu104");
  EXPECT_EQ(zcu104.array.macs(), 2048);
  EXPECT_EQ(zcu104.buffers.max_tokens, 272);
  EXPECT_TRUE(zcu104.buffers.ring_in_uram);
  const DesignConfig test = read_design(shipped("constraints/designs/m3-test.yaml"));
  EXPECT_EQ(test.array.macs(), 256);
  EXPECT_EQ(test.buffers.max_tokens, 48);
}

TEST_F(Design, EveryShippedDesignFitsItsBoardsPorts) {
  for (const char* name : {"m3-zcu102", "m3-zcu104", "m3-test"}) {
    const DesignConfig design =
        read_design(shipped(std::string("constraints/designs/") + name + ".yaml"));
    const BoardConfig board = read_board(shipped("constraints/boards/" + design.board + ".yaml"));
    EXPECT_NO_THROW(check_design_on_board(design, board));
  }
}

TEST_F(Design, OmittedKeysKeepTheDefaultsOfTheStruct) {
  const DesignConfig design =
      load("schema: 1\nname: d\nboard: b\narray: {token_lanes: 8, in_lanes: 16, out_lanes: 16}\n");
  DesignConfig expected;
  expected.name = "d";
  expected.board = "b";
  EXPECT_EQ(to_yaml(design), to_yaml(expected));
}

TEST_F(Design, YamlRoundTripKeepsEveryField) {
  const DesignConfig design = load(valid_, {{"precision", "w16a32"},
                                            {"clock_mhz", "299.97"},
                                            {"loader.prefetch", "oracle"},
                                            {"buffers.ring_in_uram", "true"},
                                            {"lanes.norm", "64"}});
  const DesignConfig back = load(to_yaml(design));
  EXPECT_EQ(back.precision, Precision::kW16A32);
  EXPECT_EQ(back.clock_mhz, 299.97);
  EXPECT_EQ(back.loader.prefetch, Prefetch::kOracle);
  EXPECT_TRUE(back.buffers.ring_in_uram);
  EXPECT_EQ(back.lanes.norm, 64);
  EXPECT_EQ(to_yaml(back), to_yaml(design));
}

TEST_F(Design, TheHashSeesValuesAndNotTheirForm) {
  const std::string hash = config_hash(load(valid_));
  EXPECT_EQ(hash.size(), 16U);
  EXPECT_EQ(
      config_hash(load("# a comment\n" + changed(valid_, "clock_mhz: 300", "clock_mhz: 300.0"))),
      hash);
  EXPECT_EQ(config_hash(load(changed(valid_, "precision: w8a8\n", ""))), hash);
  EXPECT_NE(config_hash(load(changed(valid_, "clock_mhz: 300", "clock_mhz: 301"))), hash);
  EXPECT_NE(config_hash(load(changed(valid_, "prefetch: popular", "prefetch: none"))), hash);
}

TEST_F(Design, LanesArePowersOfTwoUpTo64) {
  for (const char* lanes : {"1", "2", "64"}) {
    EXPECT_EQ(error(valid_, {{"lanes.requant", lanes}}), "(no error)");
  }
  for (const char* lanes : {"0", "3", "12", "128", "-8"}) {
    EXPECT_EQ(error(valid_, {{"lanes.requant", lanes}}),
              std::string("--set design.lanes.requant: error: lanes.requant: "
                          "expected a power of two in 1..64, got ") +
                  lanes);
  }
}

TEST_F(Design, ChoicesAreNamedWithTheNearestOne) {
  EXPECT_EQ(
      error(changed(valid_, "popular", "poplar")),
      "FILE:22:13: error: loader.prefetch: expected one of none, popular, oracle, got \"poplar\"\n"
      "  hint: did you mean \"popular\"?");
}

TEST_F(Design, BooleansAreTrueOrFalseOnly) {
  EXPECT_HAS(error(changed(valid_, "ring_in_uram: false", "ring_in_uram: yes")),
             "buffers.ring_in_uram: expected true or false, got \"yes\"");
}

TEST_F(Design, MaxTokensIsAMultipleOfTheTokenLanes) {
  EXPECT_HAS(error(changed(valid_, "max_tokens: 48", "max_tokens: 50")),
             "buffers.max_tokens: expected a multiple of 4 (array.token_lanes), got 50");
}

TEST_F(Design, WidestTokenAndHiddenLayerAreMultiplesOfTheInputLanes) {
  EXPECT_HAS(error(changed(valid_, "max_embed_dim: 64", "max_embed_dim: 60")),
             "buffers.max_embed_dim: expected a multiple of 8 (array.in_lanes), got 60");
  EXPECT_HAS(error(changed(valid_, "max_hidden: 128", "max_hidden: 127")),
             "buffers.max_hidden: expected a multiple of 8 (array.in_lanes), got 127");
}

TEST_F(Design, StagingHoldsTwoHalvesOfWholeGroups) {
  EXPECT_HAS(
      error(changed(valid_, "staging_tokens: 8", "staging_tokens: 12")),
      "buffers.staging_tokens: expected a multiple of 8 (two halves of array.token_lanes), got 12");
}

TEST_F(Design, APortLoadsOnce) {
  EXPECT_HAS(error(changed(valid_, "ports: [0, 1]", "ports: [1, 1]")),
             "FILE:20:10: error: loader.ports: expected each port once, got [1, 1]");
  EXPECT_HAS(error(changed(valid_, "ports: [0, 1]", "ports: []")),
             "loader.ports: expected a list of 1..16, got a list of 0");
  EXPECT_HAS(error(changed(valid_, "ports: [0, 1]", "ports: [0, 16]")),
             "loader.ports[1]: expected an integer in 0..15, got 16");
}

TEST_F(Design, NoMoreExpertsArePrefetchedThanThereCanBe) {
  EXPECT_HAS(error(changed(valid_, "prefetch_experts: 2", "prefetch_experts: 9")),
             "loader.prefetch_experts: expected at most 8 (buffers.max_experts), got 9");
}

TEST_F(Design, ARuleIsSilentAboutAFieldThatIsAlreadyWrong) {
  const std::string message = error(changed(valid_, "token_lanes: 4", "token_lanes: 5"));
  EXPECT_EQ(message,
            "FILE:8:22: error: array.token_lanes: expected a power of two in 1..64, got 5");
}

TEST_F(Design, PortsMustExistOnTheBoard) {
  DesignConfig design = load(valid_);
  BoardConfig board;
  board.name = "small";
  board.ports.resize(1);
  EXPECT_EQ(error_of<ConfigError>([&] { check_design_on_board(design, board); }),
            "design m3-test: error: loader.ports[1]: expected a port of board small, 0..0, got 1");
  board.ports.resize(2);
  EXPECT_NO_THROW(check_design_on_board(design, board));
}

TEST_F(Design, OverridesReplaceAddAndReachListItems) {
  const DesignConfig design =
      load(valid_, {{"array.out_lanes", "32"}, {"loader.ports[1]", "3"}, {"lanes", "{gelu: 4}"}});
  EXPECT_EQ(design.array.out_lanes, 32);
  EXPECT_EQ(design.loader.ports, (std::vector<int>{0, 3}));
  EXPECT_EQ(design.lanes.gelu, 4);
  EXPECT_EQ(design.lanes.norm, LaneConfig{}.norm);
  const std::string without = changed(valid_, "precision: w8a8\n", "");
  EXPECT_EQ(load(without, {{"precision", "w16a16"}}).precision, Precision::kW16A16);
}

TEST_F(Design, PublishedTechniquesAreUsedUnlessTakenOut) {
  const AblationConfig full = load(valid_).ablation;
  EXPECT_TRUE(full.attention_reorder && full.single_pass_softmax);
  EXPECT_TRUE(full.gelu_table && full.unified_unit);
  EXPECT_EQ(full.patch_reorder, PatchReorder::kQueues);
  const DesignConfig less =
      load(valid_, {{"ablation.patch_reorder", "cache"}, {"ablation", "{gelu_table: false}"}});
  EXPECT_FALSE(less.ablation.gelu_table);
  EXPECT_EQ(load(valid_, {{"ablation.patch_reorder", "reload"}}).ablation.patch_reorder,
            PatchReorder::kReload);
  EXPECT_HAS(error(valid_ + "ablation: {patch_reorder: que}\n"), "expected one of queues, cache");
}

TEST_F(Design, TheLastOverrideOfAKeyWins) {
  EXPECT_EQ(load(valid_, {{"clock_mhz", "100"}, {"clock_mhz", "200"}}).clock_mhz, 200.0);
}

TEST_F(Design, OverridesOfUnknownOrImpossibleKeysAreErrors) {
  const auto with = [&](const std::string& key, const std::string& value) {
    return error(valid_, {{key, value}});
  };
  EXPECT_EQ(with("array.out_lane", "8"),
            "--set design.array.out_lane: error: array.\"out_lane\": expected a known key, "
            "got an unknown one\n  hint: did you mean \"out_lanes\"?");
  EXPECT_HAS(with("loader.ports[2]", "1"), "expected the path of a value, got no list item 2");
  EXPECT_HAS(with("clock_mhz.x", "1"), "expected the path of a value, got no map around \"x\"");
  for (const char* key : {"", ".", "a..b", "a.", "[0]", "a[", "a[x]", "a[1", "a[1]b"}) {
    EXPECT_HAS(with(key, "1"), "expected a key path such as a.b or a[0].b") << key;
  }
  EXPECT_HAS(with("clock_mhz", "[1"), "clock_mhz: expected a YAML value, got \"[1\"");
  EXPECT_HAS(with("clock_mhz", ""), "clock_mhz: expected a number in 1..1000, got nothing");
}

}  // namespace
}  // namespace edgemoe::models
