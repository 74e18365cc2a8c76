// SPDX-License-Identifier: Apache-2.0
/// How often which values occur in a tensor, over any number of runs and without keeping them: what
/// the clipping of a number format is chosen by. Not for use outside this folder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace edgemoe::host {

class TapHistogram {
 public:
  /// False when the value is not finite; it is not counted then.
  bool add(double value);

  bool empty() const { return count_ == 0; }
  double low() const { return low_; }    ///< smallest value, at most 0
  double high() const { return high_; }  ///< largest value, at least 0
  double magnitude() const { return -low_ > high_ ? -low_ : high_; }

  /// Sum of squared errors of a uniform format over [low, high] with this step: step^2 / 12 for a
  /// value inside, and the squared distance besides for one that is clipped.
  double error(double low, double high, double step) const;

  /// Limit c of a symmetric format of +-levels steps of c / levels with the smallest error; where
  /// clipping does not take a fifth of the error away, the largest magnitude and 5 % more. 0 when
  /// nothing but zeros was seen.
  double best_symmetric(double levels) const;
  /// Upper end of a format from low() on in `levels` steps.
  double best_high(double levels) const;

 private:
  static constexpr std::size_t kBins = 1024;  ///< on either side
  double bin_centre(std::size_t bin) const;
  void widen();

  std::array<std::uint64_t, 2 * kBins> bins_{};
  double range_ = 1.0 / 1024.0;
  double low_ = 0.0;
  double high_ = 0.0;
  std::uint64_t count_ = 0;
};

}  // namespace edgemoe::host
