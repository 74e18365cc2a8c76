// SPDX-License-Identifier: Apache-2.0
/// Task metrics over a data set. Each is an accumulator: add images, then read the value.
///
/// All spans are row-major, one value per pixel (three planes for normals); sizes that differ throw
/// std::invalid_argument. Values of an empty data set are 0.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/io/tensor.hpp"

namespace edgemoe::models {

constexpr int kIgnoreLabel = 255;

/// Mean intersection over union. Counts are summed over the set; pixels labelled 255 do not count.
class MeanIou {
 public:
  /// `skip_background_only`: images whose labels are all class 0 or 255 are left out (human parts).
  explicit MeanIou(int classes, bool skip_background_only = false);

  /// Labels in 0..classes-1 or 255, predictions in 0..classes-1; anything else throws
  /// std::invalid_argument.
  void add(const std::vector<std::uint16_t>& prediction, const std::vector<std::uint16_t>& label);
  /// mean over classes of TP / max(TP + FP + FN, 1e-8): a class that never occurs counts 0.
  double value() const;
  std::vector<double> per_class() const;
  std::int64_t pixels() const { return pixels_; }

 private:
  int classes_;
  bool skip_background_only_;
  std::int64_t pixels_ = 0;
  std::vector<std::int64_t> confusion_;  // [label][prediction]
};

/// Depth errors over the valid pixels (truth != 0) of all images; predictions <= 0 count as 1e-9.
class DepthError {
 public:
  void add(const std::vector<float>& prediction, const std::vector<float>& truth);
  double rmse() const;
  double log_rmse() const;  ///< natural logarithm
  std::int64_t pixels() const { return pixels_; }

 private:
  double squares_ = 0.0;
  double log_squares_ = 0.0;
  std::int64_t pixels_ = 0;
};

/// Angle between predicted and true surface normals, in degrees. Angles are counted in bins of 0.01
/// degrees, because data sets have more pixels than memory; mean and RMSE are exact.
class NormalsError {
 public:
  /// Three planes each. A pixel is valid when its true vector is not zero; both vectors are
  /// normalised first (a zero prediction counts as 90 degrees).
  void add(const std::vector<float>& prediction, const std::vector<float>& truth);
  double mean() const;
  double median() const;
  double rmse() const;
  /// Fraction of pixels with an error below `degrees` (rounded to a hundredth); published
  /// thresholds are 11.25, 22.5 and 30.
  double within(double degrees) const;

 private:
  double order_statistic(std::int64_t rank) const;

  std::vector<std::int64_t> counts_;  ///< per bin; empty before the first pixel
  std::vector<double> sums_;          ///< of the angles, per bin
  std::int64_t pixels_ = 0;
  double sum_ = 0.0, squares_ = 0.0;
};

/// Saliency: precision and recall averaged over images at 15 thresholds 0.20, 0.25 .. 0.90, best F;
/// best mean Jaccard.
class SaliencyMetric {
 public:
  static constexpr int kThresholds = 15;

  /// Probabilities in [0, 1]; truth counts as salient when != 0. An image with nothing salient has
  /// recall 0.
  void add(const std::vector<float>& probability, const std::vector<std::uint16_t>& truth);
  double max_f() const;
  double miou() const;

 private:
  std::array<double, kThresholds> precision_{};
  std::array<double, kThresholds> recall_{};
  std::array<double, kThresholds> jaccard_{};
  std::int64_t images_ = 0;
};

/// Edges: F at the best threshold of the whole set. A simplification of the published boundary
/// benchmark: no thinning and no one-to-one matching; a pixel matches when the other map has an
/// edge within `radius` pixels (square).
class EdgeMetric {
 public:
  static constexpr int kThresholds = 99;

  EdgeMetric(int height, int width, int radius);
  void add(const std::vector<float>& probability, const std::vector<std::uint16_t>& truth);
  double ods_f() const;

 private:
  int height_, width_, radius_;
  std::array<std::int64_t, kThresholds> predicted_{};
  std::array<std::int64_t, kThresholds> predicted_hit_{};
  std::array<std::int64_t, kThresholds> true_hit_{};
  std::int64_t true_ = 0;
};

/// One task's part of delta_m.
struct TaskScore {
  double value = 0.0;
  double baseline = 0.0;  ///< must not be 0
  bool higher_is_better = true;
};

/// Mean relative gain over the baselines: (1/T) sum +-(value - baseline) / baseline. 0 for no
/// tasks.
double delta_m(const std::vector<TaskScore>& scores);

}  // namespace edgemoe::models
