// SPDX-License-Identifier: Apache-2.0
// The events that a published design's run hands to the energy model.
#include "host/energy/counts.hpp"

#include <gtest/gtest.h>

#include "host/energy/energy.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {
namespace {

std::string repository(const std::string& path) {
  return std::string(EDGEMOE_SOURCE_DIR) + "/" + path;
}

class PublishedCounts : public testing::Test {
 protected:
  sim::DesignRun run(const models::LoopDesignConfig& design) const {
    return sim::run_design(design, network_, queues_, board_.dram);
  }

  models::ModelConfig network_ = models::read_model(repository("models/zoo/m3vit-tiny-scenes"));
  models::BoardConfig board_ = models::read_board(repository("constraints/boards/zcu102.yaml"));
  models::LoopDesignConfig design_ =
      models::read_loop_design(repository("constraints/published/edge-moe.yaml"));
  sim::Queues queues_ =
      models::read_expert_queues(repository("constraints/published/routing-semseg.yaml"), 6, 16)
          .queues;
};

TEST_F(PublishedCounts, ProductsAreTheNetworksAndThePaddingOfAttention) {
  const EnergyCounts counts = counts_of(run(design_), design_, board_.dram);
  const double tokens = 129, embed = 192, layers = 12, moe = 6;
  const double linears = layers * 4 * tokens * embed * embed;
  const double ffn = layers * 2 * tokens * embed * 768;  // dense, and two experts of half the size
  const double patch = 128 * 768 * embed;
  const double gate = moe * tokens * embed * 16;
  const double attention = layers * 2 * (33 * 129 * 4) * embed;  // queries in 33 groups of four
  EXPECT_EQ(counts.macs, linears + ffn + patch + gate + attention);
}

TEST_F(PublishedCounts, OperatorsAreThoseOfTheNetwork) {
  const EnergyCounts counts = counts_of(run(design_), design_, board_.dram);
  EXPECT_EQ(counts.norm_elements, 12 * 2 * 129 * 192.0);
  EXPECT_EQ(counts.gelu, 6 * 129 * 768.0 + 6 * 258 * 384.0);
  EXPECT_EQ(counts.exponentials, 12 * 2 * (33 * 129 * 4) * 3.0 + 6 * 129 * 16.0);
}

TEST_F(PublishedCounts, BusMovesAtLeastWhatTheLoopsAskFor) {
  const sim::DesignRun run = this->run(design_);
  const EnergyCounts counts = counts_of(run, design_, board_.dram);
  const double asked = 8.0 * static_cast<double>(run.read_bytes + run.write_bytes);
  EXPECT_GE(counts.dram_bits, asked);
  EXPECT_LT(counts.dram_bits, 1.2 * asked);
  EXPECT_EQ(counts.axi_beats, asked / 128.0);
}

TEST_F(PublishedCounts, GroupsAddUpToTheDesign) {
  const sim::DesignRun run = this->run(design_);
  sim::WorkCounts sum;
  for (const sim::StageTotal& group : run.groups) sum.add(group.work, 1);
  EXPECT_EQ(sum.macs, run.work.macs);
  EXPECT_EQ(sum.bram_read_bits, run.work.bram_read_bits);
  EXPECT_EQ(sum.results, run.work.results);
}

TEST_F(PublishedCounts, TakingTechniquesAwayCostsEnergyInProportionToTime) {
  const double full =
      estimate_energy(counts_of(run(design_), design_, board_.dram), board_).total_mj;
  const models::LoopDesignConfig without =
      models::read_loop_design(repository("constraints/published/edge-moe.yaml"),
                               {{"define.attention_reorder", "0"}});
  const double more =
      estimate_energy(counts_of(run(without), without, board_.dram), board_).total_mj;
  EXPECT_GT(more, 2.0 * full);
}

TEST_F(PublishedCounts, WorkIsCountedPerIterationAndRepetition) {
  models::LoopDesignConfig design =
      models::read_loop_design(repository("constraints/published/example.yaml"));
  design.steps[0].processes[1].loops[0].work.macs.text = "8";
  design.steps[0].repeat.text = "3";
  EXPECT_EQ(run(design).work.macs, 3u * 129 * 24 * 8);
}

}  // namespace
}  // namespace edgemoe::host
