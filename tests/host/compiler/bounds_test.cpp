// SPDX-License-Identifier: Apache-2.0
// How a prediction becomes a bound, and the numbers that predictions are made of.
#include "host/compiler/bounds.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "host/compiler/noise_source.hpp"

namespace edgemoe::host {
namespace {

TEST(Bounds, ManyIndependentValuesLeaveTheFactorAlone) {
  EXPECT_DOUBLE_EQ(bound_of({0.5}, 2.0), 1.0);
  EXPECT_DOUBLE_EQ(bound_of({0.5, 5000.0, 4}, 2.0), 1.0);
  EXPECT_DOUBLE_EQ(bound_of({0.5, 5000.0, 4}, 3.0), 1.5);
}

TEST(Bounds, FewerValuesAndFewerDrawsAllowMore) {
  double last = 2.0;
  for (const double values : {50.0, 20.0, 5.0, 2.0}) {
    const double bound = bound_of({1.0, values, 32}, 2.0);
    EXPECT_GT(bound, last) << values;
    EXPECT_GT(bound_of({1.0, values, 4}, 2.0), bound) << values;
    last = bound;
  }
}

TEST(Bounds, SoundTapsOfFewValuesExceedThemAsRarelyAsPromised) {
  // The factor alone would be exceeded by every twelfth mean of four squares.
  constexpr int kTrials = 200000, kValues = 4;
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  const double bound = bound_of({1.0, kValues, 1000}, 2.0);
  int beyond = 0, beyond_factor = 0;
  for (int i = 0; i < kTrials; ++i) {
    double power = 0.0;
    for (int k = 0; k < kValues; ++k) power += std::pow(normal(random), 2) / kValues;
    beyond += power > bound;
    beyond_factor += power > 2.0;
  }
  EXPECT_LE(beyond, 10);  // 2 expected
  EXPECT_GT(beyond_factor, kTrials / 20);
}

TEST(Bounds, KnownValuesAreRoundedAsTheirFormatSays) {
  std::vector<float> x{0.24F, 0.25F, -0.25F, 0.26F, 100.0F, -100.0F};
  round_to_steps(x.data(), x.size(), {0.5F, -127, 127});
  EXPECT_EQ(x, (std::vector<float>{0.0F, 0.5F, -0.5F, 0.5F, 63.5F, -63.5F}));
  x = {0.24F, 0.5F, -0.01F, 51.0F};
  round_to_steps(x.data(), x.size(), {0.5F, -127, 127, true});
  EXPECT_EQ(x, (std::vector<float>{0.0F, 0.5F, -0.5F, 51.0F}));
}

TEST(Bounds, WrappingKeepsTheRangeAndTheRest) {
  std::vector<float> x{511.0F, 512.0F, -512.0F, -513.0F, 1535.0F, 1536.0F, 0.0F};
  wrap(x.data(), x.size(), 512.0F);
  EXPECT_EQ(x, (std::vector<float>{511.0F, -512.0F, -512.0F, 511.0F, 511.0F, -512.0F, 0.0F}));
}

}  // namespace
}  // namespace edgemoe::host
