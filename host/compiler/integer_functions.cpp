// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/integer_functions.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "hls/fixed/gelu.hpp"
#include "hls/fixed/saturation.hpp"
#include "hls/kernels/softmax.hpp"

namespace edgemoe::host {
namespace {

constexpr double kLog2E = 1.4426950408889634;
constexpr double kFine = 4194304.0;  // 2^22
constexpr double kScoreLimit = 1e6;  // far beyond what an exponential still shows

std::int64_t rounded(double value) { return std::llround(value); }

/// Exponentials as the kernels' integers, divided exactly: their reciprocal is another site's.
template <typename Exponential>
void divide(const float* scores, std::size_t count, double lsb, const Exponential& exponential,
            float* weights) {
  const double top = static_cast<double>(*std::max_element(scores, scores + count));
  std::vector<double> values(count);
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double gap = std::min(top - static_cast<double>(scores[i]), kScoreLimit);
    values[i] = static_cast<double>(exponential(rounded(gap * kLog2E * lsb)));
    sum += values[i];
  }
  for (std::size_t i = 0; i < count; ++i) weights[i] = static_cast<float>(values[i] / sum);
}

/// One pass with a running maximum and sum, truncating; the stored reciprocal multiplies.
void published_softmax(float* scores, std::size_t count) {
  std::vector<std::int64_t> fixed_scores(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double limited = std::clamp(static_cast<double>(scores[i]), -500.0, 500.0);
    fixed_scores[i] = static_cast<std::int64_t>(std::floor(limited * kFine));
  }
  std::int64_t best = fixed_scores[0], total = 0;
  for (const std::int64_t score : fixed_scores) {
    if (score > best) {
      total =
          ((total * hls::exp_feature(score - best)) >> fixed::kFineFractionBits) + fixed::kFineOne;
      best = score;
    } else {
      total += hls::exp_feature(best - score);
    }
  }
  const std::int64_t reciprocal = hls::stored_reciprocal(total);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t e = hls::exp_feature(best - fixed_scores[i]);
    scores[i] = static_cast<float>(
        static_cast<double>((e * reciprocal) >> fixed::kFineFractionBits) / kFine);
  }
}

}  // namespace

void integer_softmax(program::Precision precision, float* scores, std::size_t count) {
  if (count == 0) return;
  switch (precision) {
    case program::Precision::kW8A8:
      return divide(scores, count, 1 << fixed::kExpFractionBits, fixed::exp_u8, scores);
    case program::Precision::kW16A16:
      return divide(scores, count, kFine, hls::exp_u15, scores);
    case program::Precision::kW16A32:
      return published_softmax(scores, count);
  }
}

void integer_gelu(program::Precision precision, float* x, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const double value = std::clamp(static_cast<double>(x[i]), -500.0, 500.0);
    if (precision == program::Precision::kW8A8) {
      const std::int64_t v = fixed::saturate<fixed::kGeluInputBits>(rounded(value * 4096.0));
      x[i] = static_cast<float>(static_cast<double>(fixed::gelu(v)) / 32768.0);
    } else {
      const bool truncates = precision == program::Precision::kW16A32;
      const std::int64_t v =
          truncates ? static_cast<std::int64_t>(std::floor(value * kFine)) : rounded(value * kFine);
      x[i] = static_cast<float>(static_cast<double>(fixed::gelu_q22(v)) / kFine);
    }
  }
}

}  // namespace edgemoe::host
