// SPDX-License-Identifier: Apache-2.0
// Surface normals, saliency, edges.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/reference/metrics.hpp"

namespace edgemoe::models {
namespace {

constexpr double kBinsPerDegree = 100.0;
constexpr std::size_t kBins = 18001;  // 180 degrees has one of its own
constexpr double kDegreesPerRadian = 57.29577951308232;

void require_equal(std::size_t a, std::size_t b) {
  if (a != b) {
    throw std::invalid_argument("metric: prediction and truth have different sizes");
  }
}

double ratio(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

double f_measure(double precision, double recall) {
  return 2.0 * precision * recall / (precision + recall + 1e-12);
}

/// Largest value of each row's window [x - radius, x + radius]; `step` apart, `count` values a row.
void maximum_along(const std::vector<float>& in, int lines, int line_step, int count, int step,
                   int radius, std::vector<float>& out) {
  for (int l = 0; l < lines; ++l) {
    const std::size_t first = static_cast<std::size_t>(l) * line_step;
    for (int i = 0; i < count; ++i) {
      const int end = std::min(count - 1, i + radius);
      float top = in[first + static_cast<std::size_t>(i) * step];
      for (int j = std::max(0, i - radius); j <= end; ++j) {
        top = std::max(top, in[first + static_cast<std::size_t>(j) * step]);
      }
      out[first + static_cast<std::size_t>(i) * step] = top;
    }
  }
}

/// Largest value within a square of the radius around each pixel.
std::vector<float> dilate(const std::vector<float>& in, int height, int width, int radius) {
  std::vector<float> rows(in.size());
  std::vector<float> result(in.size());
  maximum_along(in, height, width, width, 1, radius, rows);
  maximum_along(rows, width, 1, height, width, radius, result);
  return result;
}

}  // namespace

void NormalsError::add(const std::vector<float>& prediction, const std::vector<float>& truth) {
  require_equal(prediction.size(), truth.size());
  if (truth.size() % 3 != 0) {
    throw std::invalid_argument("metric: normals need three planes");
  }
  counts_.resize(kBins);
  sums_.resize(kBins);
  const std::size_t pixels = truth.size() / 3;
  for (std::size_t i = 0; i < pixels; ++i) {
    double dot = 0.0;
    double truth_squares = 0.0;
    double prediction_squares = 0.0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double p = prediction[c * pixels + i];
      const double g = truth[c * pixels + i];
      dot += p * g;
      truth_squares += g * g;
      prediction_squares += p * p;
    }
    if (truth_squares > 0.0) {
      const double cosine = ratio(dot, std::sqrt(truth_squares * prediction_squares));
      const double angle = std::acos(std::clamp(cosine, -1.0, 1.0)) * kDegreesPerRadian;
      const auto bin = static_cast<std::size_t>(angle * kBinsPerDegree);
      ++counts_[bin];
      sums_[bin] += angle;
      sum_ += angle;
      squares_ += angle * angle;
      ++pixels_;
    }
  }
}

double NormalsError::mean() const { return ratio(sum_, static_cast<double>(pixels_)); }

/// Mean of the bin that holds the pixel of this rank.
double NormalsError::order_statistic(std::int64_t rank) const {
  std::size_t bin = 0;
  for (std::int64_t below = counts_[0]; below <= rank; below += counts_[bin]) ++bin;
  return sums_[bin] / static_cast<double>(counts_[bin]);
}

double NormalsError::median() const {
  if (pixels_ == 0) {
    return 0.0;
  }
  return (order_statistic((pixels_ - 1) / 2) + order_statistic(pixels_ / 2)) / 2.0;
}

double NormalsError::rmse() const {
  return std::sqrt(ratio(squares_, static_cast<double>(pixels_)));
}

double NormalsError::within(double degrees) const {
  const double bins = std::clamp(std::round(degrees * kBinsPerDegree), 0.0, double{kBins});
  std::int64_t below = 0;
  for (std::size_t bin = 0; bin < counts_.size() && static_cast<double>(bin) < bins; ++bin) {
    below += counts_[bin];
  }
  return ratio(static_cast<double>(below), static_cast<double>(pixels_));
}

void SaliencyMetric::add(const std::vector<float>& probability,
                         const std::vector<std::uint16_t>& truth) {
  require_equal(probability.size(), truth.size());
  ++images_;
  for (std::size_t t = 0; t < kThresholds; ++t) {
    // Divided, not added up: 0.2 + 2 * 0.05 would miss 0.3 by a rounding.
    const float threshold = static_cast<float>((20.0 + 5.0 * static_cast<double>(t)) / 100.0);
    double hit = 0.0, predicted = 0.0, salient = 0.0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const bool p = probability[i] >= threshold;
      const bool g = truth[i] != 0;
      hit += p && g;
      predicted += p;
      salient += g;
    }
    precision_[t] += ratio(hit, predicted);
    recall_[t] += ratio(hit, salient);
    const double united = predicted + salient - hit;
    jaccard_[t] += united == 0.0 ? 1.0 : hit / united;
  }
}

double SaliencyMetric::max_f() const {
  double best = 0.0;
  for (std::size_t t = 0; t < kThresholds && images_ > 0; ++t) {
    const auto n = static_cast<double>(images_);
    best = std::max(best, f_measure(precision_[t] / n, recall_[t] / n));
  }
  return best;
}

double SaliencyMetric::miou() const {
  const double best = *std::max_element(jaccard_.begin(), jaccard_.end());
  return ratio(best, static_cast<double>(images_));
}

EdgeMetric::EdgeMetric(int height, int width, int radius)
    : height_(height), width_(width), radius_(radius) {
  if (height < 1 || width < 1 || radius < 0) {
    throw std::invalid_argument("metric: edge map size or radius out of range");
  }
}

void EdgeMetric::add(const std::vector<float>& probability,
                     const std::vector<std::uint16_t>& truth) {
  const std::size_t pixels = static_cast<std::size_t>(height_) * static_cast<std::size_t>(width_);
  require_equal(probability.size(), pixels);
  require_equal(truth.size(), pixels);
  std::vector<float> edges(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    edges[i] = truth[i] != 0 ? 1.0f : 0.0f;
    true_ += truth[i] != 0;
  }
  const std::vector<float> near_truth = dilate(edges, height_, width_, radius_);
  const std::vector<float> near_prediction = dilate(probability, height_, width_, radius_);
  for (std::size_t t = 0; t < kThresholds; ++t) {
    const float threshold = static_cast<float>(static_cast<double>(t + 1) / 100.0);
    for (std::size_t i = 0; i < pixels; ++i) {
      const bool predicted = probability[i] >= threshold;
      predicted_[t] += predicted;
      predicted_hit_[t] += predicted && near_truth[i] > 0.0f;
      true_hit_[t] += edges[i] > 0.0f && near_prediction[i] >= threshold;
    }
  }
}

double EdgeMetric::ods_f() const {
  double best = 0.0;
  for (std::size_t t = 0; t < kThresholds; ++t) {
    const double precision =
        ratio(static_cast<double>(predicted_hit_[t]), static_cast<double>(predicted_[t]));
    const double recall = ratio(static_cast<double>(true_hit_[t]), static_cast<double>(true_));
    best = std::max(best, f_measure(precision, recall));
  }
  return best;
}

}  // namespace edgemoe::models
