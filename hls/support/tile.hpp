// SPDX-License-Identifier: Apache-2.0
/// The operands of the multiply array and its one operation.
///
/// Shapes:   kTokenLanes x 16 in lanes x 16 out lanes products per call: acc[t][o] += sum_i
///           a[t][i] w[i][o].
/// Numbers:  operands are 9-bit signed (int8 or uint8 activations in an int16), weights int8,
///           accumulators int32; the compiler's range proof excludes overflow of a matrix it
///           accepted, and for any int8 weights and 3,072 inputs the sum stays below 2^31.
/// Forms:    tile_product_plain is the definition. tile_product_packed makes two products with one
///           27 x 18 bit multiplication, which is what synthesis gets: 1,024 DSPs, one call a
///           cycle; weights within +-127, as the image's contract has them, keep a pair in 27 bits.
///           tile_product is the form in use: packed with vendor types and so in synthesis, vector
///           instructions otherwise. Tests hold all three equal. `lanes` tokens take part, the
///           others keep their sums.
#pragma once

#include "hls/support/number.hpp"

namespace edgemoe {
namespace hls {

constexpr int kTokenLanes = 8;
constexpr int kInLanes = 16;
constexpr int kOutLanes = 16;

struct OperandTile {
  Int<16> value[kTokenLanes][kInLanes];
};

struct AccumulatorTile {
  Int<32> value[kTokenLanes][kOutLanes];
};

#if EDGEMOE_VENDOR_TYPES
using StoredWeight = Int<8>;
#else
using StoredWeight = Int<16>;  // what the vector form multiplies
#endif

/// Of the 16- and 32-bit formats: exact 64-bit sums (modulo 2^64, should a 32-bit format go
/// beyond).
struct WideAccumulatorTile {
  Int<64> value[kTokenLanes][kOutLanes];
};
struct WideOperandTile {
  Int<32> value[kTokenLanes][kInLanes];
};

/// 16 x 16 weights. The order of the elements is private: in pairs of in lanes, as the vector form
/// wants.
class WeightTile {
 public:
  void set(int in, int out, const Int<8>& weight) { pairs_[in / 2][out][in % 2] = weight; }
  StoredWeight get(int in, int out) const { return pairs_[in / 2][out][in % 2]; }
  const StoredWeight* pairs() const { return &pairs_[0][0][0]; }

 private:
  StoredWeight pairs_[kInLanes / 2][kOutLanes][2];
};

/// 16 x 16 weights of 16 bit, in pairs of in lanes. Operands of this tile lie in -32767..32767, so
/// that a pair of products fits 32 bits.
class WeightTile16 {
 public:
  void set(int in, int out, const Int<16>& weight) { pairs_[in / 2][out][in % 2] = weight; }
  Int<16> get(int in, int out) const { return pairs_[in / 2][out][in % 2]; }
  const Int<16>* pairs() const { return &pairs_[0][0][0]; }

 private:
  Int<16> pairs_[kInLanes / 2][kOutLanes][2];
};

/// 16 x 16 weights (or keys, values) of up to 32 bit.
class WeightTile32 {
 public:
  void set(int in, int out, const Int<32>& weight) { rows_[in][out] = weight; }
  Int<32> get(int in, int out) const { return rows_[in][out]; }
  const Int<32>* row(int in) const { return rows_[in]; }

 private:
  Int<32> rows_[kInLanes][kOutLanes];
};

template <typename Tile>
inline void clear(Tile& tile) {
#pragma HLS inline
  for (int t = 0; t < kTokenLanes; ++t) {
#pragma HLS unroll
    for (int o = 0; o < kOutLanes; ++o) tile.value[t][o] = 0;
  }
}

/// The definition; `lanes` tokens take part, the others keep their sums.
void tile_product_plain(const OperandTile& operand, const WeightTile& weights, int lanes,
                        AccumulatorTile& sums);

/// The same values. One multiplier works for two out lanes: (w1 * 2^19 + w2) * a, eight in lanes
/// deep; the low 19 bits of such a chain hold its second sum exactly, since 8 * 255 * 128 < 2^18.
void tile_product_packed(const OperandTile& operand, const WeightTile& weights, int lanes,
                         AccumulatorTile& sums);

/// The same values.
void tile_product(const OperandTile& operand, const WeightTile& weights, int lanes,
                  AccumulatorTile& sums);

/// The same operation on wider numbers: plain definition and the form in use.
void tile_product_plain(const OperandTile& operand, const WeightTile16& weights, int lanes,
                        WideAccumulatorTile& sums);
void tile_product_plain(const WideOperandTile& operand, const WeightTile32& weights, int lanes,
                        WideAccumulatorTile& sums);
void tile_product(const OperandTile& operand, const WeightTile16& weights, int lanes,
                  WideAccumulatorTile& sums);
void tile_product(const WideOperandTile& operand, const WeightTile32& weights, int lanes,
                  WideAccumulatorTile& sums);

}  // namespace hls
}  // namespace edgemoe
