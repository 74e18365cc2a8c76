// SPDX-License-Identifier: Apache-2.0
#include "hls/program/weight_layout.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace edgemoe::program {
namespace {

std::vector<std::int8_t> random_matrix(int out, int in, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::int8_t> weights(static_cast<std::size_t>(out) * in);
  const int edges[] = {-127, 127, 0, -1, 1};
  for (std::int8_t& w : weights) {
    w = static_cast<std::int8_t>(random() % 3 == 0 ? edges[random() % 5]
                                                   : static_cast<int>(random() % 255) - 127);
  }
  return weights;
}

TEST(WeightLayout, EveryPairOfWeightsSurvivesPacking) {
  for (int even = -127; even <= 127; ++even) {
    for (int odd = -127; odd <= 127; ++odd) {
      const auto e = static_cast<std::int8_t>(even);
      const auto stored = pack_odd(e, static_cast<std::int8_t>(odd));
      ASSERT_EQ(unpack_odd(e, stored), odd);
      // The reason for the packing: P = a (stored 2^19 + even) with even as an unsigned 19-bit
      // field borrows exactly what the decrement lent, so both products come out of one
      // multiplication.
      ASSERT_EQ(static_cast<std::int64_t>(stored) * (1 << 19) + (even & 0x7FFFF),
                static_cast<std::int64_t>(odd) * (1 << 19) + even);
    }
  }
}

TEST(WeightLayout, MatricesOfAnyShapeSurviveARoundTrip) {
  const int sizes[] = {1, 2, 15, 16, 17, 31, 32, 33, 48};
  for (const int out : sizes) {
    for (const int in : sizes) {
      const auto weights = random_matrix(out, in, static_cast<unsigned>(out * 100 + in));
      std::vector<std::uint8_t> tiles(tile_rows(out, in) * kRowBytes, 0xAA);
      pack_matrix(weights.data(), out, in, tiles.data());
      std::vector<std::int8_t> again(weights.size(), 99);
      unpack_matrix(tiles.data(), out, in, again.data());
      ASSERT_EQ(weights, again) << out << " x " << in;
    }
  }
}

TEST(WeightLayout, WideMatricesOfAnyShapeSurviveARoundTripInTwoRowsATile) {
  std::mt19937 random(11);
  for (const int out : {1, 7, 8, 9, 16, 17, 33}) {
    for (const int in : {1, 15, 16, 17, 40}) {
      std::vector<std::int16_t> weights(static_cast<std::size_t>(out) * in);
      for (std::int16_t& w : weights) w = static_cast<std::int16_t>(random());
      weights[0] = std::numeric_limits<std::int16_t>::min();
      std::vector<std::uint8_t> tiles(tile_rows(out, in, Precision::kW16A32) * kRowBytes, 0xAA);
      EXPECT_EQ(tiles.size(), 2 * tile_rows(out, in) * std::size_t{kRowBytes});
      pack_wide_matrix(weights.data(), out, in, tiles.data());
      std::vector<std::int16_t> again(weights.size(), 99);
      unpack_wide_matrix(tiles.data(), out, in, again.data());
      ASSERT_EQ(weights, again) << out << " x " << in;
    }
  }
}

TEST(WeightLayout, FeatureTilesHoldFourOutLanesARow) {
  std::mt19937 random(5);
  std::int32_t weights[kTile][kTile], again[kTile][kTile];
  for (auto& row : weights) {
    for (std::int32_t& w : row) w = static_cast<std::int32_t>(random());
  }
  weights[5][3] = std::numeric_limits<std::int32_t>::min();
  std::vector<std::uint8_t> tile(kFeatureTileBytes);
  pack_feature_tile(weights, tile.data());
  // Out lane 5 is the second of the second row, in lane 3 the fourth group of four.
  EXPECT_EQ(get_word(tile.data() + kRowBytes + (3 * 4 + 1) * 4), weights[5][3]);
  unpack_feature_tile(tile.data(), again);
  for (int o = 0; o < kTile; ++o) {
    for (int i = 0; i < kTile; ++i) EXPECT_EQ(again[o][i], weights[o][i]) << o << " " << i;
  }
}

TEST(WeightLayout, WideTilesHoldEightOutLanesARow) {
  const int out = 20, in = 40;  // 2 x 3 tiles
  std::vector<std::int16_t> weights(out * in, 0);
  weights[18 * in + 35] = 0x0403;  // out block 1 lane 2, in block 2 lane 3: first row
  weights[13 * in + 2] = 0x0605;   // out block 0 lane 13, in block 0 lane 2: second row
  std::vector<std::uint8_t> tiles(tile_rows(out, in, Precision::kW16A16) * kRowBytes);
  pack_wide_matrix(weights.data(), out, in, tiles.data());
  const std::size_t first = (1 * 3 + 2) * kWideTileBytes + (3 * 8 + 2) * 2;
  const std::size_t second = kRowBytes + (2 * 8 + 5) * 2;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const int expected = i == first        ? 3
                         : i == first + 1  ? 4
                         : i == second     ? 5
                         : i == second + 1 ? 6
                                           : 0;
    EXPECT_EQ(tiles[i], expected) << i;
  }
}

