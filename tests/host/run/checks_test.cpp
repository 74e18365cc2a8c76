// SPDX-License-Identifier: Apache-2.0
#include "host/run/checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace edgemoe::host {
namespace {

/// 16 x 16 pixels are one patch: two tokens of width 2, blocks mlp, moe.
models::ModelConfig small_model() {
  models::ModelConfig model;
  model.image.height = model.image.width = 16;
  model.embed_dim = 2;
  model.heads = 1;
  model.blocks = {models::BlockKind::kMlp, models::BlockKind::kMoe};
  model.mlp_hidden = 8;
  model.moe.experts = 4;
  model.moe.top_k = 1;
  model.moe.hidden = 3;
  model.tasks.resize(2);
  return model;
}

TaskValues routed(std::vector<std::int32_t> index) {
  TaskValues values;
  values.routing.blocks[1] = {2, 1, std::move(index), {1.0F, 1.0F}};
  return values;
}

// Two tokens of width 2: QKV 2*2*6 = 24, scores and values 2*(2*2*2) = 16, projection 8.
constexpr std::uint64_t kAttention = 48;
constexpr std::uint64_t kEmbed = 768 * 2, kMlp = 2 * 2 * 2 * 8, kGate = 2 * 2 * 4,
                        kChoice = 2 * 2 * 3;

TEST(NetworkMacs, MatchACountByHand) {
  EXPECT_EQ(network_macs(small_model(), {routed({0, 3})}),
            kEmbed + 2 * kAttention + kMlp + kGate + 2 * kChoice);
}

TEST(NetworkMacs, SharedPrefixCountsOnceAndDroppedChoicesNothing) {
  EXPECT_EQ(network_macs(small_model(), {routed({0, 3}), routed({-1, 3})}),
            kEmbed + 2 * kAttention + kMlp + 2 * kGate + 3 * kChoice);
}

TEST(NetworkMacs, NoTasksNoWork) { EXPECT_EQ(network_macs(small_model(), {}), 0u); }

RunRecord consistent_record() {
  RunRecord record;
  record.cycles = 100;
  record.latency_ms = 1.0;
  record.macs = 10;
  record.macs_padded = 12;
  record.energy_mj = 3.0;
  record.energy_breakdown_mj = {{"mac", 1.0}, {"ps", 2.0}};
  record.roofline = RooflineInfo{0.5, 0.8, 1.25, 60, 1000};
  record.dram = DramInfo{1410, 1408, 2, 1, 0.5, 0, 0, 0};
  record.stalls = {{"array", {{"busy", 60}, {"weights", 40}}}};
  record.commands = {{"a", "all", "array", 0, 60, 10, 0, {}}};
  return record;
}

/// A run of loops: two stages, no array.
RunRecord stages_record() {
  RunRecord record = consistent_record();
  record.stalls = {{"a.read", {{"busy", 60}, {"other stages", 40}}}};
  record.energy_mj.reset();
  record.dram = DramInfo{60, 60, 0, 40, 0.5, 0, 0, 0};
  record.commands = {{"a", "t", "norm", 0, 60, {}, 30, {}},
                     {"b", "t", "norm", 60, 100, {}, 70, {}}};
  return record;
}

bool ok(const RunRecord& record, const std::string& name) {
  for (const Check& check : check_frame(small_model(), record, nullptr)) {
    if (check.name == name) return check.ok;
  }
  ADD_FAILURE() << "no check " << name;
  return false;
}

TEST(Checks, ConsistentRunPassesAll) {
  for (const Check& check : check_frame(small_model(), consistent_record(), nullptr))
    EXPECT_TRUE(check.ok) << check.name;
}

TEST(Checks, EachViolationIsNoticed) {
  RunRecord record = consistent_record();
  record.dram->needed_bytes = 1409;
  EXPECT_FALSE(ok(record, "bytes_conserved"));
  record = consistent_record();
  record.roofline->memory_bytes = 1410;
  EXPECT_FALSE(ok(record, "bytes_match_closed_form"));
  record.roofline->memory_bytes = 800;
  EXPECT_FALSE(ok(record, "bytes_match_closed_form"));
  record = consistent_record();
  record.roofline->compute_cycles = 59;
  EXPECT_FALSE(ok(record, "array_cycles_match_closed_form"));
  record.roofline->compute_cycles = 61;
  EXPECT_FALSE(ok(record, "array_cycles_match_closed_form"));
  (*record.stalls)["array"] = {{"busy", 60}, {"output", 1}, {"weights", 39}};
  EXPECT_TRUE(ok(record, "array_cycles_match_closed_form"));
  record.roofline->compute_cycles = 63;
  EXPECT_FALSE(ok(record, "array_cycles_match_closed_form"));
  record = consistent_record();
  (*record.stalls)["array"]["busy"] = 61;
  EXPECT_FALSE(ok(record, "unit_cycles_conserved"));
  record = consistent_record();
  record.commands->at(0).end = 101;
  EXPECT_FALSE(ok(record, "commands_within_the_run"));
  record = consistent_record();
  record.macs = 13;
  EXPECT_FALSE(ok(record, "padding_only_adds"));
  record = consistent_record();
  record.roofline->ratio = 0.99;
  EXPECT_FALSE(ok(record, "roofline_not_beaten"));
  record = consistent_record();
  record.energy_mj = 3.1;
  EXPECT_FALSE(ok(record, "energy_adds_up"));
  record.energy_mj = 3.0;
  record.energy_per_task_mj = {{"semseg", 2.0}, {"depth", 1.0}};
  EXPECT_TRUE(ok(record, "energy_of_tasks_adds_up"));
  (*record.energy_per_task_mj)["depth"] = 1.5;
  EXPECT_FALSE(ok(record, "energy_of_tasks_adds_up"));
}

TEST(Checks, KernelsAreHeldAgainstTheNetwork) {
  Execution kernels;
  kernels.tasks = {routed({0, 3})};
  kernels.status.emplace();
  kernels.status->macs = network_macs(small_model(), kernels.tasks) + 1;
  kernels.status->residual_saturations = 2;
  kernels.results_match_taps = false;
  for (const Check& check : check_frame(small_model(), RunRecord{}, &kernels))
    EXPECT_FALSE(check.ok) << check.name;
}

TEST(Checks, MergedVerdictNamesTheFirstFrameThatFails) {
  const auto merged = merge_checks({{"a", {{"x", true, "1"}, {"y", true, "2"}}},
                                    {"b", {{"x", false, "3"}, {"y", true, "4"}}},
                                    {"c", {{"x", false, "5"}}}});
  ASSERT_EQ(merged.size(), 2u);
  EXPECT_FALSE(merged[0].ok);
  EXPECT_EQ(merged[0].detail, "b: 3");
  EXPECT_TRUE(merged[1].ok);
}

TEST(Checks, FailureOfTheFirstFrameIsKept) {
  const auto merged = merge_checks({{"a", {{"x", false, "1"}}}, {"b", {{"x", true, "2"}}}});
  EXPECT_FALSE(merged[0].ok);
  EXPECT_EQ(merged[0].detail, "a: 1");
}

TEST(CheckFrame, StagesOfLoopsFillTheRunAndMoveAllBytes) {
  EXPECT_TRUE(ok(stages_record(), "stages_fill_the_run"));
  EXPECT_TRUE(ok(stages_record(), "stages_move_all_bytes"));
  RunRecord gap = stages_record();
  gap.commands->at(1).begin = 61;
  EXPECT_FALSE(ok(gap, "stages_fill_the_run"));
  RunRecord early = stages_record();
  early.cycles = 101;
  EXPECT_FALSE(ok(early, "stages_fill_the_run"));
  RunRecord lost = stages_record();
  lost.commands->at(0).bytes = 29;
  EXPECT_FALSE(ok(lost, "stages_move_all_bytes"));
}

}  // namespace
}  // namespace edgemoe::host
