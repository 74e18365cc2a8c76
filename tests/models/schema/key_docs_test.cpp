// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/key_doc.hpp"
#include "tests/models/schema/config_fixture.hpp"

namespace edgemoe::models {
namespace {

KeyDoc find(const std::vector<KeyDoc>& docs, const std::string& path) {
  const auto doc =
      std::find_if(docs.begin(), docs.end(), [&](const KeyDoc& d) { return d.path == path; });
  if (doc == docs.end()) throw std::logic_error("no key " + path);
  return *doc;
}

TEST(KeyDocs, EveryKeyOfEveryFileIsDescribedOnce) {
  for (const std::vector<KeyDoc>& docs : {model_keys(), design_keys(), board_keys()}) {
    std::set<std::string> paths;
    EXPECT_GT(docs.size(), 20U);
    for (const KeyDoc& doc : docs) {
      EXPECT_TRUE(paths.insert(doc.path).second) << doc.path;
      EXPECT_FALSE(doc.type.empty()) << doc.path;
      EXPECT_FALSE(doc.description.empty()) << doc.path;
      EXPECT_TRUE(!doc.required || doc.default_value.empty()) << doc.path;
    }
  }
}

TEST(KeyDocs, TypeRangeDefaultAndUnitAreTheReadersOwn) {
  const KeyDoc lanes = find(design_keys(), "lanes.softmax");
  EXPECT_EQ(lanes.type, "integer");
  EXPECT_EQ(lanes.range, "1..64, powers of two");
  EXPECT_EQ(lanes.default_value, "32");
  EXPECT_FALSE(lanes.required);
  const KeyDoc clock = find(design_keys(), "clock_mhz");
  EXPECT_EQ(clock.unit, "MHz");
  EXPECT_EQ(clock.default_value, "300");
  const KeyDoc ports = find(design_keys(), "loader.ports");
  EXPECT_EQ(ports.type, "list of 1..16 integer");
  EXPECT_EQ(ports.default_value, "[0, 1, 3]");
  EXPECT_EQ(find(design_keys(), "loader.prefetch").type, "one of none, popular, oracle");
  EXPECT_TRUE(find(board_keys(), "energy.ps.source").required);
  EXPECT_EQ(find(board_keys(), "energy.dram_burst.value").unit, "pJ/bit");
  EXPECT_EQ(find(model_keys(), "tasks").type, "list of 1..64 maps");
  EXPECT_TRUE(find(model_keys(), "tasks[].head.channels").required);
  EXPECT_EQ(find(model_keys(), "tasks[].colours").default_value, "");
}

/// A key that is listed can be set: each scalar default of a design, written as an override,
/// changes nothing.
TEST(KeyDocs, EveryListedDefaultOfADesignIsAcceptedAndIsTheDefault) {
  const tests::TempFolder folder;
  const auto file = folder.write(
      "d.yaml",
      "schema: 1\nname: d\nboard: b\narray: {token_lanes: 8, in_lanes: 16, out_lanes: 16}\n");
  const std::string plain = to_yaml(read_design(file));
  int settable = 0;
  for (const KeyDoc& doc : design_keys()) {
    if (doc.default_value.empty()) continue;
    EXPECT_EQ(to_yaml(read_design(file, {{doc.path, doc.default_value}})), plain) << doc.path;
    ++settable;
  }
  EXPECT_GT(settable, 15);
}

/// And a key that can be written is listed: every key of a canonical file is known to the list.
TEST(KeyDocs, EveryKeyOfTheCanonicalBoardIsListed) {
  const std::string yaml = to_yaml(read_board(tests::shipped("constraints/boards/zcu102.yaml")));
  std::set<std::string> leaves;
  for (const KeyDoc& doc : board_keys())
    leaves.insert(doc.path.substr(doc.path.find_last_of('.') + 1));
  std::istringstream lines(yaml);
  int keys = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(" -");
    const std::string key = line.substr(begin, line.find(':') - begin);
    EXPECT_TRUE(leaves.count(key) == 1) << key;
    ++keys;
  }
  EXPECT_GT(keys, 60);
}

}  // namespace
}  // namespace edgemoe::models
