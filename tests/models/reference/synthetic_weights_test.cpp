// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/reference/network.hpp"
#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models {
namespace {

struct Moments {
  double mean = 0.0;
  double deviation = 0.0;
};

Moments moments(const std::vector<float>& values) {
  Moments m;
  for (const float v : values) {
    m.mean += v / static_cast<double>(values.size());
  }
  for (const float v : values) {
    m.deviation += (v - m.mean) * (v - m.mean) / static_cast<double>(values.size());
  }
  m.deviation = std::sqrt(m.deviation);
  return m;
}

TEST(SyntheticWeights, TheSeedDecidesEverything) {
  const ModelConfig model = testing::small_model();
  const TensorMap a = synthetic_weights(model, 7);
  const TensorMap b = synthetic_weights(model, 7);
  const TensorMap c = synthetic_weights(model, 8);
  for (const auto& [name, tensor] : a) {
    EXPECT_EQ(tensor.data, b.at(name).data) << name;
    EXPECT_NE(tensor.data, c.at(name).data) << name;
  }
}

TEST(SyntheticWeights, ValuesAreTheSameOnEveryPlatform) {
  // Written down once; a change of generator or statistics changes every synthetic run.
  const TensorMap tensors = synthetic_weights(testing::small_model(), 1);
  const std::vector<float>& cls = tensors.at("backbone.cls_token").data;
  EXPECT_EQ(cls[0], -0.23595280945301056f);
  EXPECT_EQ(cls[23], -0.5761178135871887f);
  EXPECT_EQ(tensors.at("backbone.blocks.3.mlp.gate.1.w_gate").data[7], 0.0988001897931099f);
}

TEST(SyntheticWeights, ATensorDoesNotDependOnTheOthers) {
  ModelConfig model = testing::small_model();
  const TensorMap all = synthetic_weights(model, 2);
  model.blocks.pop_back();
  model.tasks.pop_back();
  for (const auto& [name, tensor] : synthetic_weights(model, 2)) {
    EXPECT_EQ(tensor.data, all.at(name).data) << name;
  }
}

TEST(SyntheticWeights, ActivationsOfTheTinyNetworkStayTame) {
  const ModelConfig model = testing::tiny_model();
  const TensorMap weights = synthetic_weights(model, 1);
  TapRecorder recorder;
  Reference(model, weights).run(testing::test_image(128, 256, 1), 0, &recorder);
  for (const auto& [name, tensor] : recorder.taps()) {
    const auto [low, high] = std::minmax_element(tensor.data.begin(), tensor.data.end());
    EXPECT_GT(*low, -64.0f) << name;
    EXPECT_LT(*high, 64.0f) << name;
    EXPECT_GT(moments(tensor.data).deviation, 0.01) << name;
  }
  EXPECT_LT(moments(recorder.taps().at("l11.x").data).deviation, 8.0);
}

TEST(SyntheticWeights, GatesSpreadTokensAndTasksDifferButRelate) {
  const ModelConfig model = testing::tiny_model();
  const TensorMap weights = synthetic_weights(model, 1);
  const auto results = Reference(model, weights)
                           .run_tasks(testing::test_image(128, 256, 1),
                                      {{0, nullptr, nullptr}, {1, nullptr, nullptr}});
  for (const auto& [block, routing] : results[0].routing.blocks) {
    const std::vector<int> load = routing.load(model.moe.experts);
    EXPECT_GE(std::count_if(load.begin(), load.end(), [](int n) { return n > 0; }), 5) << block;
    EXPECT_LT(*std::max_element(load.begin(), load.end()), 129) << block;
    const double best = moments(routing.score).mean;
    EXPECT_GT(best, 0.1) << block;
    EXPECT_LT(best, 0.45) << block;
  }
  const double agreement = compare_routing(results[0].routing, results[1].routing).fraction();
  EXPECT_GT(agreement, 0.2);
  EXPECT_LT(agreement, 0.95);
}

TEST(SyntheticWeights, HeadsGiveUsableMaps) {
  const ModelConfig model = testing::tiny_model();
  const TensorMap weights = synthetic_weights(model, 1);
  const Reference reference(model, weights);
  const Image image = testing::test_image(128, 256, 1);
  const Moments depth = moments(reference.run(image, 1).head.data);
  EXPECT_GT(depth.mean, 0.0);
  EXPECT_LT(depth.mean, 1.0);
  EXPECT_GT(depth.deviation, 0.001);
  EXPECT_GT(moments(reference.run(image, 0).head.data).deviation, 0.05);
}

}  // namespace
}  // namespace edgemoe::models
