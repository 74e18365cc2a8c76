// SPDX-License-Identifier: Apache-2.0
// UbiMoE and CoQMoE: what their descriptions must keep, whatever the publications leave open.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/published/stages.hpp"

namespace edgemoe::tests {
namespace {

class Presets : public testing::TestWithParam<const char*> {
 protected:
  sim::DesignRun run(const models::Overrides& overrides = {}, int tokens = 129) {
    const models::Overrides image{{"image.height", "224"}, {"image.width", "224"}};
    const models::ModelConfig network =
        models::read_model(repository("models/zoo/m3vit-tiny-scenes"),
                           tokens == 129 ? models::Overrides{} : image);
    EXPECT_EQ(network.tokens(), tokens);
    const models::LoopDesignConfig design = models::read_loop_design(
        repository("constraints/published/" + std::string(GetParam()) + ".yaml"), overrides);
    return sim::run_design(design, network, sim::even_queues(network), dram_, &cache_);
  }

  models::DramConfig dram_ = models::read_board(repository("constraints/boards/zcu102.yaml")).dram;
  sim::StageCache cache_;
};

INSTANTIATE_TEST_SUITE_P(Published, Presets, testing::Values("ubimoe", "coqmoe"));

TEST_P(Presets, ReadEveryWeightOnceAndActivationsLittle) {
  const sim::DesignRun run = this->run();
  const double weight = std::string(GetParam()) == "ubimoe" ? 2.0 : 1.0;
  const double feature = 2.0 * weight;  // 32 bit beside 16, or 8 beside 8
  const double matrices = 12 * 4 * 192 * 192 + 6 * 2 * 192 * 768 + 6 * 16 * 2 * 192 * 384;
  const double read = static_cast<double>(run.read_bytes);
  EXPECT_GT(read, weight * matrices);
  // Norms, adds and the image: 4 reads of all tokens a block.
  EXPECT_LT(read, weight * matrices * 1.01 + 12 * 5 * 129 * 192 * feature);
}

TEST_P(Presets, DoTheNetworksProductsAndLittleMore) {
  const double products = 782.7e6;
  const double done = static_cast<double>(run().work.macs);
  EXPECT_GT(done, 0.999 * products);
  EXPECT_LT(done, 1.10 * products);  // skewed reordering finishes started passes
}

TEST_P(Presets, RunWithAnyParallelismAndAt197Tokens) {
  for (const char* p : {"1", "2", "3", "8"}) {
    for (const int tokens : {129, 197}) {
      EXPECT_GT(run({{"define.p", p}}, tokens).cycles, 0u) << p << " " << tokens;
    }
  }
}

TEST_P(Presets, WiderExpertUnitsAreNeverSlower) {
  const auto cycles = [&](const char* pe) { return run({{"define.pe", pe}}).cycles; };
  EXPECT_LE(cycles("2"), cycles("1"));
  EXPECT_LE(cycles("3"), cycles("2"));
}

TEST_P(Presets, MoreTokensTakeLonger) {
  EXPECT_GT(run({}, 197).cycles, run({}, 129).cycles);
}

TEST(UbiMoe, PublishedLatencyLiesBetweenThe129And197TokensThatItMayMean) {
  const models::LoopDesignConfig design =
      models::read_loop_design(repository("constraints/published/ubimoe.yaml"));
  const models::DramConfig dram =
      models::read_board(repository("constraints/boards/zcu102.yaml")).dram;
  models::ModelConfig network = models::read_model(repository("models/zoo/m3vit-tiny-scenes"));
  EXPECT_LT(sim::run_design(design, network, sim::even_queues(network), dram).latency_ms, 25.76);
  network.image.height = network.image.width = 224;
  EXPECT_GT(sim::run_design(design, network, sim::even_queues(network), dram).latency_ms, 25.76);
}

TEST(UbiMoe, LoadsIdleExpertsToo) {
  const models::LoopDesignConfig design =
      models::read_loop_design(repository("constraints/published/ubimoe.yaml"));
  const models::DramConfig dram =
      models::read_board(repository("constraints/boards/zcu102.yaml")).dram;
  const models::ModelConfig network =
      models::read_model(repository("models/zoo/m3vit-tiny-scenes"));
  sim::Queues two = sim::even_queues(network);
  for (std::vector<int>& queue : two) {
    std::fill(queue.begin(), queue.end(), 0);
    queue[0] = queue[5] = network.tokens();
  }
  const auto bytes = [&](const sim::Queues& queues) {
    return sim::run_design(design, network, queues, dram).read_bytes;
  };
  EXPECT_EQ(bytes(two), bytes(sim::even_queues(network)));
}

}  // namespace
}  // namespace edgemoe::tests
