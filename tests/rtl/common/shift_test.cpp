// SPDX-License-Identifier: Apache-2.0
// The three parts of a rounding right shift, one behind the other, equal its definition for every
// shift: rounding half up, then a sum, then saturation. And selections and masked sums.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "Vcoarse_narrow.h"
#include "Vcoarse_wide.h"
#include "Vfine24.h"
#include "Vfine27.h"
#include "Vpair_masked.h"
#include "Vpair_plain.h"
#include "Vround24.h"
#include "Vround27.h"
#include "Vselect5.h"

namespace edgemoe::test {
namespace {

std::int64_t sign_extend(std::uint64_t value, int bits) {
  return static_cast<std::int64_t>(value << (64 - bits)) >> (64 - bits);
}

std::uint64_t low_bits(std::int64_t value, int bits) {
  return static_cast<std::uint64_t>(value) & ((std::uint64_t{1} << bits) - 1);
}

/// rhu(x, shift) without a sum that leaves 64 bits.
std::int64_t round_half_up(std::int64_t x, int shift) {
  if (shift == 0) return x;
  return (x >> shift) + ((x >> (shift - 1)) & 1);
}

template <typename Coarse, typename Fine, typename Round, int InWidth, int OutWidth>
class Chain {
 public:
  void expect(std::int64_t x, int shift, std::int64_t add) {
    coarse_.x_i = low_bits(x, InWidth);
    coarse_.steps_i = static_cast<unsigned>(shift) >> 4;
    coarse_.eval();
    fine_.x_i = coarse_.y_o;
    fine_.over_i = coarse_.over_o;
    fine_.shift_i = shift & 15;
    fine_.eval();
    round_.x_i = fine_.y_o;
    round_.over_i = fine_.over_o;
    round_.add_i = low_bits(add, OutWidth);
    round_.eval();
    const std::int64_t sum = round_half_up(x, shift) + add;
    const std::int64_t top = (std::int64_t{1} << (OutWidth - 1)) - 1;
    const std::int64_t expected = std::clamp(sum, -top - 1, top);
    ASSERT_EQ(sign_extend(round_.y_o, OutWidth), expected) << x << " >> " << shift << " + " << add;
    ASSERT_EQ(round_.sat_o, expected != sum) << x << " >> " << shift << " + " << add;
  }

  /// Both ends, powers of two and their neighbours, and random numbers of all sizes.
  void expect_all(int shifts, bool adds) {
    std::mt19937_64 random(7);
    const std::int64_t top = (std::int64_t{1} << (InWidth - 1)) - 1;
    std::vector<std::int64_t> numbers{0, top, -top - 1};
    for (int bit = 0; bit < InWidth - 1; ++bit) {
      for (const std::int64_t near : {-1, 0, 1}) {
        numbers.push_back((std::int64_t{1} << bit) + near);
        numbers.push_back(-(std::int64_t{1} << bit) + near);
      }
    }
    for (int n = 0; n < 400; ++n) {
      numbers.push_back(sign_extend(random(), InWidth) >> (random() % InWidth));
    }
    for (const std::int64_t x : numbers) {
      if (x > top || x < -top - 1) continue;
      for (int shift = 0; shift < shifts; ++shift) {
        expect(x, shift, adds ? sign_extend(random(), OutWidth) : 0);
        if (::testing::Test::HasFatalFailure()) return;
      }
    }
  }

 private:
  Coarse coarse_;
  Fine fine_;
  Round round_;
};

TEST(RoundingShift, OfAWideNumberEqualsItsDefinition) {
  Chain<Vcoarse_wide, Vfine27, Vround27, 63, 27>().expect_all(64, false);
}

TEST(RoundingShift, WithASumBehindItEqualsItsDefinition) {
  Chain<Vcoarse_narrow, Vfine24, Vround24, 42, 24>().expect_all(64, true);
}

TEST(Select, GivesTheWordOfTheIndexAndNothingBeyond) {
  Vselect5 select;  // 5 words of 9 bits
  std::mt19937_64 random(11);
  for (int n = 0; n < 200; ++n) {
    select.data_i = low_bits(static_cast<std::int64_t>(random()), 45);
    for (unsigned index = 0; index < 8; ++index) {
      select.index_i = index;
      select.eval();
      const std::uint64_t word = index < 5 ? select.data_i >> (9 * index) & 511 : 0;
      ASSERT_EQ(select.word_o, word);
    }
  }
}

TEST(PairSum, AddsWhatIsUsed) {
  Vpair_masked masked;
  Vpair_plain plain;
  for (unsigned a = 0; a < 32; ++a) {
    for (unsigned b = 0; b < 32; ++b) {
      for (unsigned use = 0; use < 4; ++use) {
        masked.a_i = plain.a_i = a;
        masked.b_i = plain.b_i = b;
        masked.use_a_i = plain.use_a_i = use & 1;
        masked.use_b_i = plain.use_b_i = use >> 1;
        masked.eval();
        plain.eval();
        ASSERT_EQ(masked.sum_o, (use & 1 ? a : 0) + (use & 2 ? b : 0));
        ASSERT_EQ(plain.sum_o, a + b);
      }
    }
  }
}

}  // namespace
}  // namespace edgemoe::test
