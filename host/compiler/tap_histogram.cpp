// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/tap_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace edgemoe::host {
namespace {

constexpr int kCandidates = 33;  // clipping at 100 %, 97.5 %, .. 20 % of the largest
constexpr double kCandidateStep = 0.025;
constexpr double kWorthClipping = 0.8;  // of the error without clipping
constexpr double kHeadroom = 1.05;      // for other images, where nothing is clipped

}  // namespace

bool TapHistogram::add(double value) {
  if (!std::isfinite(value)) return false;
  while (std::fabs(value) >= range_) widen();
  const auto bin = static_cast<std::size_t>((value / range_ + 1.0) * kBins);
  ++bins_[std::min(bin, 2 * kBins - 1)];
  low_ = std::min(low_, value);
  high_ = std::max(high_, value);
  ++count_;
  return true;
}

/// Twice the range in as many bins: pairs become one, around the middle.
void TapHistogram::widen() {
  std::array<std::uint64_t, 2 * kBins> wide{};
  for (std::size_t i = 0; i < bins_.size(); ++i) wide[kBins / 2 + i / 2] += bins_[i];
  bins_ = wide;
  range_ *= 2;
}

double TapHistogram::bin_centre(std::size_t bin) const {
  return ((static_cast<double>(bin) + 0.5) / kBins - 1.0) * range_;
}

double TapHistogram::error(double low, double high, double step) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    if (bins_[i] == 0) continue;
    const double centre = std::clamp(bin_centre(i), low_, high_);
    const double beyond = centre - std::clamp(centre, low, high);
    sum += static_cast<double>(bins_[i]) * (step * step / 12.0 + beyond * beyond);
  }
  return sum;
}

double TapHistogram::best_symmetric(double levels) const {
  const double whole = magnitude();
  double best = whole * kHeadroom, least = kWorthClipping * error(-whole, whole, whole / levels);
  for (int i = 1; i < kCandidates; ++i) {
    const double limit = whole * (1.0 - i * kCandidateStep);
    const double sum = error(-limit, limit, limit / levels);
    if (sum < least) {
      least = sum;
      best = limit;
    }
  }
  return best;
}

double TapHistogram::best_high(double levels) const {
  double best = low_ + (high_ - low_) * kHeadroom,
         least = kWorthClipping * error(low_, high_, (high_ - low_) / levels);
  for (int i = 1; i < kCandidates; ++i) {
    const double limit = high_ * (1.0 - i * kCandidateStep);
    const double sum = error(low_, limit, (limit - low_) / levels);
    if (sum < least) {
      least = sum;
      best = limit;
    }
  }
  return best;
}

}  // namespace edgemoe::host
