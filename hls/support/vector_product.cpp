// SPDX-License-Identifier: Apache-2.0
#include "hls/support/vector_product.hpp"

#if !EDGEMOE_SYNTHESIS && defined(__x86_64__)
#include <immintrin.h>
#define EDGEMOE_X86 1
#else
#define EDGEMOE_X86 0
#endif

namespace edgemoe {
namespace hls {
namespace {

const ProductForm kPlain = {"plain", tile_product_plain, tile_product_plain, tile_product_plain};

#if EDGEMOE_X86
// Weights of pairs of in lanes lie together: out lane o of pair p at 2 * (16 p + o).
static_assert(kInLanes == 16 && kOutLanes == 16, "what the registers below hold");
constexpr int kPairs = kInLanes / 2;

#define EDGEMOE_AVX2 __attribute__((target("avx2")))
#define EDGEMOE_AVX512 __attribute__((target("avx512f,avx512bw")))
#define EDGEMOE_VNNI __attribute__((target("avx512f,avx512bw,avx512vnni")))

/// Two neighbouring int16 of an operand row as one word.
inline int pair_of(const std::int16_t* row, int pair) {
  const auto low = static_cast<std::uint16_t>(row[2 * pair]);
  const auto high = static_cast<std::uint16_t>(row[2 * pair + 1]);
  return static_cast<int>(low | static_cast<std::uint32_t>(high) << 16);
}

EDGEMOE_AVX2 void narrow_avx2(const OperandTile& operand, const WeightTile& weights, int lanes,
                              AccumulatorTile& sums) {
  const auto* w = reinterpret_cast<const __m256i*>(weights.pairs());
  for (int t = 0; t < lanes; ++t) {
    auto* out = reinterpret_cast<__m256i*>(sums.value[t]);
    __m256i low = _mm256_loadu_si256(out), high = _mm256_loadu_si256(out + 1);
    for (int p = 0; p < kPairs; ++p) {
      const __m256i pair = _mm256_set1_epi32(pair_of(operand.value[t], p));
      low = _mm256_add_epi32(low, _mm256_madd_epi16(pair, _mm256_loadu_si256(w + 2 * p)));
      high = _mm256_add_epi32(high, _mm256_madd_epi16(pair, _mm256_loadu_si256(w + 2 * p + 1)));
    }
    _mm256_storeu_si256(out, low);
    _mm256_storeu_si256(out + 1, high);
  }
}

EDGEMOE_AVX2 void wide16_avx2(const OperandTile& operand, const WeightTile16& weights, int lanes,
                              WideAccumulatorTile& sums) {
  const auto* w = reinterpret_cast<const __m256i*>(weights.pairs());
  for (int t = 0; t < lanes; ++t) {
    auto* out = reinterpret_cast<__m256i*>(sums.value[t]);
    __m256i s[4];
    for (int i = 0; i < 4; ++i) s[i] = _mm256_loadu_si256(out + i);
    for (int p = 0; p < kPairs; ++p) {
      const __m256i pair = _mm256_set1_epi32(pair_of(operand.value[t], p));
      for (int half = 0; half < 2; ++half) {
        const __m256i product = _mm256_madd_epi16(pair, _mm256_loadu_si256(w + 2 * p + half));
        const __m128i low = _mm256_castsi256_si128(product);
        const __m128i high = _mm256_extracti128_si256(product, 1);
        s[2 * half] = _mm256_add_epi64(s[2 * half], _mm256_cvtepi32_epi64(low));
        s[2 * half + 1] = _mm256_add_epi64(s[2 * half + 1], _mm256_cvtepi32_epi64(high));
      }
    }
    for (int i = 0; i < 4; ++i) _mm256_storeu_si256(out + i, s[i]);
  }
}

/// Out lanes 0..3 and 8..11 of an in lane, then the others: even and odd words are multiplied
/// apart.
EDGEMOE_AVX2 void wide32_avx2(const WideOperandTile& operand, const WeightTile32& weights,
                              int lanes, WideAccumulatorTile& sums) {
  for (int t = 0; t < lanes; ++t) {
    for (int block = 0; block < 2; ++block) {
      __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();
      for (int i = 0; i < kInLanes; ++i) {
        const __m256i a = _mm256_set1_epi64x(operand.value[t][i]);
        const __m256i w =
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights.row(i)) + block);
        even = _mm256_add_epi64(even, _mm256_mul_epi32(a, w));
        odd = _mm256_add_epi64(odd, _mm256_mul_epi32(a, _mm256_srli_epi64(w, 32)));
      }
      auto* out = reinterpret_cast<__m256i*>(sums.value[t] + 8 * block);
      const __m256i low = _mm256_unpacklo_epi64(even, odd);   // 0 1 4 5
      const __m256i high = _mm256_unpackhi_epi64(even, odd);  // 2 3 6 7
      const __m256i first = _mm256_permute2x128_si256(low, high, 0x20);
      const __m256i second = _mm256_permute2x128_si256(low, high, 0x31);
      _mm256_storeu_si256(out, _mm256_add_epi64(_mm256_loadu_si256(out), first));
      _mm256_storeu_si256(out + 1, _mm256_add_epi64(_mm256_loadu_si256(out + 1), second));
    }
  }
}

EDGEMOE_AVX512 void wide16_avx512(const OperandTile& operand, const WeightTile16& weights,
                                  int lanes, WideAccumulatorTile& sums) {
  const std::int16_t* w = weights.pairs();
  for (int t = 0; t < lanes; ++t) {
    __m512i low = _mm512_loadu_si512(sums.value[t]);
    __m512i high = _mm512_loadu_si512(sums.value[t] + 8);
    for (int p = 0; p < kPairs; ++p) {
      const __m512i pair = _mm512_set1_epi32(pair_of(operand.value[t], p));
      const __m512i product = _mm512_madd_epi16(pair, _mm512_loadu_si512(w + 32 * p));
      low = _mm512_add_epi64(low, _mm512_cvtepi32_epi64(_mm512_castsi512_si256(product)));
      high = _mm512_add_epi64(high, _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(product, 1)));
    }
    _mm512_storeu_si512(sums.value[t], low);
    _mm512_storeu_si512(sums.value[t] + 8, high);
  }
}

