// SPDX-License-Identifier: Apache-2.0
#include "hls/support/vector_product.hpp"

namespace edgemoe {
namespace hls {
namespace {

/// Adds a * b modulo 2^64.
inline void accumulate(std::int64_t a, std::int64_t b, std::int64_t& sum) {
#pragma HLS inline
  sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) +
                                  static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

template <typename Operand, typename Weight>
inline void product(const Operand& operand, const Weight& weights, int lanes,
                    WideAccumulatorTile& sums) {
#pragma HLS inline
  for (int t = 0; t < lanes; ++t) {
    for (int i = 0; i < kInLanes; ++i) {
      for (int o = 0; o < kOutLanes; ++o) {
        accumulate(operand.value[t][i], weights.get(i, o), sums.value[t][o]);
      }
    }
  }
}

}  // namespace

void tile_product_plain(const OperandTile& operand, const WeightTile16& weights, int lanes,
                        WideAccumulatorTile& sums) {
  product(operand, weights, lanes, sums);
}

void tile_product_plain(const WideOperandTile& operand, const WeightTile32& weights, int lanes,
                        WideAccumulatorTile& sums) {
  product(operand, weights, lanes, sums);
}

void tile_product(const OperandTile& operand, const WeightTile16& weights, int lanes,
                  WideAccumulatorTile& sums) {
  best_product_form().wide16(operand, weights, lanes, sums);
}

void tile_product(const WideOperandTile& operand, const WeightTile32& weights, int lanes,
                  WideAccumulatorTile& sums) {
  best_product_form().wide32(operand, weights, lanes, sums);
}

}  // namespace hls
}  // namespace edgemoe
