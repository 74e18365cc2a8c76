// SPDX-License-Identifier: Apache-2.0
#include "models/reference/error_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace edgemoe::models {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

double to_decibel(double nmse) { return nmse == 0.0 ? kInfinity : -10.0 * std::log10(nmse); }

TensorError compare_values(const float* reference, const float* value, std::size_t count) {
  TensorError error;
  double power = 0.0;
  double squares = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double r = reference[i];
    const double d = static_cast<double>(value[i]) - r;
    power += r * r;
    squares += d * d;
    sum += std::fabs(d);
    error.max_abs = std::max(error.max_abs, std::fabs(d));
  }
  if (!std::isfinite(squares) || !std::isfinite(power)) {
    return {-kInfinity, kInfinity, kInfinity, kInfinity, kInfinity};
  }
  if (count != 0) {
    error.mse = squares / static_cast<double>(count);
    error.mae = sum / static_cast<double>(count);
  }
  error.nmse = squares == 0.0 ? 0.0 : squares / power;  // power 0: infinity
  error.sqnr_db = to_decibel(error.nmse);
  return error;
}

TensorError compare_tensors(const Tensor& reference, const Tensor& value) {
  if (reference.shape != value.shape || reference.size() != value.size()) {
    throw std::invalid_argument("compare_tensors: shapes differ");
  }
  return compare_values(reference.data.data(), value.data.data(), reference.size());
}

}  // namespace edgemoe::models
