// SPDX-License-Identifier: Apache-2.0
// The preset against what was published of it.
#include <gtest/gtest.h>

#include <ctime>

#include "sim/engine/errors.hpp"
#include "tests/sim/published/stages.hpp"

namespace edgemoe::tests {
namespace {

class EdgeMoe : public testing::Test {
 protected:
  models::LoopDesignConfig design(const models::Overrides& overrides = {}) const {
    return models::read_loop_design(repository("constraints/published/edge-moe.yaml"), overrides);
  }
  sim::DesignRun run(const models::Overrides& overrides = {}) {
    return sim::run_design(design(overrides), network_, queues_, dram_, &cache_);
  }

  models::ModelConfig network_ = models::read_model(repository("models/zoo/m3vit-tiny-scenes"));
  models::DramConfig dram_ = models::read_board(repository("constraints/boards/zcu102.yaml")).dram;
  sim::Queues queues_ =
      models::read_expert_queues(repository("constraints/published/routing-semseg.yaml"), 6, 16)
          .queues;
  sim::StageCache cache_;
};

TEST_F(EdgeMoe, MeetsThePublishedLatencyWithinFivePercent) {
  EXPECT_NEAR(run().latency_ms, 34.64, 0.05 * 34.64);
}

TEST_F(EdgeMoe, SpendsHalfItsTimeInTheProductsOfAttention) {
  const sim::DesignRun run = this->run();
  const double share =
      static_cast<double>(run.group_cycles("attention")) / static_cast<double>(run.cycles);
  EXPECT_GT(share, 0.45);
  EXPECT_LT(share, 0.55);
}

TEST_F(EdgeMoe, MovesTheBytesOfItsSchedule) {
  const sim::DesignRun run = this->run();
  const std::uint64_t token = 192 * 4;
  std::uint64_t qk = 0;
  std::uint64_t experts = 0;
  for (const sim::StageTotal& stage : run.stages) {
    if (stage.name == "block/qk") qk = stage.read_bytes;
    if (stage.name == "block/moe/experts/hidden") experts = stage.read_bytes;
  }
  EXPECT_EQ(qk, 12u * (33 * 129 + 129) * token);  // K for every fourth query, Q once
  // Second matrix and bias of every active expert, and each routed token.
  EXPECT_EQ(experts, 6u * (16 * (192 * 384 * 2 + 192 * 2) + 258 * token));
}

TEST_F(EdgeMoe, SpansFollowOneAnotherWithoutAGapAndNameTheirRepetition) {
  const sim::DesignRun run = this->run();
  sim::Cycle at = 0;
  std::uint64_t bytes = 0, pipelines = 0;
  std::size_t products_of_block_3 = 0;
  for (const sim::StageSpan& span : run.spans) {
    EXPECT_EQ(span.begin, at) << span.place;
    EXPECT_GE(span.end - span.begin, span.pipeline_cycles) << span.place;
    at = span.end;
    bytes += span.bytes;
    pipelines += span.pipeline_cycles;
    products_of_block_3 += span.place == "block[3]/qk" ? 1 : 0;
  }
  EXPECT_EQ(at, run.cycles);
  EXPECT_EQ(bytes, run.read_bytes + run.write_bytes);
  EXPECT_EQ(pipelines, run.pipeline_cycles);
  EXPECT_EQ(products_of_block_3, 1u);
  EXPECT_EQ(run.dram.row_hits + run.dram.row_misses + run.dram.row_conflicts,
            run.dram.read_bursts + run.dram.write_bursts);
}

TEST_F(EdgeMoe, PartsAddUpToTheWhole) {
  const sim::DesignRun run = this->run();
  sim::Cycle stages = 0;
  sim::Cycle groups = 0;
  for (const sim::StageTotal& stage : run.stages) stages += stage.cycles;
  for (const sim::StageTotal& group : run.groups) groups += group.cycles;
  EXPECT_EQ(stages, run.cycles);
  EXPECT_EQ(groups, run.cycles);
}

TEST_F(EdgeMoe, EveryTechniqueIsWorthWhatWasPublishedWithin25Percent) {
  const std::vector<std::pair<std::string, double>> factors{{"attention_reorder", 104.3 / 34.6},
                                                            {"unified_linear", 212.9 / 104.3},
                                                            {"gelu_table", 353.4 / 212.9},
                                                            {"single_pass_softmax", 433.4 / 353.4},
                                                            {"patch_reorder", 650.3 / 433.4}};
  models::Overrides overrides;
  double with = run().latency_ms;
  for (const auto& [technique, factor] : factors) {
    overrides.push_back({"define." + technique, "0"});
    const double without = run(overrides).latency_ms;
    EXPECT_NEAR(without / with, factor, 0.25 * factor) << technique;
    with = without;
  }
}

TEST_F(EdgeMoe, ParallelismPaysOnlyWithReorderedAttention) {
  const double four = run({{"define.attention_reorder", "0"}}).latency_ms;
  const double sixteen = run({{"define.attention_reorder", "0"}, {"define.p", "16"}}).latency_ms;
  EXPECT_NEAR(sixteen, four, 0.01 * four);
  EXPECT_LT(run({{"define.p", "16"}}).latency_ms, 0.75 * run().latency_ms);
}

TEST_F(EdgeMoe, HangsWhenOneExpertGetsAllTokensAsTheReleasedDesignDoes) {
  queues_[0].assign(16, 0);
  queues_[0][3] = 129;
  queues_[0][7] = 129;
  try {
    run();
    FAIL() << "no deadlock";
  } catch (const sim::DeadlockError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("deadlock in block/moe/experts/output"), std::string::npos) << text;
    EXPECT_NE(text.find("stream index holds 0 of 8 tokens"), std::string::npos) << text;
  }
  EXPECT_LT(run({{"define.direct_path_mended", "1"}}).latency_ms, 34.64);
}

TEST_F(EdgeMoe, AnIdleExpertIsNotLoaded) {
  const sim::DesignRun all = run();
  queues_[0][0] += queues_[0][1];
  queues_[0][1] = 0;
  const sim::DesignRun fewer = run();
  EXPECT_LT(fewer.cycles, all.cycles);
  EXPECT_EQ(all.read_bytes - fewer.read_bytes, 2u * 192 * 384 * 2 + (192 + 384) * 2);
}

TEST_F(EdgeMoe, CacheChangesNothingAndWhatIfsAreFast) {
  const sim::Cycle fresh =
      sim::run_design(design({{"define.fifo", "4"}}), network_, queues_, dram_).cycles;
  run();
  const std::clock_t begin = std::clock();
  EXPECT_EQ(run({{"define.fifo", "4"}}).cycles, fresh);
  // 0.2 s is the aim; machines of a test run are slower and instrumented at times.
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 4.0);
}

TEST_F(EdgeMoe, RunsOtherNetworks) {
  network_.image.height = 64;  // 65 tokens
  network_.blocks.resize(3);
  network_.moe.experts = 5;
  queues_ = sim::even_queues(network_);
  const sim::DesignRun run = this->run();
  EXPECT_GT(run.cycles, 0u);
  EXPECT_LT(run.latency_ms, 34.64 / 8);
}

}  // namespace
}  // namespace edgemoe::tests
