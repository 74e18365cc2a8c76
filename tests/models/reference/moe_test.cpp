// SPDX-License-Identifier: Apache-2.0
#include "models/reference/moe.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models {
namespace {

TEST(RouteTokens, ScoresAreTheSoftmaxOverAllExpertsWithoutRenormalising) {
  const float l = std::log(2.0f);
  const BlockRouting routing = route_tokens({0.0f, 2 * l, l, 0.0f}, 1, 4, 2, 0.0);  // 1 4 2 1
  EXPECT_EQ(routing.index, (std::vector<std::int32_t>{1, 2}));
  EXPECT_FLOAT_EQ(routing.score[0], 0.5f);
  EXPECT_FLOAT_EQ(routing.score[1], 0.25f);
}

TEST(RouteTokens, LowerIndexWinsTies) {
  const BlockRouting routing = route_tokens({1, 1, 1, 1, 0, 3, 3, 3}, 2, 4, 3, 0.0);
  EXPECT_EQ(routing.index, (std::vector<std::int32_t>{0, 1, 2, 1, 2, 3}));
}

TEST(RouteTokens, LargeLogitsStayFinite) {
  const BlockRouting routing = route_tokens({-3e38f, 3e38f}, 1, 2, 2, 0.0);
  EXPECT_EQ(routing.index, (std::vector<std::int32_t>{1, 0}));
  EXPECT_EQ(routing.score, (std::vector<float>{1.0f, 0.0f}));
}

TEST(RouteTokens, ChoicesBelowTheThresholdBecomeEmptySlots) {
  const float l = std::log(3.0f);
  const BlockRouting routing = route_tokens({l, 0, 0, 0, 0, 0, 0, 0}, 2, 4, 2, 0.25);
  EXPECT_EQ(routing.index, (std::vector<std::int32_t>{0, -1, 0, 1}));  // 1/2 1/6; 1/4 1/4
  EXPECT_EQ(routing.score[1], 0.0f);
  EXPECT_FLOAT_EQ(routing.score[3], 0.25f);
}

TEST(ScoreForced, TakesTheGivenExpertsWithItsOwnScores) {
  BlockRouting forced;
  forced.tokens = 2;
  forced.top_k = 2;
  forced.index = {3, 0, -1, 2};
  forced.score = {9, 9, 9, 9};
  const BlockRouting routing = score_forced({0, 0, 0, 0, 0, 0, 0, 0}, 2, 4, 2, forced);
  EXPECT_EQ(routing.index, forced.index);
  EXPECT_EQ(routing.score, (std::vector<float>{0.25f, 0.25f, 0.0f, 0.25f}));
}

TEST(ScoreForced, ARoutingThatDoesNotFitIsRefused) {
  const std::vector<float> logits(8, 0.0f);
  const auto attempt = [&](int tokens, int top_k, std::vector<std::int32_t> index) {
    BlockRouting forced;
    forced.tokens = tokens;
    forced.top_k = top_k;
    forced.index = std::move(index);
    return score_forced(logits, 2, 4, 2, forced);
  };
  EXPECT_NO_THROW(attempt(2, 2, {0, 1, -1, -1}));
  EXPECT_THROW(attempt(1, 2, {0, 1}), std::invalid_argument);
  EXPECT_THROW(attempt(2, 1, {0, 1}), std::invalid_argument);
  EXPECT_THROW(attempt(2, 2, {0, 1, 2}), std::invalid_argument);
  EXPECT_THROW(attempt(2, 2, {0, 1, 2, 4}), std::invalid_argument);
  EXPECT_THROW(attempt(2, 2, {0, 1, -2, 3}), std::invalid_argument);
  EXPECT_THROW(attempt(2, 2, {0, 1, 3, 3}), std::invalid_argument);
}

/// Experts of the small model's block 1, and tokens to send through them.
class Dispatch : public ::testing::Test {
 protected:
  static constexpr int kTokens = 7;

  Dispatch() : weights_(synthetic_weights(model_, 21)), view_(model_, weights_) {
    for (std::size_t i = 0; i < kTokens * 24; ++i) {
      z_.push_back(std::sin(0.37f * static_cast<float>(i * i % 101)));
    }
  }

