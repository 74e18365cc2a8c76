// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/models/reference/tap_comparison.hpp"
#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models {
namespace {

TEST(Network, EveryTapOfTheTinyModelMatchesDoublePrecision) {
  testing::expect_taps_match_naive(testing::tiny_model(), 1);
}

}  // namespace
}  // namespace edgemoe::models
