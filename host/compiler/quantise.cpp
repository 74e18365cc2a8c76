// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/quantise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "models/io/error.hpp"

namespace edgemoe::host {
namespace {

constexpr int kWeightLimit = 127;
constexpr int kGateLimit = 16319;     // 128 * 127 + 63: the largest with both digits in range
constexpr int kLogitFraction = 20;    // LSB of a logit: 2^-20
constexpr int kMaxGateExponent = 30;  // beyond, the gate's largest weight is below 2^-16: noise

/// Squared error of a row with this step. Adding and taking off 1.5 * 2^23 rounds to an integer.
float row_error(const float* row, int in, float step) {
  constexpr float kRounder = 12582912.0F;
  const float inverse = 1.0F / step;
  float sum = 0.0F;
  for (int i = 0; i < in; ++i) {
    const float limited = std::min(std::max(row[i] * inverse, -127.0F), 127.0F);
    const float error = row[i] - (limited + kRounder - kRounder) * step;
    sum += error * error;
  }
  return sum;
}

float best_step(const float* row, int in, float widest) {
  constexpr int kClippings = 9;
  float best = widest, least = row_error(row, in, widest);
  for (int c = 1; c < kClippings; ++c) {
    const float step = widest * (1.0F - 0.05F * static_cast<float>(c));
    const float error = step > 0.0F ? row_error(row, in, step) : least;
    if (error < least) {
      least = error;
      best = step;
    }
  }
  return best;
}

double clipped_round(double value, double limit) {
  return std::clamp(std::round(value), -limit, limit);
}

}  // namespace

std::int64_t round_checked(double value, std::int64_t limit, const std::string& what) {
  const double rounded = std::round(value);
  if (!(std::fabs(rounded) <= static_cast<double>(limit))) {
    throw models::DataError(fmt::format(
        "weights: error: {}: expected a value within +-{} steps of its integer format, got {}",
        what, limit, rounded));
  }
  return static_cast<std::int64_t>(rounded);
}

std::int64_t QuantMatrix::accumulator_bound(int channel, int max_input) const {
  const std::int16_t* row = weights.data() + static_cast<std::size_t>(channel) * in;
  std::int64_t sum = 0;
  for (int i = 0; i < in; ++i) sum += std::abs(static_cast<int>(row[i]));
  return sum * max_input;
}

std::int64_t QuantMatrix::weight_sum(int channel) const {
  const std::int16_t* row = weights.data() + static_cast<std::size_t>(channel) * in;
  std::int64_t sum = 0;
  for (int i = 0; i < in; ++i) sum += row[i];
  return sum;
}

QuantMatrix quantise_matrix(const float* weights, const float* scale, int out, int in, int limit) {
  QuantMatrix matrix;
  matrix.out = out;
  matrix.in = in;
  matrix.weights.resize(static_cast<std::size_t>(out) * in);
  matrix.scale.assign(scale, scale + out);
  for (int o = 0; o < out; ++o) {
    for (int i = 0; i < in; ++i) {
      const std::size_t at = static_cast<std::size_t>(o) * in + i;
      matrix.weights[at] =
          static_cast<std::int16_t>(clipped_round(weights[at] / matrix.scale[o], limit));
    }
  }
  return matrix;
}

std::vector<float> weight_scales(const float* weights, int out, int in) {
  std::vector<float> scale(static_cast<std::size_t>(out));
  for (std::size_t o = 0; o < scale.size(); ++o) {
    const float* row = weights + o * static_cast<std::size_t>(in);
    float largest = 0.0F;
    for (int i = 0; i < in; ++i) largest = std::max(largest, std::fabs(row[i]));
    const float step = largest / kWeightLimit;
    scale[o] = step > 0.0F ? best_step(row, in, step) : 1.0F;  // also where the division underflows
  }
  return scale;
}

std::vector<float> power_of_two_scales(const float* weights, int out, int in) {
  constexpr int kSpread = 4, kSmallest = -24;
  std::vector<int> exponent(static_cast<std::size_t>(out), kSmallest);
  int largest = kSmallest;
  for (std::size_t o = 0; o < exponent.size(); ++o) {
    double magnitude = 0.0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(in); ++i) {
      magnitude = std::max(magnitude, std::fabs(double(weights[o * in + i])));
    }
    if (magnitude > 0) exponent[o] = static_cast<int>(std::ceil(std::log2(magnitude / 32767.5)));
    largest = std::max(largest, exponent[o]);
  }
  std::vector<float> scale;
  for (const int e : exponent) scale.push_back(std::ldexp(1.0F, std::max(e, largest - kSpread)));
  return scale;
}

QuantGate quantise_gate(const float* gate, const float* bias, int dim, int experts,
                        const std::string& name) {
  double largest = 0.0;
  for (int i = 0; i < dim * experts; ++i) largest = std::max(largest, std::fabs(double(gate[i])));
  QuantGate result;
  result.exponent = kMaxGateExponent;
  if (largest > 0) {
    const int fitting = static_cast<int>(std::floor(std::log2(kGateLimit / largest)));
    result.exponent = std::min(kMaxGateExponent, fitting);
  }
  if (result.exponent < -5) {  // the command's shift is exponent + 5
    throw models::DataError(fmt::format("weights: error: {}: expected weights below {}, got {}",
                                        name, kGateLimit * 32, largest));
  }
  result.high.resize(static_cast<std::size_t>(dim) * experts);
  result.low.resize(result.high.size());
  result.bias.assign(static_cast<std::size_t>(experts), 0);
  for (int e = 0; bias != nullptr && e < experts; ++e) {
    const double steps = std::round(std::ldexp(double(bias[e]), kLogitFraction));
    result.bias[static_cast<std::size_t>(e)] =
        static_cast<std::int32_t>(std::clamp(steps, -2147483648.0, 2147483647.0));
  }
  for (int d = 0; d < dim; ++d) {
    for (int e = 0; e < experts; ++e) {
      const double scaled = std::ldexp(double(gate[d * experts + e]), result.exponent);
      const int w = static_cast<int>(clipped_round(scaled, kGateLimit));
      const int high = (w + 64) >> 7;  // arithmetic shift: low lands in -64..63
      result.high[static_cast<std::size_t>(e) * dim + d] = static_cast<std::int8_t>(high);
      result.low[static_cast<std::size_t>(e) * dim + d] = static_cast<std::int8_t>(w - 128 * high);
    }
  }
  return result;
}

double ScaledFactor::value() const { return std::ldexp(static_cast<double>(mantissa), -shift); }

ScaledFactor scaled_factor(double value, int max_shift, const std::string& what) {
  if (!(value > 0) || !std::isfinite(value) || value >= 65535.5) {
    throw models::DataError(fmt::format(
        "weights: error: {}: expected a ratio of scales in (0, 65535], got {}", what, value));
  }
  int shift = max_shift;
  while (shift > 0 && std::round(std::ldexp(value, shift)) > 65535) --shift;
  const double mantissa = std::round(std::ldexp(value, shift));
  if (mantissa < 1) {
    throw models::DataError(
        fmt::format("weights: error: {}: expected a ratio of scales above 2^-{}, got {}", what,
                    max_shift + 1, value));
  }
  return {static_cast<std::uint16_t>(mantissa), static_cast<std::uint8_t>(shift)};
}

}  // namespace edgemoe::host