  std::vector<float> run(const BlockView& block, const BlockRouting& routing) const {
    std::vector<float> out(z_.size(), 5.0f);
    dispatch_experts(z_, block, routing, out, nullptr);
    return out;
  }

  static BlockRouting uniform(int top_k, const std::vector<std::int32_t>& experts) {
    BlockRouting routing;
    routing.tokens = kTokens;
    routing.top_k = top_k;
    for (int t = 0; t < kTokens; ++t) {
      for (int j = 0; j < top_k; ++j) {
        routing.index.push_back(experts[static_cast<std::size_t>(j)]);
        routing.score.push_back(1.0f / static_cast<float>(top_k));
      }
    }
    return routing;
  }

  const ModelConfig model_ = testing::small_model();
  const TensorMap weights_;
  const Weights view_;
  std::vector<float> z_;
};

TEST_F(Dispatch, AllTokensInOneExpertIsThatExpert) {
  const std::vector<float> alone = run(view_.block(1), uniform(1, {3}));
  BlockRouting routing = uniform(2, {3, -1});
  routing.score.assign(routing.score.size(), 1.0f);
  EXPECT_EQ(run(view_.block(1), routing), alone);
}

TEST_F(Dispatch, EmptySlotsOnlyGiveZero) {
  EXPECT_EQ(run(view_.block(1), uniform(2, {-1, -1})), std::vector<float>(z_.size(), 0.0f));
}

TEST_F(Dispatch, AllExpertsAreTheSumOfEachAlone) {
  const std::vector<float> all = run(view_.block(1), uniform(5, {0, 1, 2, 3, 4}));
  std::vector<double> sum(z_.size(), 0.0);
  for (int e = 0; e < 5; ++e) {
    const std::vector<float> one = run(view_.block(1), uniform(1, {e}));
    for (std::size_t i = 0; i < one.size(); ++i) {
      sum[i] += one[i] / 5.0;
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_NEAR(all[i], sum[i], 1e-5);
  }
}

TEST_F(Dispatch, RenumberingTheExpertsChangesOnlyTheOrderOfTheSum) {
  const std::vector<std::int32_t> renumbered{4, 2, 0, 1, 3};
  BlockView block = view_.block(1);
  for (std::size_t e = 0; e < 5; ++e) {
    block.up[static_cast<std::size_t>(renumbered[e])] = view_.block(1).up[e];
    block.down[static_cast<std::size_t>(renumbered[e])] = view_.block(1).down[e];
  }
  BlockRouting routing = uniform(2, {0, 1});
  for (std::size_t t = 0; t < kTokens; ++t) {
    routing.index[2 * t] = static_cast<std::int32_t>(t % 5);
    routing.index[2 * t + 1] = static_cast<std::int32_t>((t + 2) % 5);
  }
  const std::vector<float> before = run(view_.block(1), routing);
  for (std::int32_t& expert : routing.index) {
    expert = renumbered[static_cast<std::size_t>(expert)];
  }
  const std::vector<float> after = run(block, routing);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NEAR(before[i], after[i], 1e-5);
  }
}

TEST_F(Dispatch, HiddenIsInTokenAndSlotOrderWithZerosInEmptySlots) {
  std::vector<float> out(z_.size());
  std::vector<float> both, first;
  dispatch_experts(z_, view_.block(1), uniform(2, {-1, 4}), out, &both);
  dispatch_experts(z_, view_.block(1), uniform(1, {4}), out, &first);
  ASSERT_EQ(both.size(), 2u * kTokens * 20);
  ASSERT_EQ(first.size(), 1u * kTokens * 20);
  for (std::size_t t = 0; t < kTokens; ++t) {
    for (std::size_t j = 0; j < 20; ++j) {
      EXPECT_EQ(both[(2 * t) * 20 + j], 0.0f);
      EXPECT_EQ(both[(2 * t + 1) * 20 + j], first[t * 20 + j]);
    }
  }
}

}  // namespace
}  // namespace edgemoe::models
