// SPDX-License-Identifier: Apache-2.0
// The reference against an independent calculation in double precision, at every tap.
#include "models/reference/network.hpp"

#include <gtest/gtest.h>

#include "models/io/error.hpp"
#include "tests/models/reference/tap_comparison.hpp"
#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models {
namespace {

using testing::expect_taps_match_naive;

TEST(Network, EveryTapOfTheSmallModelMatchesDoublePrecision) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    expect_taps_match_naive(testing::small_model(), seed);
  }
}

TEST(Network, EveryTapOfTheShippedTestModelMatchesDoublePrecision) {
  const ModelConfig model = read_model(EDGEMOE_SOURCE_DIR "/models/zoo/test-tiny-synthetic");
  expect_taps_match_naive(model, model.synthetic_seed.value());
}

TEST(Network, ATapMatchesWithOneExpertAllExpertsSharedGateAndThreshold) {
  ModelConfig model = testing::small_model();
  model.moe.experts = 1;
  model.moe.top_k = 1;
  expect_taps_match_naive(model, 4);
  model.moe.experts = 4;
  model.moe.top_k = 4;
  expect_taps_match_naive(model, 5);
  model.moe.gate = GateKind::kShared;
  model.moe.top_k = 2;
  model.moe.threshold = 0.27;
  expect_taps_match_naive(model, 6);
  model.moe.gate_bias = true;
  expect_taps_match_naive(model, 6);
  model.moe.gate = GateKind::kPerTask;
  expect_taps_match_naive(model, 7);
}

TEST(Network, ABlockListMayStartWithAMixtureAndMayHaveNone) {
  ModelConfig model = testing::small_model();
  model.blocks = {BlockKind::kMoe, BlockKind::kMoe, BlockKind::kMlp};
  expect_taps_match_naive(model, 7);
  model.blocks = {BlockKind::kMlp};
  expect_taps_match_naive(model, 8);
}

TEST(Network, TasksOfOneFrameEqualTasksRunAlone) {
  const ModelConfig model = testing::small_model();
  const TensorMap weights = synthetic_weights(model, 9);
  const Reference reference(model, weights);
  const Image image = testing::test_image(32, 48, 9);
  TapRecorder together[2];
  const auto results =
      reference.run_tasks(image, {{1, &together[0], nullptr}, {0, &together[1], nullptr}});
  ASSERT_EQ(results.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    TapRecorder alone;
    const TaskResult single = reference.run(image, i == 0 ? 1 : 0, &alone);
    EXPECT_EQ(results[i].task, single.task);
    EXPECT_EQ(results[i].tokens.data, single.tokens.data);
    EXPECT_EQ(results[i].head.data, single.head.data);
    ASSERT_EQ(together[i].taps().size(), alone.taps().size());
    for (const auto& [name, tensor] : alone.taps()) {
      EXPECT_EQ(together[i].taps().at(name).data, tensor.data) << name;
    }
    EXPECT_EQ(results[i].routing.blocks.at(1).index, single.routing.blocks.at(1).index);
  }
  EXPECT_NE(results[0].tokens.data, results[1].tokens.data);
}

TEST(Network, WithASharedGateAllTasksHaveTheSameTokens) {
  ModelConfig model = testing::small_model();
  model.moe.gate = GateKind::kShared;
  const TensorMap weights = synthetic_weights(model, 10);
  const Reference reference(model, weights);
  const auto results = reference.run_tasks(testing::test_image(32, 48, 1),
                                           {{0, nullptr, nullptr}, {1, nullptr, nullptr}});
  EXPECT_EQ(results[0].tokens.data, results[1].tokens.data);
  EXPECT_EQ(results[0].routing.blocks.size(), 2u);
  EXPECT_EQ(results[1].routing.blocks.size(), 2u);
}

TEST(Network, ASecondRunEqualsTheFirst) {
  const ModelConfig model = testing::small_model();
  const TensorMap weights = synthetic_weights(model, 11);
  const Reference reference(model, weights);
  const Image image = testing::test_image(32, 48, 2);
  const TaskResult first = reference.run(image, 0);
  const TaskResult second = reference.run(image, 0);
  EXPECT_EQ(first.tokens.data, second.tokens.data);
  EXPECT_EQ(first.head.data, second.head.data);
}

TEST(Network, ASinkGetsOnlyTheTapsItWants) {
  const ModelConfig model = testing::small_model();
  const TensorMap weights = synthetic_weights(model, 12);
  TapRecorder recorder({"l01.k", "head.depth"});
  Reference(model, weights).run(testing::test_image(32, 48, 2), 1, &recorder);
  ASSERT_EQ(recorder.taps().size(), 2u);
  EXPECT_EQ(recorder.taps().at("l01.k").shape, (std::vector<std::int64_t>{7, 24}));
  EXPECT_EQ(recorder.taps().at("head.depth").shape, (std::vector<std::int64_t>{1, 32, 48}));
}

TEST(Network, ATaskWithoutAHeadGivesTokensOnly) {
  ModelConfig model = testing::small_model();
  model.tasks[1].head.reset();
  const TensorMap weights = synthetic_weights(model, 13);
  const TaskResult result = Reference(model, weights).run(testing::test_image(32, 48, 2), 1);
  EXPECT_EQ(result.tokens.shape, (std::vector<std::int64_t>{7, 24}));
  EXPECT_TRUE(result.head.data.empty());
}

TEST(Network, AnImageOfAnotherSizeIsRefused) {
  const ModelConfig model = testing::small_model();
  const TensorMap weights = synthetic_weights(model, 14);
  const Reference reference(model, weights);
  try {
    reference.run(testing::test_image(48, 32, 2), 0);
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "image: error: size: expected 48x32, got 32x48");
  }
  Image truncated = testing::test_image(32, 48, 2);
  truncated.rgb.pop_back();
  EXPECT_THROW(reference.run(truncated, 0), DataError);
}

TEST(Network, AnUnknownTaskIsRefusedAndNoTaskIsNoWork) {
  const ModelConfig model = testing::small_model();
  const TensorMap weights = synthetic_weights(model, 15);
  const Reference reference(model, weights);
  const Image image = testing::test_image(32, 48, 2);
  EXPECT_THROW(reference.run(image, 2), std::invalid_argument);
  EXPECT_THROW(reference.run(image, -1), std::invalid_argument);
  EXPECT_THROW(reference.head_forward(Tensor{{7, 24}, std::vector<float>(168)}, 2),
               std::invalid_argument);
  EXPECT_TRUE(reference.run_tasks(image, {}).empty());
}

}  // namespace
}  // namespace edgemoe::models
