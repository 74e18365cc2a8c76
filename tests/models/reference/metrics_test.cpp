// SPDX-License-Identifier: Apache-2.0
#include "models/reference/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace edgemoe::models {
namespace {

TEST(MeanIou, HandComputedOverTwoImages) {
  MeanIou metric(3);
  metric.add({0, 0, 1, 1}, {0, 1, 1, 255});  // class 0: TP 1, FP 1; class 1: TP 1, FN 1
  metric.add({2, 0}, {2, 2});                // class 2: TP 1, FN 1; class 0: FP 1 more
  const std::vector<double> iou = metric.per_class();
  EXPECT_DOUBLE_EQ(iou[0], 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(iou[1], 0.5);
  EXPECT_DOUBLE_EQ(iou[2], 0.5);
  EXPECT_DOUBLE_EQ(metric.value(), (1.0 / 3.0 + 1.0) / 3.0);
  EXPECT_EQ(metric.pixels(), 5);
}

TEST(MeanIou, AClassThatNeverOccursCountsZero) {
  MeanIou metric(2);
  metric.add({0}, {0});
  EXPECT_DOUBLE_EQ(metric.value(), 0.5);
  EXPECT_DOUBLE_EQ(MeanIou(2).value(), 0.0);
}

TEST(MeanIou, IgnoredPixelsNeverCount) {
  MeanIou metric(2);
  metric.add({1, 1}, {255, 255});
  EXPECT_EQ(metric.pixels(), 0);
}

TEST(MeanIou, ImagesWithoutForegroundCanBeSkipped) {
  MeanIou metric(2, true);
  metric.add({1, 1}, {0, 255});
  EXPECT_EQ(metric.pixels(), 0);
  metric.add({1, 0}, {1, 0});
  EXPECT_DOUBLE_EQ(metric.value(), 1.0);
}

TEST(MeanIou, BadInputIsRefusedAndLeavesTheCountsAlone) {
  MeanIou metric(2);
  EXPECT_THROW(metric.add({0}, {0, 1}), std::invalid_argument);
  EXPECT_THROW(metric.add({0, 2}, {0, 0}), std::invalid_argument);
  EXPECT_THROW(metric.add({0, 0}, {0, 2}), std::invalid_argument);
  EXPECT_EQ(metric.pixels(), 0);
  EXPECT_THROW(MeanIou(0), std::invalid_argument);
  EXPECT_THROW(MeanIou(256), std::invalid_argument);
}

TEST(DepthError, HandComputedOverValidPixels) {
  DepthError metric;
  metric.add({0.5f, 9.0f}, {1.0f, 0.0f});
  metric.add({0.25f}, {0.25f});
  EXPECT_EQ(metric.pixels(), 2);
  EXPECT_DOUBLE_EQ(metric.rmse(), std::sqrt(0.125));
  EXPECT_NEAR(metric.log_rmse(), std::log(2.0) / std::sqrt(2.0), 1e-12);
}

TEST(DepthError, NonPositivePredictionsCountAsOneBillionth) {
  for (const float bad : {0.0f, -3.0f, std::nanf("")}) {
    DepthError metric;
    metric.add({bad}, {1.0f});
    EXPECT_DOUBLE_EQ(metric.rmse(), 1.0 - 1e-9);
    EXPECT_NEAR(metric.log_rmse(), 9.0 * std::log(10.0), 1e-9);
  }
}

TEST(DepthError, NoValidPixelIsZeroAndSizesMustMatch) {
  DepthError metric;
  metric.add({1.0f}, {0.0f});
  EXPECT_EQ(metric.rmse(), 0.0);
  EXPECT_EQ(metric.log_rmse(), 0.0);
  EXPECT_THROW(metric.add({1.0f}, {}), std::invalid_argument);
}

TEST(DeltaM, SignsFollowTheDirectionOfEachMetric) {
  EXPECT_NEAR(delta_m({{0.8, 0.727, true}, {0.5, 0.585, false}}),
              0.5 * (0.073 / 0.727 + 0.085 / 0.585), 1e-12);
  EXPECT_EQ(delta_m({}), 0.0);
  EXPECT_THROW(delta_m({{1.0, 0.0, true}}), std::invalid_argument);
}

}  // namespace
}  // namespace edgemoe::models