TEST(WeightLayout, TilesLieOutBlockOuterAndInLaneMajor) {
  const int out = 20, in = 40;  // 2 x 3 tiles
  std::vector<std::int8_t> weights(out * in, 0);
  weights[17 * in + 35] = 5;  // out block 1 lane 1, in block 2 lane 3
  std::vector<std::uint8_t> tiles(tile_rows(out, in) * kRowBytes);
  pack_matrix(weights.data(), out, in, tiles.data());
  const std::size_t at = (1 * 3 + 2) * kRowBytes + 3 * kTile + 1;
  for (std::size_t i = 0; i < tiles.size(); ++i) EXPECT_EQ(tiles[i], i == at ? 5 : 0) << i;
}

TEST(WeightLayout, PaddingIsZeroWherePairsStraddleTheEdge) {
  std::vector<std::int8_t> weights{-3};  // its odd partner is padding and unpacks to 0
  std::vector<std::uint8_t> tile(kRowBytes, 0xAA);
  pack_matrix(weights.data(), 1, 1, tile.data());
  std::int8_t unpacked[kTile][kTile];
  unpack_tile(tile.data(), unpacked);
  for (int o = 0; o < kTile; ++o) {
    for (int i = 0; i < kTile; ++i) EXPECT_EQ(unpacked[o][i], o == 0 && i == 0 ? -3 : 0);
  }
}

TEST(WeightLayout, RowCountsRoundUp) {
  EXPECT_EQ(tile_rows(576, 192), 36u * 12u);
  EXPECT_EQ(tile_rows(1, 1), 1u);
  EXPECT_EQ(tile_rows(17, 16), 2u);
  EXPECT_EQ(param_rows(1), 1u);
  EXPECT_EQ(param_rows(32), 1u);
  EXPECT_EQ(param_rows(33), 2u);
  EXPECT_EQ(gate_low_channel(4), 16);
  EXPECT_EQ(gate_low_channel(16), 16);
  EXPECT_EQ(gate_low_channel(17), 32);
  EXPECT_EQ(gate_channels(16), 32);
}

TEST(WeightLayout, ParametersSurviveTheirExtremes) {
  std::vector<std::uint8_t> rows(2 * kRowBytes, 0xAA);
  const std::int32_t low = std::numeric_limits<std::int32_t>::min();
  const std::int32_t high = std::numeric_limits<std::int32_t>::max();
  put_channel(rows.data(), 0, {low, 65535});
  put_channel(rows.data(), 33, {high, 0});
  put_norm(rows.data(), 5, {-131072, high});
  EXPECT_EQ(get_channel(rows.data(), 0).bias, low);
  EXPECT_EQ(get_channel(rows.data(), 0).multiplier, 65535);
  EXPECT_EQ(rows[6], 0);  // upper half of the multiplier's word
  EXPECT_EQ(get_channel(rows.data(), 33).bias, high);
  EXPECT_EQ(get_norm(rows.data(), 5).gamma, -131072);
  EXPECT_EQ(get_norm(rows.data(), 5).beta, high);
}

}  // namespace
}  // namespace edgemoe::program
