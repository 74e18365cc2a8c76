// SPDX-License-Identifier: Apache-2.0
/// Fitting the one coefficient that decides, and judging the result by published powers.
///
/// Model:  power = other + factor x logic, where `logic` is what the board's `logic_lut` (and
///         `logic_dsp`, which is a multiple of it) gives and `other` is all else.
/// Fit:    least squares of the relative errors over calibration points, in closed form. One
///         unknown: more could not be told apart by two points.
/// Judge:  a point that took no part, beside `always the mean power` of the calibration points.
/// Units:  watts of the whole frame, energy over time.
#pragma once

#include <string>
#include <vector>

#include "host/energy/energy.hpp"

namespace edgemoe::host {

struct PowerPoint {
  std::string name;
  double published_w = 0.0;
  double logic_w = 0.0;  ///< at the board's coefficients
  double other_w = 0.0;
  double low_w = 0.0;  ///< the estimate's band
  double high_w = 0.0;

  double modelled_w(double factor = 1.0) const { return other_w + factor * logic_w; }
  /// Relative error of the model; 0.1 = 10 % too much.
  double error(double factor = 1.0) const { return modelled_w(factor) / published_w - 1.0; }
  bool band_contains_published() const { return low_w <= published_w && published_w <= high_w; }
};

/// Names in constraints/published/figures.yaml of the points that the coefficients are fitted on.
/// One of 16 by 32 bit and one of 8 by 8, so that designs of either kind lie between them.
const std::vector<std::string>& calibration_names();

/// Throws std::invalid_argument for a frame that takes no time or a power that is not positive.
PowerPoint power_point(const std::string& name, double published_w, const EnergyEstimate& estimate,
                       double seconds);

/// The factor on the logic's coefficients that fits `points` best. Throws std::invalid_argument
/// when there are none, or when none has logic.
double fit_logic(const std::vector<PowerPoint>& points);

/// The mean of the published powers: the plainest model. Throws as fit_logic.
double mean_power(const std::vector<PowerPoint>& points);

}  // namespace edgemoe::host
