// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <type_traits>

#include "hls/support/vector_product.hpp"

namespace edgemoe::hls {
namespace {

struct Tiles {
  OperandTile operand;
  WeightTile weights;
  AccumulatorTile sums;
};

Tiles random_tiles(std::mt19937& random, int low, int high) {
  std::uniform_int_distribution<int> activation(low, high), weight(-127, 127), sum(-100000, 100000);
  Tiles tiles;
  for (auto& row : tiles.operand.value) {
    for (auto& value : row) value = static_cast<std::int16_t>(activation(random));
  }
  for (int i = 0; i < kInLanes; ++i) {
    for (int o = 0; o < kOutLanes; ++o)
      tiles.weights.set(i, o, static_cast<std::int8_t>(weight(random)));
  }
  for (auto& row : tiles.sums.value) {
    for (auto& value : row) value = sum(random);
  }
  return tiles;
}

void expect_same_products(const Tiles& tiles, int lanes) {
  AccumulatorTile fast = tiles.sums, plain = tiles.sums, packed = tiles.sums;
  tile_product(tiles.operand, tiles.weights, lanes, fast);
  tile_product_plain(tiles.operand, tiles.weights, lanes, plain);
  tile_product_packed(tiles.operand, tiles.weights, lanes, packed);
  for (int form = 0; form < product_form_count(); ++form) {
    AccumulatorTile other = tiles.sums;
    product_form(form).narrow(tiles.operand, tiles.weights, lanes, other);
    ASSERT_EQ(std::memcmp(&other, &plain, sizeof(plain)), 0) << product_form(form).name;
  }
  for (int t = 0; t < kTokenLanes; ++t) {
    for (int o = 0; o < kOutLanes; ++o) {
      std::int64_t exact = tiles.sums.value[t][o];
      for (int i = 0; t < lanes && i < kInLanes; ++i) {
        exact += std::int64_t{tiles.operand.value[t][i]} * tiles.weights.get(i, o);
      }
      ASSERT_EQ(plain.value[t][o], exact) << t << ", " << o;
      ASSERT_EQ(fast.value[t][o], exact) << t << ", " << o;
      ASSERT_EQ(packed.value[t][o], exact) << t << ", " << o;
    }
  }
}

/// Random values of a range, its ends often.
std::int64_t edgy(std::mt19937_64& random, std::int64_t low, std::int64_t high) {
  switch (random() % 4) {
    case 0:
      return low;
    case 1:
      return high;
    default:
      return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  }
}

void run_form(const ProductForm& form, const OperandTile& operand, const WeightTile16& weights,
              int lanes, WideAccumulatorTile& sums) {
  form.wide16(operand, weights, lanes, sums);
}
void run_form(const ProductForm& form, const WideOperandTile& operand, const WeightTile32& weights,
              int lanes, WideAccumulatorTile& sums) {
  form.wide32(operand, weights, lanes, sums);
}

template <typename Operand, typename Weight>
void expect_wide(std::mt19937_64& random, std::int64_t low, std::int64_t high) {
  constexpr bool kNarrow = sizeof(Weight) == sizeof(WeightTile16);
  Operand operand;
  Weight weights;
  WideAccumulatorTile sums;
  for (auto& row : operand.value) {
    for (auto& value : row) {
      value = static_cast<std::remove_reference_t<decltype(value)>>(edgy(random, low, high));
    }
  }
  for (int i = 0; i < kInLanes; ++i) {
    for (int o = 0; o < kOutLanes; ++o) {
      if (kNarrow) {
        weights.set(i, o, static_cast<std::int16_t>(edgy(random, -32768, 32767)));
      } else {
        weights.set(i, o, static_cast<std::int32_t>(edgy(random, INT32_MIN, INT32_MAX)));
      }
    }
  }
  for (auto& row : sums.value) {
    for (auto& value : row) value = static_cast<std::int64_t>(random());
  }
  for (int lanes = 0; lanes <= kTokenLanes; ++lanes) {
    WideAccumulatorTile fast = sums, plain = sums;
    tile_product(operand, weights, lanes, fast);
    tile_product_plain(operand, weights, lanes, plain);
    for (int form = 0; form < product_form_count(); ++form) {
      WideAccumulatorTile other = sums;
      run_form(product_form(form), operand, weights, lanes, other);
      ASSERT_EQ(std::memcmp(&other, &plain, sizeof(plain)), 0) << product_form(form).name;
    }
    for (int t = 0; t < kTokenLanes; ++t) {
      for (int o = 0; o < kOutLanes; ++o) {
        __int128 exact = sums.value[t][o];
        for (int i = 0; t < lanes && i < kInLanes; ++i) {
          exact += static_cast<__int128>(operand.value[t][i]) * weights.get(i, o);
        }
        const auto low_bits = static_cast<std::int64_t>(static_cast<std::uint64_t>(exact));
        ASSERT_EQ(plain.value[t][o], low_bits) << t << ", " << o;
        ASSERT_EQ(fast.value[t][o], low_bits) << t << ", " << o;
      }
    }
  }
}

TEST(TileProduct, WideFormsEqualTheSumModulo64Bits) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 50; ++round) {
    expect_wide<OperandTile, WeightTile16>(random, -32767, 32767);
    expect_wide<OperandTile, WeightTile16>(random, 0, 255);
    expect_wide<WideOperandTile, WeightTile32>(random, INT32_MIN, INT32_MAX);
  }
}

TEST(TileProduct, AllFormsEqualTheSumForEveryLaneCount) {
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    for (int lanes = 0; lanes <= kTokenLanes; ++lanes) {
      expect_same_products(random_tiles(random, -127, 127), lanes);
      expect_same_products(random_tiles(random, 0, 255), lanes);
    }
  }
}

TEST(TileProduct, ExtremeOperandsAreExact) {
  Tiles tiles{};
  for (auto& row : tiles.operand.value) {
    for (auto& value : row) value = 255;
  }
  for (int sign : {-128, -127, 127}) {
    for (int i = 0; i < kInLanes; ++i) {
      for (int o = 0; o < kOutLanes; ++o) tiles.weights.set(i, o, static_cast<std::int8_t>(sign));
    }
    expect_same_products(tiles, kTokenLanes);
  }
}

TEST(TileProduct, NeighboursOfOppositeExtremesDoNotLeakIntoEachOther) {
  std::mt19937 random(5);
  std::bernoulli_distribution coin;
  for (int round = 0; round < 200; ++round) {
    Tiles tiles{};
    for (auto& row : tiles.operand.value) {
      for (auto& value : row) value = coin(random) ? 255 : (coin(random) ? 0 : -127);
    }
    for (int i = 0; i < kInLanes; ++i) {
      for (int o = 0; o < kOutLanes; ++o) {
        tiles.weights.set(i, o, static_cast<std::int8_t>(coin(random) ? 127 : -128));
      }
    }
    expect_same_products(tiles, kTokenLanes);
  }
}

TEST(TileProduct, ClearSetsEverySumToZero) {
  std::mt19937 random(4);
  Tiles tiles = random_tiles(random, -127, 127);
  clear(tiles.sums);
  for (const auto& row : tiles.sums.value) {
    for (const auto value : row) EXPECT_EQ(value, 0);
  }
}

}  // namespace
}  // namespace edgemoe::hls
