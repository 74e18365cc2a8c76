// SPDX-License-Identifier: Apache-2.0
/// Comparison with the float reference, tap by tap.
#pragma once

#include <string>
#include <vector>

#include "host/compiler/bounds.hpp"
#include "host/report/report.hpp"
#include "host/run/executor.hpp"
#include "host/run/session.hpp"

namespace edgemoe::host {

/// Lowest SQNR that a prediction allows (bound_of); empty where no noise is predicted.
std::optional<double> bound_db(const Prediction& prediction, double factor);

/// Every tap that both have, in network order. `noise` of few draws says "within" reliably; where a
/// tap is out, the verdict is that of many draws (bounds.hpp). `index` taps are left out: routing
/// agreement says it better.
std::vector<TapError> compare_taps(const models::TensorMap& reference,
                                   const models::TensorMap& values, const TapPredictions& noise,
                                   double factor);

/// Network order of tap names: embed, then blocks in order and within a block as computed, then
/// heads.
bool tap_before(const std::string& a, const std::string& b);

/// Tap that headline figures are about: `lNN.x` of the last block.
std::string last_tap(const models::ModelConfig& model);

/// One task. `forced`: values computed with the reference's routing; null leaves that part empty.
/// Of the options, force_routing (`values` are forced themselves) and bound_factor count.
GoldenComparison compare_task(const models::ModelConfig& model, const TaskValues& reference,
                              const TaskValues& values, const TaskValues* forced,
                              const TapPredictions& noise, const SessionOptions& options);

/// First tap in network order that is out of its bound; null when none is.
const TapError* first_out_of_bounds(const std::vector<TapError>& taps);

}  // namespace edgemoe::host
