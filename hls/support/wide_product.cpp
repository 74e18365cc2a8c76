// SPDX-License-Identifier: Apache-2.0
#include "hls/support/quantise.hpp"
#include "hls/support/tile.hpp"

#if !EDGEMOE_VENDOR_TYPES
#include "hls/support/vector_product.hpp"
#endif

namespace edgemoe {
namespace hls {
namespace {

/// Adds a * b modulo 2^64.
inline void accumulate(const Value<64>& a, const Value<64>& b, Int<64>& sum) {
#pragma HLS inline
  sum = wrapping_sum(sum, wrapping_product(a, b));
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

#if EDGEMOE_VENDOR_TYPES
void tile_product(const OperandTile& operand, const WeightTile16& weights, int lanes,
                  WideAccumulatorTile& sums) {
  product(operand, weights, lanes, sums);
}

void tile_product(const WideOperandTile& operand, const WeightTile32& weights, int lanes,
                  WideAccumulatorTile& sums) {
  product(operand, weights, lanes, sums);
}
#else
void tile_product(const OperandTile& operand, const WeightTile16& weights, int lanes,
                  WideAccumulatorTile& sums) {
  best_product_form().wide16(operand, weights, lanes, sums);
}

void tile_product(const WideOperandTile& operand, const WeightTile32& weights, int lanes,
                  WideAccumulatorTile& sums) {
  best_product_form().wide32(operand, weights, lanes, sums);
}
#endif

}  // namespace hls
}  // namespace edgemoe
