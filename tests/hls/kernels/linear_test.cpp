// SPDX-License-Identifier: Apache-2.0
// The unified linear unit against the naive model: every post, source and scale, and awkward
// shapes.
#include "hls/kernels/linear.hpp"

#include <gtest/gtest.h>

#include "tests/hls/kernels/fixture.hpp"
#include "tests/hls/kernels/random_values.hpp"

namespace edgemoe::hls {
namespace {

using testing::Random;
using testing::Tokens;

std::vector<Word> pack_matrix(const naive::Matrix& m) {
  const int out = static_cast<int>(m.weights.size()), in = static_cast<int>(m.weights[0].size());
  std::vector<std::int8_t> weights;
  std::vector<testing::ChannelValue> channels;
  for (int n = 0; n < out; ++n) {
    for (auto w : m.weights[n]) weights.push_back(static_cast<std::int8_t>(w));
    channels.push_back(
        {static_cast<std::int32_t>(m.bias[n]), static_cast<std::uint16_t>(m.mult[n])});
  }
  return testing::pack(weights, channels, out, in);
}

LinearJob job_of(const naive::Matrix& m, const RowSet& rows, OperandSource source, TokenScale scale,
                 LinearPost post) {
  LinearJob job = {};
  const int out = static_cast<int>(m.weights.size());
  job.matrix = MatrixRef{0, static_cast<int>(program::param_rows(out)),
                         static_cast<int>(m.weights[0].size()), out};
  job.rows = rows;
  job.source = source;
  job.scale = scale;
  job.post = post;
  job.requant.r1 = static_cast<std::uint8_t>(m.requant.r1);
  job.requant.r2 = static_cast<std::uint8_t>(m.requant.r2);
  job.requant.bias_shift = static_cast<std::uint8_t>(m.requant.bias_shift);
  job.requant.bias_before_scale = m.requant.bias_first;
  return job;
}

struct Shape {
  int tokens, segments, stride, in, out;
};

const Shape kShapes[] = {{1, 1, 0, 1, 1},     {1, 1, 0, 16, 16}, {8, 1, 0, 16, 16},
                         {9, 1, 0, 17, 15},   {7, 2, 7, 33, 40}, {16, 2, 24, 48, 31},
                         {129, 1, 0, 64, 33}, {5, 3, 8, 100, 1}, {129, 2, 136, 16, 48}};

/// z8 rows with a scale a token through an int8 post.
void expect_signed(const Shape& s, Random& random) {
  const auto tokens = testing::make_tokens();
  naive::Matrix m = testing::random_matrix(random, s.out, s.in, 127, 7, 131071);
  std::vector<Word> memory = pack_matrix(m);
  const RowSet rows{0, s.tokens, s.segments, s.stride};
  Counters counters;
  naive::Rows inputs;
  naive::Row scales;
  for (int g = 0; g < s.segments; ++g) {
    for (int t = 0; t < s.tokens; ++t) {
      inputs.push_back(testing::random_row(random, s.in, -127, 127));
      scales.push_back(testing::uniform(random, 1, 131071));
      const int row = row_of(rows, g, t);
      for (int d = 0; d < s.in; ++d)
        tokens->norm_out[row][d] = static_cast<std::int8_t>(inputs.back()[d]);
      tokens->norm_scale[row] = static_cast<std::uint32_t>(scales.back());
    }
  }
  linear(memory.data(),
         job_of(m, rows, OperandSource::kNormOut, TokenScale::kNorm, LinearPost::kSigned), *tokens,
         counters);
  const naive::Rows expected = naive::linear(m, inputs, scales);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const int row = row_of(rows, static_cast<int>(i) / s.tokens, static_cast<int>(i) % s.tokens);
    const naive::Row values = naive::to_int8(expected[i]);
    for (int n = 0; n < s.out; ++n) ASSERT_EQ(tokens->qkv[row][n], values[n]) << row << ", " << n;
  }
  EXPECT_EQ(counters.macs, std::uint64_t(s.tokens) * s.segments * s.in * s.out);
}

TEST(Linear, Int8OutputsEqualTheNaiveModelForAwkwardShapes) {
  Random random(11);
  for (const Shape& shape : kShapes) expect_signed(shape, random);
}

TEST(Linear, ResidualAddEqualsTheNaiveModelAndCountsSaturation) {
  Random random(12);
  const auto tokens = testing::make_tokens();
  naive::Matrix m = testing::random_matrix(random, 20, 37, 127, 22);
  std::vector<Word> memory = pack_matrix(m);
  const RowSet rows{0, 10, 1, 0};
  naive::Rows inputs, x;
  for (int t = 0; t < 10; ++t) {
    inputs.push_back(testing::random_row(random, 37, -127, 127));
    x.push_back(testing::random_row(random, 20, -8388608, 8388607));
    for (int d = 0; d < 37; ++d)
      tokens->attention_out[t][d] = static_cast<std::int8_t>(inputs[t][d]);
    for (int d = 0; d < 20; ++d) tokens->residual[t][d] = static_cast<std::int32_t>(x[t][d]);
  }
  Counters counters;
  linear(
      memory.data(),
      job_of(m, rows, OperandSource::kAttentionOut, TokenScale::kUnity, LinearPost::kResidualAdd),
      *tokens, counters);
  const naive::Rows v = naive::linear(m, inputs, naive::Row(10, 65536));
  std::uint64_t saturated = 0;
  for (int t = 0; t < 10; ++t) {
    for (int d = 0; d < 20; ++d) {
      saturated += naive::sat(v[t][d], 24) != v[t][d];
      const std::int64_t sum = x[t][d] + naive::sat(v[t][d], 24);
      saturated += naive::sat(sum, 24) != sum;
      ASSERT_EQ(tokens->residual[t][d], naive::sat(sum, 24)) << t << ", " << d;
    }
  }
  EXPECT_GT(saturated, 0u);
  EXPECT_EQ(counters.residual_saturations, saturated);
}

TEST(Linear, GeluOutputsEqualTheNaiveModel) {
  Random random(13);
  const auto tokens = testing::make_tokens();
  naive::Matrix m = testing::random_matrix(random, 50, 48, 127, 14);
  std::vector<Word> memory = pack_matrix(m);
  LinearJob job =
      job_of(m, RowSet{0, 3, 1, 0}, OperandSource::kNormOut, TokenScale::kNorm, LinearPost::kGelu);
  job.gelu = GeluScale{40000, 26, 9};
  naive::Rows inputs = testing::random_rows(random, 3, 48, -127, 127);
  for (int t = 0; t < 3; ++t) {
    for (int d = 0; d < 48; ++d) tokens->norm_out[t][d] = static_cast<std::int8_t>(inputs[t][d]);
    tokens->norm_scale[t] = 40000;
  }
  Counters counters;
  linear(memory.data(), job, *tokens, counters);
  const naive::Rows v = naive::linear(m, inputs, naive::Row(3, 40000));
  for (int t = 0; t < 3; ++t) {
    const naive::Row hidden = naive::to_hidden(v[t], naive::Gelu{40000, 26, 9});
    for (int n = 0; n < 50; ++n) ASSERT_EQ(tokens->hidden[t][n], hidden[n]) << t << ", " << n;
  }
}

TEST(Linear, Uint8InputsUseTheirFullRange) {
  Random random(14);
  const auto tokens = testing::make_tokens();
  naive::Matrix m = testing::random_matrix(random, 16, 3072, 255, 21);
  std::vector<Word> memory = pack_matrix(m);
  naive::Rows inputs = testing::random_rows(random, 1, 3072, 200, 255);
  for (int d = 0; d < 3072; ++d) tokens->hidden[0][d] = static_cast<std::uint8_t>(inputs[0][d]);
  Counters counters;
  linear(memory.data(),
         job_of(m, RowSet{0, 1, 1, 0}, OperandSource::kHidden, TokenScale::kUnity,
                LinearPost::kResidualAdd),
         *tokens, counters);
  const naive::Rows v = naive::linear(m, inputs, naive::Row(1, 65536));
  for (int d = 0; d < 16; ++d) ASSERT_EQ(tokens->residual[0][d], naive::sat(v[0][d], 24)) << d;
}

TEST(Linear, QueueScoresScaleTheBiasAndRedirectTheRow) {
  Random random(15);
  const auto tokens = testing::make_tokens();
  naive::Matrix m = testing::random_matrix(random, 18, 20, 255, 18);
  m.requant.bias_first = true;
  m.requant.bias_shift = 0;
  std::vector<Word> memory = pack_matrix(m);
  const std::vector<int> target = {9, 2, 5};
  naive::Rows inputs = testing::random_rows(random, 3, 20, 0, 255);
  const naive::Row scores = {65536, 1, 0};
  for (int i = 0; i < 3; ++i) {
    tokens->queue[4][i] =
        QueueEntry{static_cast<std::uint16_t>(target[i]), static_cast<std::uint32_t>(scores[i])};
    for (int d = 0; d < 20; ++d) tokens->hidden[i][d] = static_cast<std::uint8_t>(inputs[i][d]);
  }
  LinearJob job = job_of(m, RowSet{0, 3, 1, 0}, OperandSource::kHidden, TokenScale::kQueueScore,
                         LinearPost::kResidualAdd);
  job.expert = 4;
  Counters counters;
  linear(memory.data(), job, *tokens, counters);
  const naive::Rows v = naive::linear(m, inputs, scores);
  for (int i = 0; i < 3; ++i) {
    for (int d = 0; d < 18; ++d) ASSERT_EQ(tokens->residual[target[i]][d], naive::sat(v[i][d], 24));
  }
  for (int d = 0; d < 18; ++d) EXPECT_EQ(tokens->residual[5][d], 0) << "a zero score adds nothing";
}

}  // namespace
}  // namespace edgemoe::hls
