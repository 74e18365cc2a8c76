// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include "models/reference/network.hpp"
#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models {
namespace {

class ForcedRouting : public ::testing::Test {
 protected:
  ForcedRouting() : weights_(synthetic_weights(model_, 31)), reference_(model_, weights_) {}

  const ModelConfig model_ = testing::small_model();
  const TensorMap weights_;
  const Reference reference_;
  const Image image_ = testing::test_image(32, 48, 31);
};

TEST_F(ForcedRouting, ItsOwnRoutingChangesNothing) {
  const TaskResult own = reference_.run(image_, 0);
  const TaskResult forced = reference_.run(image_, 0, nullptr, &own.routing);
  EXPECT_EQ(forced.tokens.data, own.tokens.data);
  EXPECT_EQ(forced.routing.blocks.at(3).score, own.routing.blocks.at(3).score);
}

TEST_F(ForcedRouting, AnotherRoutingIsObeyedFromTheFirstBlockOn) {
  Routing routing = reference_.run(image_, 0).routing;
  for (auto& [block, choices] : routing.blocks) {
    for (std::size_t s = 0; s < choices.index.size(); s += 2) {
      choices.index[s] = 4;
      choices.index[s + 1] = 0;
    }
  }
  TapRecorder own, forced;
  reference_.run(image_, 0, &own);
  const TaskResult result = reference_.run(image_, 0, &forced, &routing);
  EXPECT_EQ(result.routing.blocks.at(1).index, routing.blocks.at(1).index);
  EXPECT_EQ(forced.taps().at("l01.moe.logits").data, own.taps().at("l01.moe.logits").data);
  EXPECT_NE(forced.taps().at("l01.moe.out").data, own.taps().at("l01.moe.out").data);
  EXPECT_EQ(forced.taps().at("l01.moe.index").data[1], 0.0f);
}

TEST_F(ForcedRouting, OneTaskOfAFrameCanBeForcedAlone) {
  const TaskResult depth = reference_.run(image_, 1);
  const auto results =
      reference_.run_tasks(image_, {{0, nullptr, &depth.routing}, {1, nullptr, nullptr}});
  EXPECT_EQ(results[0].routing.blocks.at(1).index, depth.routing.blocks.at(1).index);
  EXPECT_EQ(results[1].tokens.data, depth.tokens.data);
}

TEST_F(ForcedRouting, TheThresholdDoesNotDropForcedChoices) {
  ModelConfig strict = model_;
  strict.moe.threshold = 0.9;
  const Routing routing = reference_.run(image_, 0).routing;
  const TaskResult result = Reference(strict, weights_).run(image_, 0, nullptr, &routing);
  EXPECT_EQ(result.routing.blocks.at(1).index, routing.blocks.at(1).index);
}

TEST_F(ForcedRouting, AMissingBlockIsRefused) {
  Routing routing = reference_.run(image_, 0).routing;
  routing.blocks.erase(3);
  EXPECT_THROW(reference_.run(image_, 0, nullptr, &routing), std::invalid_argument);
}

}  // namespace
}  // namespace edgemoe::models
