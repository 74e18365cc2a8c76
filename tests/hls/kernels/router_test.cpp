// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/router.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/hls/kernels/fixture.hpp"
#include "tests/hls/kernels/random_values.hpp"

namespace edgemoe::hls {
namespace {

using testing::Random;
using testing::Tokens;

RouteJob job_of(int tokens, int experts, int top_k) {
  return RouteJob{0, tokens, experts, 0, experts, top_k, 0};
}

void set_logits(Tokens& tokens, int row, const naive::Row& logits) {
  for (std::size_t e = 0; e < logits.size(); ++e)
    tokens.logits[row][e] = static_cast<std::int32_t>(logits[e]);
}

void expect_picks(const Tokens& tokens, int row, const std::vector<naive::Pick>& picks) {
  for (std::size_t k = 0; k < picks.size(); ++k) {
    ASSERT_EQ(tokens.choices[row][k].expert, picks[k].expert) << row << ", " << k;
    ASSERT_EQ(tokens.choices[row][k].score, picks[k].score) << row << ", " << k;
  }
}

TEST(Router, EqualsTheNaiveModelForEveryTopKAndWindow) {
  Random random(41);
  const auto tokens = testing::make_tokens();
  for (int experts : {1, 2, 5, 16, 256}) {
    for (int top_k = 1; top_k <= std::min(experts, program::kMaxTopK); ++top_k) {
      RouteJob job = job_of(40, experts, top_k);
      job.window_lo = experts > 8 ? 3 : 0;
      clear_queues(*tokens);
      naive::Rows logits = testing::random_rows(random, 40, experts, -3000000, 3000000);
      for (int t = 0; t < 40; ++t) set_logits(*tokens, t, logits[t]);
      route(job, *tokens);
      for (int t = 0; t < 40; ++t) {
        expect_picks(*tokens, t, naive::route(logits[t], job.window_lo, experts, top_k));
      }
    }
  }
}

TEST(Router, TiesGoToTheLowerIndex) {
  Random random(42);
  const auto tokens = testing::make_tokens();
  clear_queues(*tokens);
  naive::Rows logits = testing::random_rows(random, 200, 8, 0, 2);
  for (int t = 0; t < 200; ++t) set_logits(*tokens, t, logits[t]);
  route(job_of(200, 8, 4), *tokens);
  for (int t = 0; t < 200; ++t) expect_picks(*tokens, t, naive::route(logits[t], 0, 8, 4));
}

TEST(Router, ExtremeLogitsGiveScoresZeroAndOneAndStillQueue) {
  const auto tokens = testing::make_tokens();
  clear_queues(*tokens);
  set_logits(*tokens, 0, {-2147483648LL, 2147483647, 0});
  route(job_of(1, 3, 2), *tokens);
  EXPECT_EQ(tokens->choices[0][0].expert, 1);
  EXPECT_EQ(tokens->choices[0][0].score, 65536u);
  EXPECT_EQ(tokens->choices[0][1].expert, 2);
  EXPECT_EQ(tokens->choices[0][1].score, 0u);
  EXPECT_TRUE(tokens->choices[0][1].kept);
  EXPECT_EQ(tokens->queue_length[2], 1);
  EXPECT_EQ(tokens->queue_length[0], 0);
}

TEST(Router, AllTokensToOneExpertFillItsQueueInOrder) {
  const auto tokens = testing::make_tokens();
  clear_queues(*tokens);
  const int rows = SimulationLimits::kRows;
  for (int t = 0; t < rows; ++t) set_logits(*tokens, t, {0, 0, 9 << 20, 0});
  route(job_of(rows, 4, 1), *tokens);
  ASSERT_EQ(tokens->queue_length[2], rows);
  for (int t = 0; t < rows; ++t) ASSERT_EQ(tokens->queue[2][t].row, t);
  EXPECT_EQ(tokens->queue_length[0] + tokens->queue_length[1] + tokens->queue_length[3], 0);
}

TEST(Router, BelowTheThresholdAChoiceIsNotedButNotQueued) {
  const auto tokens = testing::make_tokens();
  clear_queues(*tokens);
  set_logits(*tokens, 0, {1 << 20, 0});
  RouteJob job = job_of(1, 2, 2);
  route(job, *tokens);
  const std::uint32_t second = tokens->choices[0][1].score;
  for (std::uint32_t threshold : {second, second + 1}) {
    job.threshold = threshold;
    clear_queues(*tokens);
    route(job, *tokens);
    EXPECT_EQ(tokens->choices[0][1].kept, threshold == second);
    EXPECT_EQ(tokens->queue_length[1], threshold == second ? 1 : 0);
    EXPECT_EQ(tokens->queue_length[0], 1);
  }
}

TEST(Router, SegmentsAppendToTheSameQueues) {
  const auto tokens = testing::make_tokens();
  clear_queues(*tokens);
  for (int t = 0; t < 20; ++t) set_logits(*tokens, t, {1, 0});
  RouteJob job = job_of(3, 2, 1);
  route(job, *tokens);
  job.first_row = job.first_queue_row = 16;
  route(job, *tokens);
  ASSERT_EQ(tokens->queue_length[0], 6);
  const std::vector<int> expected = {0, 1, 2, 16, 17, 18};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(tokens->queue[0][i].row, expected[i]);
}

}  // namespace
}  // namespace edgemoe::hls
