// SPDX-License-Identifier: Apache-2.0
// Scalar functions against the golden vectors, which an independent integer model wrote.
#include "tests/hls/golden.hpp"

#include <gtest/gtest.h>

#include "hls/fixed/exponential.hpp"
#include "hls/fixed/gelu.hpp"
#include "hls/fixed/reciprocal.hpp"
#include "hls/fixed/rounding.hpp"

namespace edgemoe::fixed {
namespace {

using testing::golden_cases;

std::int64_t number(const nlohmann::json& value) { return value.get<std::int64_t>(); }

TEST(FixedGolden, RoundHalfUpMatches) {
  for (const auto& c : golden_cases("rhu")) {
    const int shift = c.at("in").at("shift").get<int>();
    EXPECT_EQ(round_half_up(number(c.at("in").at("x")), shift), number(c.at("out").at("rhu"))) << c;
  }
}

TEST(FixedGolden, ReciprocalMatches) {
  for (const auto& c : golden_cases("recip_mantissa")) {
    const Reciprocal r = recip_mantissa(c.at("in").at("v").get<std::uint64_t>());
    EXPECT_EQ(r.y, number(c.at("out").at("y"))) << c;
    EXPECT_EQ(r.p, number(c.at("out").at("p"))) << c;
  }
}

TEST(FixedGolden, InverseRootMatches) {
  for (const auto& c : golden_cases("rsqrt_mantissa")) {
    const InverseRoot r = rsqrt_mantissa(c.at("in").at("v").get<std::uint64_t>());
    EXPECT_EQ(r.y, number(c.at("out").at("y"))) << c;
    EXPECT_EQ(r.s, number(c.at("out").at("s"))) << c;
  }
}

TEST(FixedGolden, ExponentialsMatch) {
  for (const auto& c : golden_cases("exp")) {
    const std::int64_t x = number(c.at("in").at("x"));
    EXPECT_EQ(exp_u8(x), number(c.at("out").at("u8"))) << c;
    EXPECT_EQ(exp_u17(x), number(c.at("out").at("u17"))) << c;
  }
}

TEST(FixedGolden, GeluMatches) {
  for (const auto& c : golden_cases("gelu")) {
    EXPECT_EQ(gelu(number(c.at("in").at("v"))), number(c.at("out").at("g"))) << c;
  }
}

}  // namespace
}  // namespace edgemoe::fixed
