// SPDX-License-Identifier: Apache-2.0
// Segmentation and depth; the other tasks are in metrics_dense.cpp.
#include "models/reference/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace edgemoe::models {
namespace {

void require_equal(std::size_t a, std::size_t b) {
  if (a != b) {
    throw std::invalid_argument("metric: prediction and truth have different sizes");
  }
}

}  // namespace

MeanIou::MeanIou(int classes, bool skip_background_only)
    : classes_(classes), skip_background_only_(skip_background_only) {
  if (classes < 1 || classes > kIgnoreLabel) {
    throw std::invalid_argument("metric: expected 1..255 classes");
  }
  confusion_.assign(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes), 0);
}

void MeanIou::add(const std::vector<std::uint16_t>& prediction,
                  const std::vector<std::uint16_t>& label) {
  require_equal(prediction.size(), label.size());
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (prediction[i] >= classes_ || (label[i] >= classes_ && label[i] != kIgnoreLabel)) {
      throw std::invalid_argument("metric: class id out of range");
    }
  }
  const auto is_background = [](std::uint16_t l) { return l == 0 || l == kIgnoreLabel; };
  if (skip_background_only_ && std::all_of(label.begin(), label.end(), is_background)) {
    return;
  }
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] != kIgnoreLabel) {
      ++confusion_[static_cast<std::size_t>(label[i]) * classes_ + prediction[i]];
      ++pixels_;
    }
  }
}

std::vector<double> MeanIou::per_class() const {
  const auto n = static_cast<std::size_t>(classes_);
  std::vector<double> result(n);
  for (std::size_t c = 0; c < n; ++c) {
    double united = 0.0;
    for (std::size_t other = 0; other < n; ++other) {
      united += static_cast<double>(confusion_[c * n + other]);
      united += other == c ? 0.0 : static_cast<double>(confusion_[other * n + c]);
    }
    result[c] = static_cast<double>(confusion_[c * n + c]) / std::max(united, 1e-8);
  }
  return result;
}

double MeanIou::value() const {
  double sum = 0.0;
  for (const double iou : per_class()) {
    sum += iou;
  }
  return sum / classes_;
}

void DepthError::add(const std::vector<float>& prediction, const std::vector<float>& truth) {
  require_equal(prediction.size(), truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == 0.0f) {
      continue;
    }
    const double g = truth[i];
    const double p = prediction[i] > 0.0f ? prediction[i] : 1e-9;
    const double log_difference = std::log(g) - std::log(p);
    squares_ += (g - p) * (g - p);
    log_squares_ += log_difference * log_difference;
    ++pixels_;
  }
}

double DepthError::rmse() const {
  return pixels_ == 0 ? 0.0 : std::sqrt(squares_ / static_cast<double>(pixels_));
}

double DepthError::log_rmse() const {
  return pixels_ == 0 ? 0.0 : std::sqrt(log_squares_ / static_cast<double>(pixels_));
}

double delta_m(const std::vector<TaskScore>& scores) {
  double sum = 0.0;
  for (const TaskScore& score : scores) {
    if (score.baseline == 0.0) {
      throw std::invalid_argument("delta_m: a baseline is zero");
    }
    const double gain = (score.value - score.baseline) / score.baseline;
    sum += score.higher_is_better ? gain : -gain;
  }
  return scores.empty() ? 0.0 : sum / static_cast<double>(scores.size());
}

}  // namespace edgemoe::models
