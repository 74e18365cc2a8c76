// SPDX-License-Identifier: Apache-2.0
/// Comparison with the float reference, tap by tap.
#pragma once

#include <string>
#include <vector>

#include "host/compiler/bounds.hpp"
#include "host/report/report.hpp"
#include "host/run/executor.hpp"

namespace edgemoe::host {

/// A tap is within its bound when its error power is at most this many times the predicted one.
constexpr double kBoundFactor = 2.0;

/// Lowest SQNR that a predicted relative noise power allows; empty for 0 (nothing predicted).
std::optional<double> bound_db(double noise);

/// Every tap that both have, in network order. `index` taps are left out: routing agreement says it better.
std::vector<TapError> compare_taps(const models::TensorMap& reference, const models::TensorMap& values,
                                   const TapNoise& noise);

/// Network order of tap names: embed, then blocks in order and within a block as computed, then heads.
bool tap_before(const std::string& a, const std::string& b);

/// Tap that headline figures are about: `lNN.x` of the last block.
std::string last_tap(const models::ModelConfig& model);

/// One task. `forced`: values computed with the reference's routing; null leaves that part empty.
GoldenComparison compare_task(const models::ModelConfig& model, const TaskValues& reference, const TaskValues& values,
                              bool values_forced, const TaskValues* forced, const TapNoise& noise);

/// First tap in network order that is out of its bound; null when none is.
const TapError* first_out_of_bounds(const std::vector<TapError>& taps);

}  // namespace edgemoe::host
