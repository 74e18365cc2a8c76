// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/schema/model_config.hpp"

namespace edgemoe::models::testing {

/// Runs all tasks of a model with synthetic weights through the reference and through the naive
/// implementation; expects the same set of taps with an NMSE of 1e-9 or less each.
void expect_taps_match_naive(const ModelConfig& model, std::uint64_t seed);

}  // namespace edgemoe::models::testing
