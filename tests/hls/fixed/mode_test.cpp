// SPDX-License-Identifier: Apache-2.0
// Rounding and overflow of hls/fixed against the vendor's documented modes (mode_model.hpp): every
// value up to 16 bits, boundaries and seeded random values above. The vendor builds run it too:
// then ap_fixed itself is compared with its document.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "hls/fixed/fine.hpp"
#include "hls/fixed/rounding.hpp"
#include "hls/fixed/saturation.hpp"
#include "tests/hls/fixed/mode_model.hpp"

namespace edgemoe::fixed {
namespace {

namespace modes = testing::modes;
using modes::Wide;

constexpr std::uint64_t kSeed = 1399;
constexpr int kRandomValues = 20000;  // per width or shift

/// What kernels compute, as a plain number.
template <typename Number>
std::int64_t plain(const Number& x) {
  return static_cast<std::int64_t>(x);
}

void expect_rounding(std::int64_t x, int shift) {
  ASSERT_EQ(plain(round_half_up(x, shift)), static_cast<std::int64_t>(modes::ap_rnd(x, shift)))
      << x << " >> " << shift;
  ASSERT_EQ(plain(truncate(x, shift)), static_cast<std::int64_t>(modes::ap_trn(x, shift)))
      << x << " >> " << shift;
}

template <int Bits>
void expect_overflow(std::int64_t x) {
  ASSERT_EQ(plain(saturate<Bits>(x)), static_cast<std::int64_t>(modes::ap_sat(x, Bits)))
      << x << " in " << Bits;
  ASSERT_EQ(plain(wrap<Bits>(x)), static_cast<std::int64_t>(modes::ap_wrap(x, Bits)))
      << x << " in " << Bits;
  ASSERT_EQ(plain(saturate_unsigned<Bits>(x)),
            static_cast<std::int64_t>(modes::ap_sat_unsigned(x, Bits)))
      << x << " in " << Bits;
  if constexpr (Bits >= 2) {
    ASSERT_EQ(plain(saturate_symmetric<Bits>(x)),
              static_cast<std::int64_t>(modes::ap_sat_sym(x, Bits)))
        << x << " in " << Bits;
  }
}

/// Powers of two up to 2^62 with what lies around them, of both signs.
std::vector<std::int64_t> boundaries() {
  std::vector<std::int64_t> values = {0};
  for (int p = 0; p <= 62; ++p) {
    for (int step = -3; step <= 3; ++step) {
      const std::int64_t value = (std::int64_t{1} << p) + step;
      values.push_back(value);
      values.push_back(-value);
    }
  }
  return values;
}

/// Of every magnitude: `bits` random bits, signed.
std::int64_t random_of(std::mt19937_64& random, int bits) {
  return static_cast<std::int64_t>(random()) >> (64 - bits);
}

TEST(ModeModel, RepeatsTheExamplesOfTheDocument) {
  // ap_fixed<3, 2, AP_RND, AP_SAT> of 1.25 and -1.25: 1.5 and -1.0, in halves.
  EXPECT_EQ(static_cast<int>(modes::ap_sat(modes::ap_rnd(5, 1), 3)), 3);
  EXPECT_EQ(static_cast<int>(modes::ap_sat(modes::ap_rnd(-5, 1), 3)), -2);
  // AP_TRN: 1.0 and -1.5.
  EXPECT_EQ(static_cast<int>(modes::ap_trn(5, 1)), 2);
  EXPECT_EQ(static_cast<int>(modes::ap_trn(-5, 1)), -3);
  // ap_fixed<4, 4> and ap_ufixed<4, 4> of 19.0 and -19.0.
  EXPECT_EQ(static_cast<int>(modes::ap_sat(19, 4)), 7);
  EXPECT_EQ(static_cast<int>(modes::ap_sat(-19, 4)), -8);
  EXPECT_EQ(static_cast<int>(modes::ap_sat_unsigned(19, 4)), 15);
  EXPECT_EQ(static_cast<int>(modes::ap_sat_unsigned(-19, 4)), 0);
  EXPECT_EQ(static_cast<int>(modes::ap_sat_sym(19, 4)), 7);
  EXPECT_EQ(static_cast<int>(modes::ap_sat_sym(-19, 4)), -7);
  EXPECT_EQ(static_cast<int>(modes::ap_wrap(31, 4)), -1);
  EXPECT_EQ(static_cast<int>(modes::ap_wrap(-19, 4)), -3);
}

TEST(Modes, RoundingEqualsTheModelForEvery16BitValueAndShift) {
  for (int shift = 0; shift <= 18; ++shift) {
    for (int x = -32768; x <= 32767; ++x) {
      expect_rounding(x, shift);
      if (HasFatalFailure()) return;
    }
  }
}

/// Values of 18 bits, so that each destination of up to 16 overflows on both sides, twice around.
template <int Bits>
void sweep_overflow() {
  for (int x = -(1 << 17); x < 1 << 17; ++x) {
    expect_overflow<Bits>(x);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

template <int... Bits>
void sweep_widths(std::integer_sequence<int, Bits...>) {
  (sweep_overflow<Bits + 1>(), ...);
}

TEST(Modes, OverflowEqualsTheModelForEveryWidthUpTo16Bits) {
  sweep_widths(std::make_integer_sequence<int, 16>());
}

/// One assignment to ap_fixed<8, 8, AP_RND, AP_SAT_SYM> and the like: quantised, then cut.
TEST(Modes, RoundingThenOverflowEqualsOneAssignmentForEvery16BitValue) {
  for (int shift = 0; shift <= 10; ++shift) {
    for (int x = -32768; x <= 32767; ++x) {
      const Wide nearest = modes::ap_rnd(x, shift);
      const Wide floor = modes::ap_trn(x, shift);
      ASSERT_EQ(plain(saturate_symmetric<8>(round_half_up(x, shift))),
                static_cast<std::int64_t>(modes::ap_sat_sym(nearest, 8)));
      ASSERT_EQ(plain(saturate<7>(round_half_up(x, shift))),
                static_cast<std::int64_t>(modes::ap_sat(nearest, 7)));
      ASSERT_EQ(plain(wrap<8>(truncate(x, shift))),
                static_cast<std::int64_t>(modes::ap_wrap(floor, 8)));
    }
  }
}

TEST(Modes, RoundingEqualsTheModelAtBoundariesAndRandomValuesOf64Bits) {
  std::mt19937_64 random(kSeed);
  const std::vector<std::int64_t> edges = boundaries();
  for (int shift = 0; shift <= kMaxShift; ++shift) {
    for (const std::int64_t x : edges) {
      // The sum with half an LSB must stay within 64 bits.
      if (x > std::numeric_limits<std::int64_t>::max() - half_of(shift)) continue;
      expect_rounding(x, shift);
      // Ties and their neighbours around that value.
      const Wide tie = modes::ap_trn(x, shift) * modes::power(shift) + half_of(shift);
      for (int step = -1; step <= 1; ++step) {
        const Wide near = tie + step;
        if (near + half_of(shift) > std::numeric_limits<std::int64_t>::max()) continue;
        if (near < std::numeric_limits<std::int64_t>::min()) continue;
        expect_rounding(static_cast<std::int64_t>(near), shift);
      }
      ASSERT_FALSE(HasFatalFailure()) << "seed " << kSeed;
    }
    for (int i = 0; i < kRandomValues; ++i) {
      expect_rounding(random_of(random, 17 + i % 47), shift);
      ASSERT_FALSE(HasFatalFailure()) << "seed " << kSeed;
    }
  }
}

template <int Bits>
void sample_overflow() {
  std::mt19937_64 random(kSeed + Bits);
  for (const std::int64_t x : boundaries()) expect_overflow<Bits>(x);
  for (int i = 0; i < kRandomValues; ++i) expect_overflow<Bits>(random_of(random, 17 + i % 48));
  expect_overflow<Bits>(std::numeric_limits<std::int64_t>::max());
  expect_overflow<Bits>(std::numeric_limits<std::int64_t>::min());
}

TEST(Modes, OverflowEqualsTheModelAtBoundariesAndRandomValuesOfEveryUsedWidth) {
  sample_overflow<8>();   // Q, K, V, z8, hidden
  sample_overflow<16>();  // the same in w16a16
  sample_overflow<19>();  // a field of two packed products
  sample_overflow<20>();  // GELU input
  sample_overflow<24>();  // residual stream
  sample_overflow<27>();  // between the requantiser's multiplications
  sample_overflow<28>();  // LayerNorm of w16a16
  sample_overflow<32>();  // logits; everything in w16a32
  sample_overflow<46>();  // requantiser of w16a16
  sample_overflow<62>();
  EXPECT_FALSE(HasFatalFailure()) << "seed " << kSeed;
}

TEST(Modes, Wrap32IsTheWrapOf32Bits) {
  for (const std::int64_t x : boundaries()) {
    ASSERT_EQ(plain(wrap32(x)), static_cast<std::int64_t>(modes::ap_wrap(x, 32))) << x;
  }
}

TEST(Modes, WrappingProductsAndSumsAreTheWrapOf64Bits) {
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < kRandomValues; ++i) {
    const std::int64_t a = random_of(random, 64);
    const std::int64_t b = random_of(random, 1 + i % 64);
    const Wide product = static_cast<Wide>(a) * b;
    const Wide sum = static_cast<Wide>(a) + b;
    ASSERT_EQ(plain(wrapping_product(a, b)),
              static_cast<std::int64_t>(modes::ap_wrap(product, 64)));
    ASSERT_EQ(plain(wrapping_sum(a, b)), static_cast<std::int64_t>(modes::ap_wrap(sum, 64)));
  }
}

}  // namespace
}  // namespace edgemoe::fixed
