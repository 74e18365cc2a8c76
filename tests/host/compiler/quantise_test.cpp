// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/quantise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "models/io/error.hpp"

namespace edgemoe::host {
namespace {

TEST(Quantise, TiesRoundAwayFromZeroAndOverflowIsClipped) {
  const float weights[] = {0.5F, -0.5F, 1.5F, -1.5F, 0.49F, 126.5F, 200.0F, -200.0F};
  const float scale = 1.0F;
  const QuantMatrix m = quantise_matrix(weights, &scale, 1, 8);
  const std::vector<std::int16_t> expected{1, -1, 2, -2, 0, 127, 127, -127};
  EXPECT_EQ(m.weights, expected);
  EXPECT_EQ(m.accumulator_bound(0, 127), (1 + 1 + 2 + 2 + 127 * 3) * 127);
  EXPECT_EQ(m.weight_sum(0), 127);
}

TEST(Quantise, ScalesSpanEachChannelAndZeroChannelsKeepAUsableOne) {
  const float weights[] = {0.25F, -1.27F, 0.0F, 0.0F};
  const std::vector<float> scales = weight_scales(weights, 2, 2);
  EXPECT_FLOAT_EQ(scales[0], 0.01F);
  EXPECT_EQ(scales[1], 1.0F);
  const float subnormal = std::numeric_limits<float>::denorm_min();
  EXPECT_GT(weight_scales(&subnormal, 1, 1)[0], 0.0F);
}

TEST(Quantise, GateUsesTheLargestExponentAndItsDigitsRecombine) {
  std::mt19937 random(1);
  for (const double largest : {0.1, 0.5, 1.0, 15.9, 16319.0}) {
    const int dim = 7, experts = 5;
    std::vector<float> gate(dim * experts);
    for (float& w : gate) {
      w = static_cast<float>(largest * (static_cast<double>(random()) / 0x1p31 - 1.0));
    }
    gate[3] = static_cast<float>(-largest);
    const QuantGate q = quantise_gate(gate.data(), nullptr, dim, experts, "gate");
    EXPECT_LE(std::ldexp(largest, q.exponent), 16319.0 * (1 + 1e-6));
    EXPECT_GT(std::ldexp(largest, q.exponent + 1), 16319.0);
    for (int d = 0; d < dim; ++d) {
      for (int e = 0; e < experts; ++e) {
        const int high = q.high[e * dim + d], low = q.low[e * dim + d];
        EXPECT_TRUE(high >= -127 && high <= 127 && low >= -64 && low <= 63);
        EXPECT_NEAR(128 * high + low, std::ldexp(double(gate[d * experts + e]), q.exponent),
                    0.5001);
      }
    }
  }
}

TEST(Quantise, GateOfZerosAndHugeGatesAreHandled) {
  const float zeros[4] = {};
  const QuantGate q = quantise_gate(zeros, nullptr, 2, 2, "gate");
  EXPECT_EQ(q.high, std::vector<std::int8_t>(4, 0));
  const float huge[] = {1e9F};
  EXPECT_THROW(quantise_gate(huge, nullptr, 1, 1, "gate"), models::DataError);
}

TEST(QuantiseGate, BiasGoesToTheLogitsStepAndSaturates) {
  const std::vector<float> gate(6, 0.5F), bias{1.0F, -0.25F, 1e9F};
  const QuantGate q = quantise_gate(gate.data(), bias.data(), 2, 3, "gate");
  EXPECT_EQ(q.bias, (std::vector<std::int32_t>{1 << 20, -(1 << 18), 2147483647}));
  EXPECT_EQ(quantise_gate(gate.data(), nullptr, 2, 3, "gate").bias,
            (std::vector<std::int32_t>(3, 0)));
}

TEST(Quantise, FactorsKeepSixteenBits) {
  for (double value = 3e-8; value < 65000; value *= 7.3) {
    const ScaledFactor f = scaled_factor(value, 47, "factor");
    EXPECT_NEAR(f.value() / value, 1.0, 1.0 / 65000);
    EXPECT_TRUE(f.mantissa >= 32768 || f.shift == 47 || f.shift == 0);
  }
  EXPECT_EQ(scaled_factor(65535, 47, "factor").shift, 0);
  EXPECT_THROW(scaled_factor(65536, 47, "factor"), models::DataError);
  EXPECT_THROW(scaled_factor(0, 47, "factor"), models::DataError);
  EXPECT_THROW(scaled_factor(1e-30, 47, "factor"), models::DataError);
  EXPECT_THROW(scaled_factor(std::nan(""), 47, "factor"), models::DataError);
}

TEST(Quantise, ValuesBeyondTheirFormatNameThemselves) {
  EXPECT_EQ(round_checked(-2.5, 10, "w"), -3);
  try {
    round_checked(11, 10, "backbone.blocks.0.norm1.bias");
    FAIL();
  } catch (const models::DataError& error) {
    EXPECT_NE(std::string(error.what()).find("blocks.0.norm1.bias"), std::string::npos);
  }
  EXPECT_THROW(round_checked(std::nan(""), 10, "w"), models::DataError);
}

}  // namespace
}  // namespace edgemoe::host
