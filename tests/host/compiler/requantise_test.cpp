// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/requantise.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include "models/io/error.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

/// hls/README.md "Requantiser", from the text.
std::int64_t rhu(std::int64_t x, int s) {
  return s == 0 ? x : (x + (std::int64_t{1} << (s - 1))) >> s;
}

std::int64_t requantise(const RequantPlan& plan, std::size_t n, std::int64_t acc, std::int64_t bias,
                        std::int64_t scale) {
  const auto sat27 = [](std::int64_t x) {
    return std::clamp<std::int64_t>(x, -(1 << 26), (1 << 26) - 1);
  };
  const program::Requant& r = plan.shifts;
  const std::int64_t shifted = bias * (std::int64_t{1} << r.bias_shift);
  const std::int64_t product = acc * plan.multiplier[n];
  if (r.bias_before_scale) return rhu(sat27(rhu(product + shifted, r.r1)) * scale, r.r2);
  return rhu(sat27(rhu(product, r.r1)) * scale + shifted, r.r2);
}

RequantRequest random_request(std::mt19937_64* random, bool before) {
  const auto uniform = [&] { return static_cast<double>((*random)() >> 11) * 0x1p-53; };
  RequantRequest request;
  request.name = "matrix";
  request.bias_before_scale = before;
  const double base = std::exp2(-12 - 14 * uniform());
  for (int n = 0; n < 20; ++n) {
    request.factor.push_back(base * (0.1 + 0.9 * uniform()));
    request.bound.push_back(1 + static_cast<std::int64_t>(uniform() * ((1 << 26) - 2)));
  }
  request.bias_limit = uniform() * (before ? 10.0 : 1e6);
  return request;
}

TEST(Requantise, IntegersFollowTheRealValueWithinAStep) {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 200; ++trial) {
    const bool before = trial % 2 == 1;
    const RequantRequest request = random_request(&random, before);
    const RequantPlan plan = plan_requant(request);
    for (std::size_t n = 0; n < request.factor.size(); ++n) {
      const double acc = static_cast<double>(request.bound[n]) * (n % 3 == 0   ? 1
                                                                  : n % 3 == 1 ? -1
                                                                               : 0.01);
      const std::int64_t a = static_cast<std::int64_t>(acc);
      const double bias = request.bias_limit * (n % 2 == 0 ? 1 : -0.3);
      const std::int64_t scale =
          n % 4 == 0 ? 131071 : 1 + static_cast<std::int64_t>(random() % 65536);
      const double u = request.factor[n] * a;
      const double ideal = before ? (u + bias) * scale : u * scale + bias;
      // Half a step of v, half a step of u, and the 16 bits of M_n.
      const double tolerance = 0.5 + 0.501 * std::ldexp(scale, -plan.shifts.r2) +
                               std::fabs(u) * scale / (1.9 * plan.multiplier[n]) + 1e-6 * scale;
      EXPECT_NEAR(static_cast<double>(requantise(plan, n, a, plan.bias(bias), scale)), ideal,
                  tolerance);
    }
  }
}

TEST(Requantise, NoAccumulatorWithinItsBoundSaturatesU) {
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 200; ++trial) {
    const RequantRequest request = random_request(&random, trial % 2 == 1);
    const RequantPlan plan = plan_requant(request);
    for (std::size_t n = 0; n < request.factor.size(); ++n) {
      const std::int64_t bias = request.bias_before_scale ? plan.bias(request.bias_limit) : 0;
      const std::int64_t u = rhu(request.bound[n] * plan.multiplier[n] +
                                     bias * (std::int64_t{1} << plan.shifts.bias_shift),
                                 plan.shifts.r1);
      EXPECT_LT(u, 1 << 26);
    }
  }
}

TEST(Requantise, LargestMultiplierUsesItsSixteenBits) {
  RequantRequest request;
  request.name = "matrix";
  request.factor = {1e-5, 3e-6, 0.0};
  request.bound = {1000, 1000, 0};
  const RequantPlan plan = plan_requant(request);
  EXPECT_GE(plan.multiplier[0], 32768);
  EXPECT_EQ(plan.multiplier[2], 0);
  EXPECT_NEAR(plan.effective_factor(1) / 3e-6, 1.0, 1e-4);
}

TEST(Requantise, MatrixOfZerosIsLegal) {
  RequantRequest request;
  request.name = "matrix";
  request.factor = {0.0};
  request.bound = {0};
  request.bias_limit = 300.0;
  const RequantPlan plan = plan_requant(request);
  EXPECT_EQ(requantise(plan, 0, 0, plan.bias(300.0), 65536), 300);
}

TEST(Requantise, AccumulatorThatCanReachTheLimitIsRefusedByName) {
  RequantRequest request;
  request.name = "blocks.0.mlp.fc2";
  request.factor = {1e-6, 1e-6};
  request.bound = {(1 << 26) - 1, 5};
  EXPECT_NO_THROW(plan_requant(request));
  request.bound[1] = 1 << 26;
  try {
    plan_requant(request);
    FAIL();
  } catch (const models::ConfigError& error) {
    EXPECT_NE(error.messages()[0].find("channel 1 of blocks.0.mlp.fc2"), std::string::npos);
  }
}

TEST(Requantise, ScalesBeyondTheFormatsAreDataErrors) {
  RequantRequest request;
  request.name = "matrix";
  request.factor = {1e6};
  request.bound = {1000};
  EXPECT_THROW(plan_requant(request), models::DataError);
  request.factor = {1e-5};
  request.bias_limit = 1e30;
  EXPECT_THROW(plan_requant(request), models::DataError);
}

}  // namespace
}  // namespace edgemoe::host
