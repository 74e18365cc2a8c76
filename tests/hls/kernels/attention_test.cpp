// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/attention.hpp"

#include <gtest/gtest.h>

#include "tests/hls/kernels/fixture.hpp"
#include "tests/hls/kernels/random_values.hpp"

namespace edgemoe::hls {
namespace {

using testing::Random;

struct Shape {
  int tokens, segments, stride, heads, head_dim;
};

naive::Attention constants_of(const Shape& s, int score_shift) {
  naive::Attention a;
  a.heads = s.heads;
  a.head_dim = s.head_dim;
  a.score_mult = 50000;
  a.score_shift = score_shift;
  a.out_mult = 48000;
  a.r1 = 10;
  a.r2 = 29;
  return a;
}

void expect_equal(const Shape& s, int score_shift, Random& random) {
  const auto tokens = testing::make_tokens();
  const naive::Attention a = constants_of(s, score_shift);
  const AttentionJob job{RowSet{0, s.tokens, s.segments, s.stride},
                         s.heads,
                         s.head_dim,
                         static_cast<std::uint16_t>(a.score_mult),
                         static_cast<std::uint8_t>(a.score_shift),
                         static_cast<std::uint16_t>(a.out_mult),
                         static_cast<std::uint8_t>(a.r1),
                         static_cast<std::uint8_t>(a.r2)};
  const int width = s.heads * s.head_dim;
  std::vector<naive::Rows> segments;
  for (int g = 0; g < s.segments; ++g) {
    segments.push_back(testing::random_rows(random, s.tokens, 3 * width, -127, 127));
    for (int t = 0; t < s.tokens; ++t) {
      for (int j = 0; j < 3 * width; ++j) {
        tokens->qkv[g * s.stride + t][j] = static_cast<std::int8_t>(segments[g][t][j]);
      }
    }
  }
  Counters counters;
  attention(job, *tokens, counters);
  for (int g = 0; g < s.segments; ++g) {
    const naive::Rows expected = naive::attention(a, segments[g]);
    for (int t = 0; t < s.tokens; ++t) {
      for (int j = 0; j < width; ++j) {
        ASSERT_EQ(tokens->attention_out[g * s.stride + t][j], expected[t][j])
            << "segment " << g << " token " << t << " column " << j;
      }
    }
  }
  EXPECT_EQ(counters.macs, 2ull * s.segments * s.tokens * s.tokens * width);
}

TEST(Attention, EqualsTheNaiveModelForAwkwardShapes) {
  Random random(21);
  for (const Shape& s :
       {Shape{1, 1, 0, 1, 1}, Shape{1, 2, 1, 3, 16}, Shape{8, 1, 0, 2, 16}, Shape{17, 2, 24, 3, 10},
        Shape{33, 1, 0, 1, 128}, Shape{129, 1, 0, 3, 64}}) {
    for (int score_shift : {16, 22}) expect_equal(s, score_shift, random);
  }
}

TEST(Attention, OneSegmentDoesNotSeeAnother) {
  const auto tokens = testing::make_tokens();
  for (int row : {0, 1, 2}) {
    for (int j = 0; j < 48; ++j) tokens->qkv[row][j] = static_cast<std::int8_t>(row == 2 ? 127 : 1);
  }
  const AttentionJob job{RowSet{0, 2, 1, 0}, 1, 16, 40000, 20, 65535, 8, 32};
  Counters counters;
  attention(job, *tokens, counters);
  const int alone = tokens->attention_out[0][0];
  for (int j = 0; j < 48; ++j) tokens->qkv[2][j] = -127;
  attention(job, *tokens, counters);
  EXPECT_EQ(tokens->attention_out[0][0], alone);
}

}  // namespace
}  // namespace edgemoe::hls
