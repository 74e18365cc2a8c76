// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/layer_norm.hpp"

#include <gtest/gtest.h>

#include "tests/hls/kernels/fixture.hpp"
#include "tests/hls/kernels/random_values.hpp"

namespace edgemoe::hls {
namespace {

using testing::Random;

struct NormSetup {
  NormJob job;
  std::vector<std::uint8_t> memory;
};

NormSetup setup_of(const naive::Norm& norm, const RowSet& rows) {
  const int dim = static_cast<int>(norm.gamma.size());
  NormSetup setup;
  setup.job = NormJob{rows,
                      dim,
                      0,
                      norm.inv_d,
                      norm.sqrt_d,
                      static_cast<std::uint64_t>(norm.eps_acc),
                      norm.gamma_frac,
                      true};
  setup.memory.resize(program::param_rows(dim) * std::size_t{program::kRowBytes});
  for (int d = 0; d < dim; ++d) {
    program::put_norm(
        setup.memory.data(), d,
        {static_cast<std::int32_t>(norm.gamma[d]), static_cast<std::int32_t>(norm.beta[d])});
  }
  return setup;
}

void expect_row(const testing::Tokens& tokens, int row, const naive::Normed& expected) {
  EXPECT_EQ(tokens.norm_scale[row], expected.scale) << row;
  for (std::size_t d = 0; d < expected.z8.size(); ++d) {
    ASSERT_EQ(tokens.norm_out[row][d], expected.z8[d]) << row << ", " << d;
    ASSERT_EQ(tokens.norm_low[row][d], expected.lo[d]) << row << ", " << d;
  }
}

TEST(LayerNorm, EqualsTheNaiveModelOnEverySegment) {
  Random random(31);
  for (int dim : {2, 15, 192, 768}) {
    const auto tokens = testing::make_tokens();
    const naive::Norm norm = testing::random_norm(random, dim);
    const RowSet rows{0, 9, 2, 16};
    NormSetup setup = setup_of(norm, rows);
    std::vector<naive::Row> x;
    for (int i = 0; i < 18; ++i) {
      const std::int64_t spread = std::int64_t{1} << (4 + i);
      x.push_back(testing::random_row(random, dim, -spread, spread));
      for (int d = 0; d < dim; ++d) {
        tokens->residual[row_of(rows, i / 9, i % 9)][d] = static_cast<std::int32_t>(x[i][d]);
      }
    }
    layer_norm(testing::to_words(setup.memory).data(), setup.job, *tokens);
    for (int i = 0; i < 18; ++i)
      expect_row(*tokens, row_of(rows, i / 9, i % 9), naive::layer_norm(norm, x[i]));
  }
}

TEST(LayerNorm, ConstantRowsGiveBetaAndFullScaleRowsDoNotOverflow) {
  Random random(32);
  const auto tokens = testing::make_tokens();
  const naive::Norm norm = testing::random_norm(random, 64);
  NormSetup setup = setup_of(norm, RowSet{0, 3, 1, 0});
  naive::Rows x = {naive::Row(64, -8388608), naive::Row(64, 0), naive::Row(64, 8388607)};
  for (int d = 0; d < 64; d += 2) x[2][d] = -8388608;
  for (int t = 0; t < 3; ++t) {
    for (int d = 0; d < 64; ++d) tokens->residual[t][d] = static_cast<std::int32_t>(x[t][d]);
  }
  layer_norm(testing::to_words(setup.memory).data(), setup.job, *tokens);
  for (int t = 0; t < 3; ++t) expect_row(*tokens, t, naive::layer_norm(norm, x[t]));
  EXPECT_EQ(tokens->norm_scale[0], tokens->norm_scale[1]);
}

TEST(LayerNorm, WithoutTheLowPlaneTheOldOneStays) {
  Random random(33);
  const auto tokens = testing::make_tokens();
  NormSetup setup = setup_of(testing::random_norm(random, 16), RowSet{0, 1, 1, 0});
  setup.job.low_plane = false;
  for (int d = 0; d < 16; ++d) {
    tokens->residual[0][d] = 1000 * d;
    tokens->norm_low[0][d] = 77;
  }
  layer_norm(testing::to_words(setup.memory).data(), setup.job, *tokens);
  for (int d = 0; d < 16; ++d) EXPECT_EQ(tokens->norm_low[0][d], 77);
}

}  // namespace
}  // namespace edgemoe::hls
