// SPDX-License-Identifier: Apache-2.0
#include "hls/support/quantise.hpp"
#include "hls/support/tile.hpp"

#if !EDGEMOE_VENDOR_TYPES
#include "hls/support/vector_product.hpp"
#endif

namespace edgemoe {
namespace hls {

namespace {

constexpr int kPackShift = 19;
constexpr int kChainDepth = 8;
constexpr int kDspBits = 48;  // accumulator of a DSP48E2

/// Two sums of one chain.
struct PairSum {
  Value<20> high;
  Value<kPackShift> low;
};

/// Undoes the packing: the low field is signed, what it borrowed from the high one is given back.
inline PairSum split_chain(const Value<kDspBits>& chain) {
#pragma HLS inline
  const Value<kPackShift> low = fit_wrap<kPackShift>(chain);
  const Value<20> high = (chain - low) >> kPackShift;
  return PairSum{high, low};
}

inline PairSum packed_chain(const Int<16>* operand, const WeightTile& weights, int first_in,
                            int first_out) {
#pragma HLS inline
  Value<kDspBits> chain = 0;
  for (int i = first_in; i < first_in + kChainDepth; ++i) {
#pragma HLS unroll
    const Value<8> high = weights.get(i, first_out + 1);
    const Value<27> packed = high * (1 << kPackShift) + weights.get(i, first_out);
    const Value<9> activation = operand[i];
    chain += packed * activation;
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

#if EDGEMOE_VENDOR_TYPES
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
