// SPDX-License-Identifier: Apache-2.0
// The scalar functions of the 16- and 32-bit formats against the functions that they stand for.
#include "hls/fixed/fine.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace edgemoe::fixed {
namespace {

TEST(Fine, PowerOfTwoStaysWithin17StepsAndNeverRises) {
  std::int64_t before = exp2_q30(0);
  EXPECT_EQ(before, std::int64_t{1} << 30);
  for (std::int64_t f = 1; f < kFineOne; f += 61) {
    const std::int64_t value = exp2_q30(f);
    ASSERT_LE(value, before) << f;
    ASSERT_NEAR(static_cast<double>(value), std::ldexp(std::exp2(-std::ldexp(f, -22)), 30), 17.0);
    before = value;
  }
  EXPECT_GE(exp2_q30(kFineOne - 1), std::int64_t{1} << 29);
}

TEST(Fine, GeluIsWithinItsStatedErrorAndExactlyReluFarOut) {
  for (std::int64_t v = -(9ll << 22); v <= 9ll << 22; v += 4099) {
    const double x = std::ldexp(static_cast<double>(v), -22);
    const double exact = 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    ASSERT_NEAR(std::ldexp(static_cast<double>(gelu_q22(v)), -22), exact, 9.8e-5) << x;
  }
  EXPECT_EQ(gelu_q22(0), 0);
  EXPECT_EQ(gelu_q22(6ll << 22), 6ll << 22);
  EXPECT_EQ(gelu_q22(-(6ll << 22)), 0);
  EXPECT_EQ(gelu_q22(std::numeric_limits<std::int32_t>::max()),
            std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(gelu_q22(std::numeric_limits<std::int32_t>::min()), 0);
}

TEST(Fine, WrappingKeepsTheLow32Bits) {
  EXPECT_EQ(wrap32(0x7fffffff), 0x7fffffff);
  EXPECT_EQ(wrap32(0x80000000ll), -0x80000000ll);
  EXPECT_EQ(wrap32(-0x80000001ll), 0x7fffffff);
  EXPECT_EQ(wrap32((5ll << 32) - 3), -3);
  EXPECT_EQ(wrapping_product(std::numeric_limits<std::int64_t>::min(), -1),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(wrapping_sum(std::numeric_limits<std::int64_t>::max(), 1),
            std::numeric_limits<std::int64_t>::min());
}

}  // namespace
}  // namespace edgemoe::fixed
