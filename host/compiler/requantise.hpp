// SPDX-License-Identifier: Apache-2.0
/// Chooses the requantiser's constants M_n, r1, r2, bias_shift and b_n (hls/README.md
/// "Requantiser").
///
/// Ideal result per unit of S_t: v = acc * factor_n (+ bias). With e = r1 + r2, M_n =
/// round(factor_n * 2^e). Choice:  e is the largest for which every M_n <= 65535, so the multiplier
/// of the largest channel has 16
///          significant bits and one with a 256 times smaller scale still 8 (error <= 0.2 % of its
///          value, below the half step of an int8 result). r1 is the smallest for which no
///          accumulator that the weights allow saturates the 27-bit u. u then has 26 bits at the
///          proven worst case; real accumulators stay 10..50 times below that, so u still carries
///          20 bits or more, and its rounding (half a step of 2^-r2 S_t) is far below one step of
///          an int8 result and at most about one step (2^-16) of a residual contribution.
///          bias_shift is the smallest with which every b_n is an int32: at most 2^-31 of the
///          largest bias.
/// Errors:  ConfigError when a channel's accumulator can reach 2^26 (the 27-bit port of the
/// multiplier);
///          DataError when the scales are so far apart that no legal constants exist.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hls/program/command.hpp"

namespace edgemoe::host {

/// One entry per output channel. A factor of 0 marks a channel whose weights are all 0.
struct RequantRequest {
  std::string name;  ///< of the matrix, for messages
  std::vector<double> factor;
  std::vector<std::int64_t> bound;  ///< largest |acc|
  double bias_limit = 0.0;  ///< largest |bias| in v (bias before the scale: per unit of S_t)
  bool bias_before_scale = false;
};

struct RequantPlan {
  program::Requant shifts;
  std::vector<std::uint16_t> multiplier;

  /// factor_n as the integers realise it: what biases that cancel against products must be computed
  /// with.
  double effective_factor(std::size_t channel) const;
  /// b_n for a bias in units of v (per unit of S_t where it precedes the scale).
  std::int32_t bias(double value) const;
};

RequantPlan plan_requant(const RequantRequest& request);

}  // namespace edgemoe::host
