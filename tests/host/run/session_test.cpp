// SPDX-License-Identifier: Apache-2.0
// Whole runs on the small synthetic model.
#include "host/run/session.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/report/json_writer.hpp"
#include "models/schema/error.hpp"
#include "tests/host/report/schema_check.hpp"

namespace edgemoe::host {
namespace {

SessionOptions small(Engine engine) {
  SessionOptions options;
  options.model = "test-tiny-synthetic";
  options.design = "m3-test";
  options.engine = engine;
  return options;
}

SessionResult run(const SessionOptions& options) {
  return run_session(options, Locations(EDGEMOE_SOURCE_DIR));
}

TEST(Session, CycleRunFillsEveryPartAndAllChecksHold) {
  const SessionResult result = run(small(Engine::kCycle));
  const Report& report = result.page.report;
  ASSERT_EQ(report.runs.size(), 1u);
  const RunRecord& entry = report.runs[0];
  EXPECT_EQ(entry.tasks, (std::vector<std::string>{"semseg", "depth"}));
  EXPECT_GT(*entry.cycles, 0u);
  EXPECT_GT(*entry.energy_mj, 0.0);
  EXPECT_EQ(entry.golden->size(), 2u);
  EXPECT_EQ(entry.experts.size(), 4u);
  EXPECT_FALSE(result.page.timelines[0].slices.empty());
  ASSERT_EQ(entry.energy_per_task_mj->size(), 2u);
  EXPECT_NEAR(entry.energy_per_task_mj->at("semseg") + entry.energy_per_task_mj->at("depth"),
              *entry.energy_mj, 1e-9 * *entry.energy_mj);
  EXPECT_GT(*entry.energy_per_expert_load_mj, 0.0);
  EXPECT_LT(*entry.energy_per_expert_load_mj, *entry.energy_mj);
  EXPECT_EQ(entry.energy_items->size(), entry.energy_breakdown_mj->size());
  EXPECT_EQ(report.checks.size(), 13u);
  for (const Check& check : report.checks)
    EXPECT_TRUE(check.ok) << check.name << ": " << check.detail;
  std::vector<std::string> problems;
  test::validate(nlohmann::json::parse(report_schema()), nlohmann::json::parse(report_json(report)),
                 "report", &problems);
  EXPECT_EQ(problems, std::vector<std::string>{});
}

TEST(Session, EveryTapIsWithinItsBound) {
  const SessionResult result = run(small(Engine::kKernels));
  for (const auto& [task, golden] : *result.page.report.runs[0].golden) {
    ASSERT_TRUE(golden.forced.has_value());
    EXPECT_GT(*golden.forced->sqnr_db, 28.0) << task;
    std::size_t bounded = 0;
    for (const TapError& tap : golden.forced->taps) {
      EXPECT_TRUE(tap.ok.value_or(true)) << task << " " << tap.tap << " " << *tap.sqnr_db;
      bounded += tap.ok ? 1 : 0;
    }
    EXPECT_GT(bounded, 40u);
  }
}

TEST(Session, TwoRunsGiveEqualBytesApartFromHost) {
  const auto text = [] {
    auto json = nlohmann::json::parse(report_json(run(small(Engine::kCycle)).page.report));
    json.erase("host");
    return json.dump();
  };
  EXPECT_EQ(text(), text());
}

TEST(Session, ForcedRoutingAgreesFully) {
  SessionOptions options = small(Engine::kKernels);
  options.force_routing = true;
  const SessionResult result = run(options);
  for (const auto& [task, golden] : *result.page.report.runs[0].golden) {
    EXPECT_TRUE(golden.routing_forced);
    EXPECT_EQ(golden.routing_agreement, 1.0);
    EXPECT_EQ(golden.sqnr_db, golden.forced->sqnr_db);
  }
}

void expect_sound(const SessionOptions& options) {
  const SessionResult result = run(options);
  for (const Check& check : result.page.report.checks)
    EXPECT_TRUE(check.ok) << check.name << ": " << check.detail;
  for (const auto& [task, golden] : *result.page.report.runs[0].golden) {
    EXPECT_GT(*golden.forced->sqnr_db, 25.0) << task;
    EXPECT_GT(golden.routing_agreement, 0.8) << task;
  }
}

TEST(Session, GateThatAllTasksShareIsRoutedOnce) {
  SessionOptions options = small(Engine::kCycle);
  options.model_overrides = {{"moe.gate", "shared"}};
  expect_sound(options);
}

TEST(Session, ChoicesBelowTheThresholdStayDroppedWhenRoutingIsForced) {
  SessionOptions options = small(Engine::kCycle);
  for (const char* threshold : {"0.3", "0.6", "1"}) {
    options.model_overrides = {{"moe.threshold", threshold}};
    expect_sound(options);
  }
}

TEST(Session, SmallestShapesRun) {
  SessionOptions options = small(Engine::kCycle);
  for (const models::Overrides& change :
       {models::Overrides{{"blocks", "[mlp]"}}, models::Overrides{{"blocks", "[moe]"}},
        models::Overrides{{"moe.experts", "1"}, {"moe.top_k", "1"}},
        models::Overrides{{"embed_dim", "30"}, {"heads", "3"}, {"moe.hidden", "19"}},
        models::Overrides{{"image.height", "16"}, {"image.width", "16"}}}) {
    options.model_overrides = change;
    expect_sound(options);
  }
}

TEST(Session, SeparateTasksHaveTheSameValuesButTheirOwnTime) {
  SessionOptions options = small(Engine::kCycle);
  const SessionResult together = run(options);
  options.separate = true;
  const SessionResult apart = run(options);
  ASSERT_EQ(apart.page.report.runs.size(), 2u);
  std::uint64_t cycles = 0;
  for (const RunRecord& entry : apart.page.report.runs) {
    ASSERT_EQ(entry.tasks.size(), 1u);
    const std::string task = entry.tasks[0];
    EXPECT_EQ(entry.golden->at(task).sqnr_db, together.page.report.runs[0].golden->at(task).sqnr_db)
        << task;
    cycles += *entry.cycles;
  }
  EXPECT_GT(cycles, *together.page.report.runs[0].cycles) << "the shared prefix is computed once";
  for (const Check& check : apart.page.report.checks)
    EXPECT_TRUE(check.ok) << check.name << ": " << check.detail;
}

TEST(Session, OneTaskAndTaskOrderAreTheUsers) {
  SessionOptions options = small(Engine::kKernels);
  options.tasks = {"depth", "semseg"};
  EXPECT_EQ(run(options).page.report.runs[0].tasks, options.tasks);
  options.tasks = {"depth"};
  EXPECT_EQ(run(options).page.report.runs[0].golden->size(), 1u);
}

TEST(Session, ReferenceAloneHasMapsButNoTimeAndNoErrors) {
  const SessionResult result = run(small(Engine::kReference));
  const RunRecord& entry = result.page.report.runs[0];
  EXPECT_FALSE(entry.cycles || entry.golden || entry.macs);
  EXPECT_FALSE(result.entries[0].tasks[0].map_png.empty());
  EXPECT_TRUE(result.page.report.checks.empty());
}

TEST(Session, WithoutGoldenThereIsNoComparison) {
  SessionOptions options = small(Engine::kCycle);
  options.golden = false;
  const SessionResult result = run(options);
  EXPECT_FALSE(result.page.report.runs[0].golden.has_value());
  EXPECT_EQ(result.page.report.host.phases_s.count("reference"), 0u);
  EXPECT_GT(*result.page.report.runs[0].cycles, 0u);
}

TEST(Session, TapsReachTheSinkInTheReferencesShape) {
  SessionOptions options = small(Engine::kKernels);
  std::map<std::string, std::size_t> taps;
  options.tap_sink = [&taps](const std::string&, const std::string& task,
                             const models::TensorMap& map) {
    taps[task] = map.size();
    EXPECT_EQ(map.at("l03.x").shape, (std::vector<std::int64_t>{9, 32}));
    EXPECT_EQ(map.at("l01.moe.index").shape, (std::vector<std::int64_t>{9, 2}));
    EXPECT_EQ(map.count("head." + task), 1u);
  };
  run(options);
  EXPECT_EQ(taps.size(), 2u);
  EXPECT_GT(taps["semseg"], 40u);
}

TEST(Session, SeedChangesSyntheticWeightsAndTheGeneratedImage) {
  SessionOptions options = small(Engine::kReference);
  const auto map_of = [&options](std::uint64_t seed) {
    options.seed = seed;
    return run(options).entries[0].tasks[1].map_png;
  };
  EXPECT_EQ(map_of(3), map_of(3));
  EXPECT_NE(map_of(3), map_of(4));
}

TEST(Session, OverridesReachDesignAndBoard) {
  SessionOptions options = small(Engine::kCycle);
  const std::uint64_t before = *run(options).page.report.runs[0].cycles;
  options.board_overrides = {{"dram.efficiency_cap", "0.2"}};
  EXPECT_GT(*run(options).page.report.runs[0].cycles, before);
  options.board_overrides.clear();
  options.design_overrides = {{"buffers.max_tokens", "8"}};
  EXPECT_THROW(run(options), models::ConfigError);
}

TEST(Session, UnknownTasksAndEnginesAreUsageErrors) {
  SessionOptions options = small(Engine::kReference);
  options.tasks = {"semsge"};
  EXPECT_THROW(run(options), UsageError);
  options.tasks = {"depth", "depth"};
  EXPECT_THROW(run(options), UsageError);
  EXPECT_THROW(engine_by_name("cylce"), UsageError);
  EXPECT_EQ(engine_by_name("rtl"), Engine::kRtl);
  EXPECT_EQ(engine_by_name("kernels"), Engine::kKernels);
}

}  // namespace
}  // namespace edgemoe::host
