// SPDX-License-Identifier: Apache-2.0
// Scalar functions against the real functions they stand for, with the bounds that their headers
// state.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "hls/fixed/exponential.hpp"
#include "hls/fixed/gelu.hpp"
#include "hls/fixed/reciprocal.hpp"
#include "hls/fixed/rounding.hpp"
#include "hls/fixed/saturation.hpp"

namespace edgemoe::fixed {
namespace {

TEST(Rounding, TiesGoTowardsPlusInfinity) {
  EXPECT_EQ(round_half_up(1, 1), 1);
  EXPECT_EQ(round_half_up(-1, 1), 0);
  EXPECT_EQ(round_half_up(-3, 1), -1);
  EXPECT_EQ(round_half_up(3, 1), 2);
}

TEST(Rounding, EqualsFloorOfXPlusHalfForEverySmallValueAndShift) {
  for (int shift = 0; shift <= 12; ++shift) {
    for (int x = -5000; x <= 5000; ++x) {
      const double exact = std::floor(std::ldexp(static_cast<double>(x), -shift) + 0.5);
      ASSERT_EQ(round_half_up(x, shift), static_cast<std::int64_t>(exact)) << x << " >> " << shift;
    }
  }
}

TEST(Saturation, BoundsAreThoseOfTwosComplement) {
  EXPECT_EQ(saturate<24>(8388608), 8388607);
  EXPECT_EQ(saturate<24>(-8388609), -8388608);
  EXPECT_EQ(saturate<24>(8388607), 8388607);
  EXPECT_EQ(saturate<32>(std::int64_t{1} << 40), std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(saturate<32>(-(std::int64_t{1} << 40)), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(saturate<1>(5), 0);
  EXPECT_EQ(saturate<1>(-5), -1);
}

TEST(Saturation, ClipIsSymmetric) {
  EXPECT_EQ(clip(-128, 127), -127);
  EXPECT_EQ(clip(128, 127), 127);
  EXPECT_EQ(clip(-127, 127), -127);
}

TEST(FloorLog2, FindsTheHighestBitOfEveryPowerAndItsNeighbours) {
  for (int p = 0; p < 64; ++p) {
    const std::uint64_t power = std::uint64_t{1} << p;
    EXPECT_EQ(floor_log2(power), p);
    EXPECT_EQ(floor_log2(power | 1), p);
    if (p > 0) {
      EXPECT_EQ(floor_log2(power - 1), p - 1);
    }
  }
}

double reciprocal_error(std::uint64_t v) {
  const Reciprocal r = recip_mantissa(v);
  return std::ldexp(static_cast<double>(r.y), -20 - r.p) * static_cast<double>(v) - 1;
}

TEST(Reciprocal, IsWithinTwoToTheMinus18OfExact) {
  std::mt19937_64 random(1);
  for (std::uint64_t v = 1; v < 200000; ++v) {
    ASSERT_LE(reciprocal_error(v), 0x1p-20) << v;
    ASSERT_GE(reciprocal_error(v), -0x1p-18) << v;
  }
  for (int i = 0; i < 200000; ++i) {
    const std::uint64_t v = (random() >> 32) | 1u;
    ASSERT_LE(std::fabs(reciprocal_error(v)), 0x1p-18) << v;
  }
}

double root_error(std::uint64_t v) {
  const InverseRoot r = rsqrt_mantissa(v);
  return std::ldexp(static_cast<double>(r.y), -35 - r.s / 2) * std::sqrt(static_cast<double>(v)) -
         1;
}

TEST(InverseRoot, IsWithinTwoToTheMinus18OfExact) {
  std::mt19937_64 random(2);
  for (std::uint64_t v = 1; v < 200000; ++v) ASSERT_LE(std::fabs(root_error(v)), 0x1p-18) << v;
  for (int i = 0; i < 200000; ++i) {
    const std::uint64_t v = (random() >> (2 + i % 60)) | 1u;
    ASSERT_LE(std::fabs(root_error(v)), 0x1p-18) << v;
  }
}

TEST(Exponential, Uint8IsWithinOneOfExactEverywhere) {
  for (std::int64_t x = 0; x < 20 * 1024; ++x) {
    const double exact = 255 * std::exp2(-static_cast<double>(x) / 1024);
    ASSERT_LE(std::fabs(exp_u8(x) - exact), 0.57) << x;
  }
}

TEST(Exponential, Uint17IsWithinItsTableErrorOfExactEverywhere) {
  for (std::int64_t x = 0; x < 20 * 1024; ++x) {
    const double exact = 65536 * std::exp2(-static_cast<double>(x) / 1024);
    ASSERT_LE(std::fabs(exp_u17(x) - exact), 16.5 * std::exp2(-static_cast<double>(x >> 10)) + 0.5)
        << x;
  }
}

TEST(Exponential, NeverRisesAndEndsAtZero) {
  for (std::int64_t x = 1; x < 20 * 1024; ++x) {
    ASSERT_LE(exp_u8(x), exp_u8(x - 1)) << x;
    ASSERT_LE(exp_u17(x), exp_u17(x - 1)) << x;
  }
  EXPECT_EQ(exp_u8(std::numeric_limits<std::int64_t>::max()), 0u);
  EXPECT_EQ(exp_u17(std::numeric_limits<std::int64_t>::max()), 0u);
}

TEST(Gelu, IsWithinFourLsbOfExactForEveryInput) {
  for (std::int64_t v = -(1 << 19); v < 1 << 19; ++v) {
    const double x = static_cast<double>(v) / 4096;
    const double exact = 32768 * x * 0.5 * std::erfc(-x / std::sqrt(2.0));
    ASSERT_LE(std::fabs(static_cast<double>(gelu(v)) - exact), 4.0) << v;
  }
}

TEST(Gelu, IsExactlyReluBeyondTheTable) {
  EXPECT_EQ(gelu((1 << 19) - 1), ((1 << 19) - 1) * 8);
  EXPECT_EQ(gelu(-(1 << 19)), 0);
  EXPECT_EQ(gelu(0), 0);
}

}  // namespace
}  // namespace edgemoe::fixed