EDGEMOE_AVX512 void narrow_avx512(const OperandTile& operand, const WeightTile& weights, int lanes,
                                  AccumulatorTile& sums) {
  const StoredWeight* w = weights.pairs();
  for (int t = 0; t < lanes; ++t) {
    __m512i s = _mm512_loadu_si512(sums.value[t]);
    for (int p = 0; p < kPairs; ++p) {
      const __m512i pair = _mm512_set1_epi32(pair_of(operand.value[t], p));
      s = _mm512_add_epi32(s, _mm512_madd_epi16(pair, _mm512_loadu_si512(w + 32 * p)));
    }
    _mm512_storeu_si512(sums.value[t], s);
  }
}

/// One token of 16 sums a register, multiplied and added in one instruction.
EDGEMOE_VNNI void narrow_vnni(const OperandTile& operand, const WeightTile& weights, int lanes,
                              AccumulatorTile& sums) {
  const StoredWeight* w = weights.pairs();
  for (int t = 0; t < lanes; ++t) {
    __m512i even = _mm512_loadu_si512(sums.value[t]), odd = _mm512_setzero_si512();
    for (int p = 0; p < kPairs; p += 2) {  // two sums: the instruction's latency is long
      even = _mm512_dpwssd_epi32(even, _mm512_set1_epi32(pair_of(operand.value[t], p)),
                                 _mm512_loadu_si512(w + 32 * p));
      odd = _mm512_dpwssd_epi32(odd, _mm512_set1_epi32(pair_of(operand.value[t], p + 1)),
                                _mm512_loadu_si512(w + 32 * p + 32));
    }
    _mm512_storeu_si512(sums.value[t], _mm512_add_epi32(even, odd));
  }
}

struct FormList {
  ProductForm form[4];
  int count;
};

FormList supported_forms() {
  FormList list = {{kPlain}, 1};
  if (__builtin_cpu_supports("avx2")) {
    list.form[list.count++] = ProductForm{"avx2", narrow_avx2, wide16_avx2, wide32_avx2};
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
    list.form[list.count++] = ProductForm{"avx512", narrow_avx512, wide16_avx512, wide32_avx2};
    if (__builtin_cpu_supports("avx512vnni")) {
      list.form[list.count++] = ProductForm{"avx512vnni", narrow_vnni, wide16_avx512, wide32_avx2};
    }
  }
  return list;
}

const FormList& forms() {
  static const FormList list = supported_forms();
  return list;
}
#endif

}  // namespace

#if EDGEMOE_X86
int product_form_count() { return forms().count; }
const ProductForm& product_form(int index) { return forms().form[index]; }
#else
int product_form_count() { return 1; }
const ProductForm& product_form(int) { return kPlain; }
#endif

const ProductForm& best_product_form() {
  static const ProductForm best = product_form(product_form_count() - 1);
  return best;
}

}  // namespace hls
}  // namespace edgemoe
