// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "models/reference/metrics.hpp"

namespace edgemoe::models {
namespace {

TEST(NormalsError, HandComputedAngles) {
  NormalsError metric;
  // Pixels: equal, 90 degrees, opposite, invalid truth, 45 degrees (unnormalised prediction).
  metric.add({1, 0, 0, 1, 2, 0, 1, 0, 0, 2, 0, 0, -1, 0, 0},
             {1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0});
  EXPECT_NEAR(metric.mean(), (0.0 + 90.0 + 180.0 + 45.0) / 4.0, 1e-4);
  EXPECT_NEAR(metric.median(), 67.5, 1e-4);
  EXPECT_NEAR(metric.rmse(), std::sqrt((8100.0 + 32400.0 + 2025.0) / 4.0), 1e-3);
  EXPECT_DOUBLE_EQ(metric.within(11.25), 0.25);
  EXPECT_DOUBLE_EQ(metric.within(46.0), 0.5);
}

TEST(NormalsError, AZeroPredictionIsNinetyDegreesAndAnEmptySetIsZero) {
  NormalsError metric;
  EXPECT_EQ(metric.mean(), 0.0);
  EXPECT_EQ(metric.median(), 0.0);
  EXPECT_EQ(metric.within(30.0), 0.0);
  metric.add({0, 0, 0}, {0, 0, 1});
  EXPECT_NEAR(metric.mean(), 90.0, 1e-4);
  EXPECT_NEAR(metric.median(), 90.0, 1e-4);
  EXPECT_THROW(metric.add({0, 0}, {0, 0}), std::invalid_argument);
}

TEST(SaliencyMetric, HandComputedBestThreshold) {
  SaliencyMetric metric;
  // At thresholds up to 0.5: P 2/3, R 1. Above 0.5 up to 0.8: P 1, R 1/2. So F 0.8 and 2/3.
  metric.add({0.8f, 0.5f, 0.5f, 0.1f}, {1, 1, 0, 0});
  EXPECT_NEAR(metric.max_f(), 0.8, 1e-9);
  EXPECT_NEAR(metric.miou(), 2.0 / 3.0, 1e-9);
}

TEST(SaliencyMetric, ThresholdsIncludeTheirEnds) {
  SaliencyMetric low, high;
  low.add({0.2f}, {1});
  high.add({0.9f}, {1});
  EXPECT_NEAR(low.max_f(), 1.0, 1e-9);
  EXPECT_NEAR(high.max_f(), 1.0, 1e-9);
  SaliencyMetric below;
  below.add({0.19999f}, {1});
  EXPECT_EQ(below.max_f(), 0.0);
}

TEST(SaliencyMetric, BothEmptyIsAPerfectJaccard) {
  SaliencyMetric metric;
  EXPECT_EQ(metric.miou(), 0.0);
  EXPECT_EQ(metric.max_f(), 0.0);
  metric.add({0.0f, 0.1f}, {0, 0});
  EXPECT_DOUBLE_EQ(metric.miou(), 1.0);
  EXPECT_EQ(metric.max_f(), 0.0);
}

TEST(EdgeMetric, AnEdgeOnePixelOffMatchesOnlyWithTolerance) {
  const std::vector<float> prediction{0, 0.6f, 0, 0, 0, 0.6f, 0, 0};
  const std::vector<std::uint16_t> truth{0, 0, 1, 0, 0, 0, 1, 0};
  EdgeMetric strict(2, 4, 0), tolerant(2, 4, 1);
  strict.add(prediction, truth);
  tolerant.add(prediction, truth);
  EXPECT_EQ(strict.ods_f(), 0.0);
  EXPECT_NEAR(tolerant.ods_f(), 1.0, 1e-9);
}

TEST(EdgeMetric, TheThresholdIsChosenForTheWholeSet) {
  EdgeMetric metric(1, 3, 0);
  metric.add({0.9f, 0.5f, 0.0f}, {1, 0, 0});  // wants a threshold above 0.5
  metric.add({0.4f, 0.0f, 0.0f}, {1, 0, 0});  // wants one of 0.4 or less
  // 0.4 or less: P 2/3, R 1 -> 0.8. Above 0.5: P 1, R 1/2 -> 2/3.
  EXPECT_NEAR(metric.ods_f(), 0.8, 1e-9);
}

TEST(EdgeMetric, SizesAreChecked) {
  EXPECT_THROW(EdgeMetric(0, 4, 1), std::invalid_argument);
  EXPECT_THROW(EdgeMetric(4, 4, -1), std::invalid_argument);
  EdgeMetric metric(2, 2, 5);
  EXPECT_EQ(metric.ods_f(), 0.0);
  EXPECT_THROW(metric.add({0.0f}, {0}), std::invalid_argument);
}

}  // namespace
}  // namespace edgemoe::models
