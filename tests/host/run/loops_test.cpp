// SPDX-License-Identifier: Apache-2.0
// Designs given as loops run like accelerators of our own: same report, null where they know
// nothing.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "host/report/json_writer.hpp"
#include "host/report/page.hpp"
#include "host/run/describe_loops.hpp"
#include "host/run/published.hpp"
#include "host/run/session.hpp"
#include "models/schema/error.hpp"
#include "sim/engine/errors.hpp"
#include "tests/host/report/schema_check.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::host {
namespace {

/// One of the small model's experts gets all tokens, which stops the design as released.
SessionOptions on_edge_moe() {
  SessionOptions options;
  options.design_overrides = {{"define.direct_path_mended", "1"}};
  options.model = "test-tiny-synthetic";
  options.design = "edge-moe";
  return options;
}

/// A design without kernels: nothing but time is known of it.
SessionOptions on_example() {
  SessionOptions options;
  options.model = "test-tiny-synthetic";
  options.design = "example";
  return options;
}

const Locations& locations() {
  static const Locations all(EDGEMOE_SOURCE_DIR);
  return all;
}

SessionResult run(const SessionOptions& options) { return run_session(options, locations()); }

TEST(Loops, AFrameIsAPassPerTaskAndAllChecksHold) {
  const SessionResult result = run(on_edge_moe());
  const Report& report = result.page.report;
  ASSERT_EQ(report.runs.size(), 1u);
  const RunRecord& entry = report.runs[0];
  EXPECT_EQ(report.design.name, "edge-moe");
  EXPECT_EQ(report.design.precision, "w16a32");
  EXPECT_EQ(report.design.board, "zcu102");
  EXPECT_FALSE(report.checks.empty());
  for (const Check& check : report.checks)
    EXPECT_TRUE(check.ok) << check.name << ": " << check.detail;
  SessionOptions separate = on_edge_moe();
  separate.separate = true;
  const SessionResult alone = run(separate);
  ASSERT_EQ(alone.page.report.runs.size(), 2u);
  EXPECT_EQ(*entry.cycles, *alone.page.report.runs[0].cycles + *alone.page.report.runs[1].cycles);
  EXPECT_EQ(*entry.macs, *alone.page.report.runs[0].macs + *alone.page.report.runs[1].macs);
}

TEST(Loops, WhatTheyDoNotKnowIsNullAndTheReportFitsItsSchema) {
  const SessionResult result = run(on_example());
  const RunRecord& entry = result.page.report.runs[0];
  EXPECT_FALSE(entry.utilisation || entry.golden || entry.metrics);
  EXPECT_FALSE(entry.commands->front().macs);
  EXPECT_FALSE(result.page.report.notes.empty());
  EXPECT_EQ(result.entries[0].tasks[0].map_png, "");
  std::vector<std::string> problems;
  test::validate(nlohmann::json::parse(report_schema()),
                 nlohmann::json::parse(report_json(result.page.report)), "report", &problems);
  EXPECT_EQ(problems, std::vector<std::string>{});
  EXPECT_NE(report_html(result.page).find("scale.read"), std::string::npos);
}

TEST(Loops, CommandsAreTheStagesInOrderWithUniqueNames) {
  const SessionResult result = run(on_edge_moe());
  std::set<std::string> names;
  std::uint64_t at = 0;
  for (const CommandRecord& stage : *result.page.report.runs[0].commands) {
    EXPECT_TRUE(names.insert(stage.name).second) << stage.name;
    EXPECT_EQ(stage.begin, at) << stage.name;
    at = stage.end;
  }
  EXPECT_EQ(names.count("depth.block[1]/moe/gate"), 1u);
  EXPECT_FALSE(result.page.timelines[0].slices.empty());
}

TEST(Loops, WithoutKernelsQueuesAreThoseOfTheReferenceEvenWithoutAComparison) {
  SessionOptions options = on_example();
  const SessionResult with = run(options);
  options.golden = false;
  const SessionResult without = run(options);
  EXPECT_EQ(*with.page.report.runs[0].cycles, *without.page.report.runs[0].cycles);
  ASSERT_EQ(without.page.report.runs[0].experts.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(without.page.report.runs[0].experts[i].load,
              with.page.report.runs[0].experts[i].load);
  }
}

TEST(Loops, OverridesReachTheFormulas) {
  SessionOptions options = on_edge_moe();
  const std::uint64_t before = *run(options).page.report.runs[0].cycles;
  options.design_overrides.push_back({"define.p", "1"});
  EXPECT_GT(*run(options).page.report.runs[0].cycles, before);
}

TEST(Loops, ADeadlockOfTheDesignIsReportedAsOne) {
  SessionOptions options = on_edge_moe();
  options.design_overrides.clear();
  EXPECT_THROW(run(options), sim::DeadlockError);
}

TEST(Loops, EnginesThatTheyLackAndCycleLimitsAreRefused) {
  SessionOptions options = on_example();
  options.engine = Engine::kKernels;
  EXPECT_THROW(run(options), models::ConfigError);
  options.engine = Engine::kRtl;
  EXPECT_THROW(run(options), models::ConfigError);
  options.engine = Engine::kCycle;
  options.max_cycles = 10;
  EXPECT_THROW(run(options), sim::TimeoutError);
}

TEST(Loops, KernelsOfAnotherPrecisionAreRefused) {
  SessionOptions options = on_edge_moe();
  options.design_overrides.push_back({"kernels", "m3-test"});
  try {
    run(options);
    FAIL() << "accepted";
  } catch (const models::ConfigError& error) {
    EXPECT_NE(error.messages().front().find("kernels: expected a design of precision w16a32"),
              std::string::npos);
  }
}

TEST(Loops, EdgeMoeComputesInItsPublishedFormats) {
  const SessionResult result = run(on_edge_moe());
  const RunRecord& entry = result.page.report.runs[0];
  ASSERT_TRUE(entry.golden);
  EXPECT_GT(*entry.golden->at("semseg").forced->sqnr_db, 30.0);
  EXPECT_NE(result.entries[0].tasks[0].map_png, "");
}

TEST(Loops, KernelsOfTheirPrecisionGiveValuesAndQueues) {
  SessionOptions options = on_edge_moe();
  options.design_overrides.push_back({"kernels", "m3-test"});
  options.design_overrides.push_back({"precision", "w8a8"});
  const SessionResult result = run(options);
  const RunRecord& entry = result.page.report.runs[0];
  ASSERT_TRUE(entry.golden);
  EXPECT_GT(*entry.golden->at("semseg").sqnr_db, 20.0);
  EXPECT_NE(result.entries[0].tasks[0].map_png, "");
  for (const Check& check : result.page.report.checks)
    EXPECT_TRUE(check.ok) << check.name << ": " << check.detail;
}

TEST(Loops, DescriptionCountsTheBytesThatARunMoves) {
  const host::Setup setup = load_setup(on_edge_moe(), locations());
  const LoopDescription d = describe_loops(setup.model, *setup.loops, setup.board);
  const sim::DesignRun run =
      sim::run_design(*setup.loops, setup.model, sim::even_queues(setup.model), setup.board.dram);
  EXPECT_EQ(d.read_bytes, run.read_bytes);
  EXPECT_EQ(d.write_bytes, run.write_bytes);
  EXPECT_EQ(d.pipeline_cycles, run.pipeline_cycles);
  EXPECT_LE(d.compute_ms, run.latency_ms);
  EXPECT_NE(to_text(d).find("block/qk"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(to_json(d))["stages"].size(), d.stages.size());
}

TEST(Loops, NamesOfOthersDesignsAreListedWithoutTheirDataFiles) {
  const std::vector<std::string> names = locations().published_designs();
  EXPECT_NE(std::find(names.begin(), names.end(), "edge-moe"), names.end());
  for (const char* other : {"figures", "routing-semseg"})
    EXPECT_EQ(std::find(names.begin(), names.end(), other), names.end()) << other;
}

TEST(Published, FiguresOfTheShippedFileAreFound) {
  EXPECT_GT(published_figures(locations()).size(), 5u);
}

/// The shipped example as somebody would write it who has no report of synthesis.
std::string without_resources() {
  std::ifstream file(std::string(EDGEMOE_SOURCE_DIR) + "/constraints/published/example.yaml");
  std::string text;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("resources:", 0) != 0) text += line + "\n";
  }
  return text;
}

TEST(Loops, EnergyNeedsTheDesignsResources) {
  SessionOptions options = on_edge_moe();
  const SessionResult known = run(options);
  const RunRecord& entry = known.page.report.runs[0];
  ASSERT_TRUE(entry.energy_mj);
  EXPECT_NEAR(*entry.power_w, *entry.energy_mj / *entry.latency_ms, 1e-9);
  EXPECT_LT(entry.energy_band_mj->at(0), *entry.energy_mj);
  tests::TempFolder folder;
  options.design = folder.write("bare.yaml", without_resources()).string();
  options.design_overrides.clear();
  const SessionResult unknown = run(options);
  EXPECT_FALSE(unknown.page.report.runs[0].energy_mj);
  EXPECT_FALSE(unknown.page.report.resources);
}

}  // namespace
}  // namespace edgemoe::host
