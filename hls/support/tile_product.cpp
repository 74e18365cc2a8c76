// SPDX-License-Identifier: Apache-2.0
#include "hls/support/tile.hpp"

#if !EDGEMOE_SYNTHESIS
#include "hls/support/vector_product.hpp"
#endif

namespace edgemoe {
namespace hls {

namespace {

constexpr int kPackShift = 19;
constexpr int kChainDepth = 8;

/// Two sums of one chain.
struct PairSum {
  std::int32_t high;
  std::int32_t low;
};

/// Undoes the packing: the low field is signed, what it borrowed from the high one is given back.
inline PairSum split_chain(std::int64_t chain) {
#pragma HLS inline
  constexpr std::int64_t kUnit = static_cast<std::int64_t>(1) << kPackShift;
  const std::int64_t field = chain & (kUnit - 1);
  const std::int64_t low = field >= kUnit / 2 ? field - kUnit : field;
  return PairSum{static_cast<std::int32_t>((chain - low) >> kPackShift),
                 static_cast<std::int32_t>(low)};
}

inline PairSum packed_chain(const std::int16_t* operand, const WeightTile& weights, int first_in,
                            int first_out) {
#pragma HLS inline
  std::int64_t chain = 0;
  for (int i = first_in; i < first_in + kChainDepth; ++i) {
#pragma HLS unroll
    const std::int64_t high = weights.get(i, first_out + 1);
    const std::int64_t packed = high * (1 << kPackShift) + weights.get(i, first_out);
    chain += packed * operand[i];
  }
  return split_chain(chain);
}

}  // namespace

void tile_product_plain(const OperandTile& operand, const WeightTile& weights, int lanes,
                        AccumulatorTile& sums) {
  for (int t = 0; t < lanes; ++t) {
    for (int o = 0; o < kOutLanes; ++o) {
      for (int i = 0; i < kInLanes; ++i) {
        sums.value[t][o] += operand.value[t][i] * weights.get(i, o);
      }
    }
  }
}

void tile_product_packed(const OperandTile& operand, const WeightTile& weights, int lanes,
                         AccumulatorTile& sums) {
#pragma HLS inline off
#pragma HLS pipeline II = 1
  for (int t = 0; t < kTokenLanes; ++t) {
#pragma HLS unroll
    for (int o = 0; o < kOutLanes; o += 2) {
#pragma HLS unroll
      if (t < lanes) {
        const PairSum first = packed_chain(operand.value[t], weights, 0, o);
        const PairSum second = packed_chain(operand.value[t], weights, kChainDepth, o);
        sums.value[t][o] += first.low + second.low;
        sums.value[t][o + 1] += first.high + second.high;
      }
    }
  }
}

#if EDGEMOE_SYNTHESIS
void tile_product(const OperandTile& operand, const WeightTile& weights, int lanes,
                  AccumulatorTile& sums) {
#pragma HLS inline
  tile_product_packed(operand, weights, lanes, sums);
}
#else
void tile_product(const OperandTile& operand, const WeightTile& weights, int lanes,
                  AccumulatorTile& sums) {
  best_product_form().narrow(operand, weights, lanes, sums);
}
#endif

}  // namespace hls
}  // namespace edgemoe
