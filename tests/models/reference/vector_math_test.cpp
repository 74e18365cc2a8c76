// SPDX-License-Identifier: Apache-2.0
#include "models/reference/vector_math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace edgemoe::models {
namespace {

/// Every float step would be 2^30 values; this walks a dense grid plus a geometric one near zero.
std::vector<float> dense_grid(float low, float high) {
  std::vector<float> x;
  constexpr int kSteps = 400001;
  for (int i = 0; i <= kSteps; ++i) {
    x.push_back(low + (high - low) * static_cast<float>(i) / kSteps);
  }
  for (float small = 1.0f; small > 1e-30f; small *= 0.83f) {
    x.push_back(low < 0.0f ? -small : small);
    x.push_back(high > 0.0f ? small : -small);
  }
  x.push_back(0.0f);
  return x;
}

TEST(VectorMath, ExpIsAccurateToTwoUlp) {
  const std::vector<float> x = dense_grid(-87.0f, 0.0f);
  std::vector<float> y(x.size());
  exp_negative(x.data(), y.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double exact = std::exp(static_cast<double>(x[i]));
    ASSERT_LE(std::fabs(y[i] / exact - 1.0), 2e-7) << x[i];
  }
}

TEST(VectorMath, ExpOfZeroIsOneAndFarBelowIsTiny) {
  const std::vector<float> x{0.0f, -88.0f, -1e30f, -std::numeric_limits<float>::infinity()};
  std::vector<float> y(x.size());
  exp_negative(x.data(), y.data(), x.size());
  EXPECT_EQ(y[0], 1.0f);
  for (std::size_t i = 1; i < x.size(); ++i) {
    EXPECT_GT(y[i], 0.0f);
    EXPECT_LT(y[i], 2e-38f);
  }
}

TEST(VectorMath, ErfcIsAccurateTo1em7) {
  const std::vector<float> x = dense_grid(0.0f, 11.0f);
  std::vector<float> y(x.size());
  erfc_positive(x.data(), y.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_LE(std::fabs(y[i] - std::erfc(static_cast<double>(x[i]))), 1e-7) << x[i];
  }
}

TEST(VectorMath, ErfcVanishesAndKeepsNan) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x{infinity, 1e10f, std::nanf("")};
  std::vector<float> y(x.size());
  erfc_positive(x.data(), y.data(), x.size());
  EXPECT_NEAR(y[0], 0.0f, 1e-30);
  EXPECT_NEAR(y[1], 0.0f, 1e-30);
  EXPECT_TRUE(std::isnan(y[2]));
}

TEST(VectorMath, GeluIsAccurateForEveryLength) {
  const std::vector<float> grid = dense_grid(-12.0f, 12.0f);
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{17}, grid.size()}) {
    std::vector<float> y(grid.begin(), grid.begin() + static_cast<std::ptrdiff_t>(count));
    gelu(y.data(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const double x = grid[i];
      const double exact = 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0)));
      ASSERT_LE(std::fabs(y[i] - exact), 1e-7 * std::fmax(1.0, std::fabs(x))) << x;
    }
  }
}

TEST(VectorMath, LayerNormOfAHandComputedRow) {
  const std::vector<float> x{1.0f, 3.0f, 5.0f, 7.0f};  // mean 4, variance 5
  const std::vector<float> weight{1.0f, 2.0f, 1.0f, 1.0f};
  const std::vector<float> bias{0.0f, 1.0f, 0.0f, 0.0f};
  std::vector<float> y(4);
  layer_norm(x.data(), 1, 4, weight.data(), bias.data(), 4.0f, y.data());  // sqrt(5 + 4) = 3
  EXPECT_FLOAT_EQ(y[0], -1.0f);
  EXPECT_FLOAT_EQ(y[1], 1.0f - 2.0f / 3.0f);
  EXPECT_FLOAT_EQ(y[2], 1.0f / 3.0f);
  EXPECT_FLOAT_EQ(y[3], 1.0f);
}

TEST(VectorMath, LayerNormOfAConstantRowIsItsBias) {
  std::vector<float> x(37, 1000.0f);
  const std::vector<float> weight(37, 3.0f);
  const std::vector<float> bias(37, 0.5f);
  layer_norm(x.data(), 1, x.size(), weight.data(), bias.data(), 1e-6f, x.data());
  for (const float value : x) {
    EXPECT_NEAR(value, 0.5f, 0.1f);  // rounding of the mean times 1 / sqrt(eps) = 1000
  }
}

TEST(VectorMath, SoftmaxSumsToOneForEveryLengthAndSurvivesLargeLogits) {
  for (std::size_t cols = 1; cols < 70; ++cols) {
    std::vector<float> x(2 * cols);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = 1e4f * std::sin(static_cast<float>(i));
    }
    x[cols] = 3e4f;
    softmax_rows(x.data(), 2, cols);
    double sum = 0.0;
    for (std::size_t i = 0; i < cols; ++i) {
      sum += x[i];
    }
    EXPECT_NEAR(sum, 1.0, 1e-6);
    EXPECT_FLOAT_EQ(x[cols], 1.0f);
  }
}

TEST(VectorMath, SoftmaxOfEqualValuesIsUniform) {
  std::vector<float> x(129, -7.25f);
  softmax_rows(x.data(), 1, x.size());
  for (const float value : x) {
    EXPECT_FLOAT_EQ(value, 1.0f / 129.0f);
  }
}

TEST(VectorMath, ElementwiseHelpers) {
  std::vector<float> y{1.0f, -2.0f, 3.0f};
  const std::vector<float> x{10.0f, 20.0f, -30.0f};
  add_to(y.data(), x.data(), 3);
  EXPECT_EQ(y, (std::vector<float>{11.0f, 18.0f, -27.0f}));
  add_scaled(y.data(), 0.5f, x.data(), 3);
  EXPECT_EQ(y, (std::vector<float>{16.0f, 28.0f, -42.0f}));
  relu(y.data(), 3);
  EXPECT_EQ(y, (std::vector<float>{16.0f, 28.0f, 0.0f}));
  std::vector<float> mixed(3);
  blend(x.data(), y.data(), 0.25f, mixed.data(), 3);
  EXPECT_EQ(mixed, (std::vector<float>{11.5f, 22.0f, -22.5f}));
}

}  // namespace
}  // namespace edgemoe::models
