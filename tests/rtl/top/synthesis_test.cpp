// SPDX-License-Identifier: Apache-2.0
// The real tool on a module with two levels below it: hierarchical totals, what a second call
// keeps, and what an error says.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "host/run/synthesis.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

namespace fs = std::filesystem;

class Synthesis : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(EDGEMOE_BINARY_DIR) / "synthesis-test";
    fs::remove_all(folder_);
    options_.repository = EDGEMOE_SOURCE_DIR;
    options_.folder = folder_;
    options_.top = "edgemoe_norm_bank";
    options_.progress = [this](std::size_t done, std::size_t total, const std::string& module) {
      EXPECT_LT(done, total);
      begun_.push_back(module);
    };
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
  SynthesisOptions options_;
  std::vector<std::string> begun_;
};

TEST_F(Synthesis, TotalsAddUpAndASecondCallStartsOnlyWhatIsMissing) {
  const ModuleCells first = synthesise(options_);
  EXPECT_EQ(first.module, "edgemoe_norm_bank");
  ASSERT_FALSE(first.children.empty());
  CellCounts sum = first.own;
  for (const ModuleCells& child : first.children) sum += child.cells;
  EXPECT_EQ(sum.luts(), first.cells.luts());
  EXPECT_EQ(sum.bram36, first.cells.bram36);
  EXPECT_GT(first.cells.bram36, 0);
  EXPECT_EQ(first.own.bram36, 0);
  EXPECT_GE(begun_.size(), 3u);  // the elaboration, the top, what is below
  begun_.clear();
  EXPECT_EQ(synthesise(options_).cells.ff, first.cells.ff);
  EXPECT_TRUE(begun_.empty());
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "synth")) {
    if (entry.path().extension() != ".stat") continue;
    fs::remove(entry.path());
    break;
  }
  EXPECT_EQ(synthesise(options_).cells.ff, first.cells.ff);
  EXPECT_EQ(begun_.size(), 1u);
}

TEST_F(Synthesis, ParametersReachTheTop) {
  options_.top = "edgemoe_delay";
  options_.parameters = {{"Width", 5}, {"Depth", 1}};
  EXPECT_EQ(synthesise(options_).cells.ff, 5);
  options_.parameters = {{"Width", 7}, {"Depth", 1}};
  EXPECT_EQ(synthesise(options_).cells.ff, 7);
}

TEST_F(Synthesis, AnUnknownModuleNamesTheNearest) {
  options_.top = "edgemoe_norm_bamk";
  try {
    synthesise(options_);
    FAIL();
  } catch (const models::ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("edgemoe_norm_bank"), std::string::npos);
  }
}

TEST_F(Synthesis, WhatTheToolRefusesIsSaidWithItsWords) {
  fs::create_directories(folder_ / "repository" / "rtl" / "common");
  std::ofstream(folder_ / "repository/rtl/common/edgemoe_pkg.sv")
      << "package edgemoe_pkg; endpackage\n";
  std::ofstream(folder_ / "repository/rtl/wrong.sv") << "module wrong(; endmodule\n";
  options_.repository = folder_ / "repository";
  options_.top = "wrong";
  try {
    synthesise(options_);
    FAIL();
  } catch (const models::ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("syntax error"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace edgemoe::host
