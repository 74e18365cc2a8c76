// SPDX-License-Identifier: Apache-2.0
// The JSON of a synthesised hierarchy has every level, and says whether a board holds it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/run/cell_report.hpp"

namespace edgemoe::host {
namespace {

ModuleCells hierarchy() {
  ModuleCells leaf;
  leaf.module = "leaf";
  leaf.instances = 3;
  leaf.own.lut = leaf.cells.lut = 30;
  ModuleCells top;
  top.module = "top";
  top.instances = 1;
  top.own.lut_memory = 8;
  top.cells = top.own;
  top.cells += leaf.cells;
  top.cells.bram36 = 1.5;
  top.children.push_back(leaf);
  return top;
}

models::BoardConfig board(int lut, int bram36) {
  models::BoardConfig config;
  config.name = "bench";
  config.resources.lut = lut;
  config.resources.bram36 = bram36;
  return config;
}

TEST(CellReport, JsonHasEveryLevel) {
  const auto json = nlohmann::json::parse(to_json(hierarchy(), "m3", board(38, 2)));
  EXPECT_EQ(json["design"], "m3");
  EXPECT_EQ(json["board"]["lut"], 38);
  EXPECT_EQ(json["board"]["fits"], true);
  EXPECT_EQ(json["hierarchy"]["cells"]["lut"], 38);
  EXPECT_EQ(json["hierarchy"]["own"]["lut"], 8);
  EXPECT_EQ(json["hierarchy"]["children"][0]["module"], "leaf");
  EXPECT_EQ(json["hierarchy"]["children"][0]["instances"], 3);
}

TEST(CellReport, AModuleByItselfHasNeitherDesignNorBoard) {
  const auto json = nlohmann::json::parse(to_json(hierarchy(), "", std::nullopt));
  EXPECT_TRUE(json["design"].is_null());
  EXPECT_TRUE(json["board"].is_null());
}

TEST(CellReport, MemoriesInLutsAndHalfBlocksCountAgainstTheBoard) {
  EXPECT_TRUE(fits(hierarchy().cells, board(38, 2)));
  EXPECT_FALSE(fits(hierarchy().cells, board(37, 2)));
  EXPECT_FALSE(fits(hierarchy().cells, board(38, 1)));
}

}  // namespace
}  // namespace edgemoe::host
