// SPDX-License-Identifier: Apache-2.0
#include "hls/support/tile.hpp"

#if !EDGEMOE_SYNTHESIS && defined(__SSE2__)
#include <emmintrin.h>
#define EDGEMOE_VECTOR_PRODUCT 1
#else
#define EDGEMOE_VECTOR_PRODUCT 0
#endif

namespace edgemoe {
namespace hls {

void tile_product_plain(const OperandTile& operand, const WeightTile& weights, int lanes,
                        AccumulatorTile& sums) {
#pragma HLS inline off
#pragma HLS pipeline II = 1
  for (int t = 0; t < kTokenLanes; ++t) {
#pragma HLS unroll
    for (int o = 0; o < kOutLanes; ++o) {
#pragma HLS unroll
      std::int32_t sum = 0;
      for (int i = 0; i < kInLanes; ++i) {
#pragma HLS unroll
        sum += operand.value[t][i] * weights.get(i, o);
      }
      if (t < lanes) sums.value[t][o] += sum;
    }
  }
}

#if EDGEMOE_VECTOR_PRODUCT
namespace {

/// One token: 16 sums in four registers, two in lanes an instruction. Exact: products of 9 x 8
/// bits.
inline void token_product(const std::int16_t* operand, const __m128i* weights, std::int32_t* sums) {
  __m128i* out = reinterpret_cast<__m128i*>(sums);
  __m128i s0 = _mm_loadu_si128(out), s1 = _mm_loadu_si128(out + 1);
  __m128i s2 = _mm_loadu_si128(out + 2), s3 = _mm_loadu_si128(out + 3);
  for (int p = 0; p < kInLanes / 2; ++p) {
    const std::uint32_t low = static_cast<std::uint16_t>(operand[2 * p]);
    const std::uint32_t high = static_cast<std::uint16_t>(operand[2 * p + 1]);
    const __m128i pair = _mm_set1_epi32(static_cast<std::int32_t>(low | (high << 16)));
    const __m128i* w = weights + 4 * p;
    s0 = _mm_add_epi32(s0, _mm_madd_epi16(pair, _mm_loadu_si128(w)));
    s1 = _mm_add_epi32(s1, _mm_madd_epi16(pair, _mm_loadu_si128(w + 1)));
    s2 = _mm_add_epi32(s2, _mm_madd_epi16(pair, _mm_loadu_si128(w + 2)));
    s3 = _mm_add_epi32(s3, _mm_madd_epi16(pair, _mm_loadu_si128(w + 3)));
  }
  _mm_storeu_si128(out, s0);
  _mm_storeu_si128(out + 1, s1);
  _mm_storeu_si128(out + 2, s2);
  _mm_storeu_si128(out + 3, s3);
}

}  // namespace

void tile_product(const OperandTile& operand, const WeightTile& weights, int lanes,
                  AccumulatorTile& sums) {
  // Vector types may alias anything, so reading the int16 pairs through them is defined.
  const __m128i* pairs = reinterpret_cast<const __m128i*>(weights.pairs());
  for (int t = 0; t < lanes; ++t) token_product(operand.value[t], pairs, sums.value[t]);
}
#else
void tile_product(const OperandTile& operand, const WeightTile& weights, int lanes,
                  AccumulatorTile& sums) {
#pragma HLS inline
  tile_product_plain(operand, weights, lanes, sums);
}
#endif

}  // namespace hls
}  // namespace edgemoe
