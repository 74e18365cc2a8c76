// SPDX-License-Identifier: Apache-2.0
/// Blocks of tiles for the compute array, with the rows that must come out and their cycles.
///
/// Credit:   like the array's sequencer, ends of blocks for one bank are kept far enough apart.
/// Pauses:   none; 30 % of cycles at random; long ones of up to 60 cycles.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "hls/program/weight_layout.hpp"
#include "hls/support/tile.hpp"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {

enum class Pauses { kNone, kRandom, kLong };

struct ArrayShape {
  int tokens;
  int in;
  int out;
  int score_tokens;
};

struct ArrayTile {
  bool first, shift, last, scores;
  int tag;
  std::vector<int> operand;  // [t][i]
  std::vector<int> weight;   // [i][o]
};

struct ExpectedRow {
  std::uint64_t cycle;
  int token;
  int tag;
  std::vector<std::int32_t> sums;  // of the tokens of one cycle
};

/// Random blocks; every tenth at the ends of the number range.
class BlockSource {
 public:
  BlockSource(const ArrayShape& shape, std::uint32_t seed) : shape_(shape), random_(seed) {}

  std::deque<ArrayTile> block() {
    const int tiles = pick(1, 12);
    const int shifted = pick(0, 3) == 0 ? tiles / 2 : -1;
    const bool extreme = pick(0, 9) == 0;
    const bool scores = pick(0, 2) == 0;
    const int tag = pick(0, 255);
    std::deque<ArrayTile> block;
    for (int n = 0; n < tiles; ++n) {
      ArrayTile tile{n == 0, n == shifted && n > 0, n == tiles - 1, scores, tag, {}, {}};
      for (int k = 0; k < shape_.tokens * shape_.in; ++k)
        tile.operand.push_back(extreme ? (pick(0, 7) ? 255 : -256) : pick(-256, 255));
      for (int k = 0; k < shape_.in * shape_.out; ++k)
        tile.weight.push_back(extreme ? (pick(0, 7) ? 127 : -127) : pick(-127, 127));
      block.push_back(tile);
    }
    return block;
  }

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  /// Cycles to wait before the next tile.
  int pause(Pauses mode) {
    if (mode == Pauses::kRandom) return pick(0, 9) < 3 ? 1 : 0;
    if (mode == Pauses::kLong) return pick(0, 39) == 0 ? pick(20, 60) : 0;
    return 0;
  }

 private:
  ArrayShape shape_;
  std::mt19937 random_;
};

template <typename Model>
void drive_tile(Model& model, const ArrayShape& shape, const ArrayTile* tile) {
  model.valid_i = tile != nullptr;
  if (tile == nullptr) return;  // stale data stays on the ports: it must not matter
  model.first_i = tile->first;
  model.shift_i = tile->shift;
  model.last_i = tile->last;
  model.scores_i = tile->scores;
  model.tag_i = static_cast<CData>(tile->tag);
  for (std::size_t n = 0; n < tile->operand.size(); ++n)
    put_bits(model.operand_i, n * 9, 9, tile->operand[n]);
  for (int i = 0; i < shape.in; ++i) {
    for (int o = 0; o < shape.out; o += 2) {
      const std::size_t n = static_cast<std::size_t>(i * shape.out + o);
      const int even = tile->weight[n];
      const int odd = program::pack_odd(static_cast<std::int8_t>(even),
                                        static_cast<std::int8_t>(tile->weight[n + 1]));
      put_bits(model.weight_i, n * 8, 8, even);
      put_bits(model.weight_i, (n + 1) * 8, 8, odd);
    }
  }
}

/// sums += tile, by the kernels' definition where the shape is theirs, else by plain sums.
inline void accumulate(const ArrayShape& shape, const ArrayTile& tile,
                       std::vector<std::int32_t>& sums) {
  if (tile.first) std::fill(sums.begin(), sums.end(), 0);
  for (std::int32_t& sum : sums) {
    if (tile.shift) sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) << 8);
  }
  if (shape.tokens == hls::kTokenLanes && shape.in == 16 && shape.out == 16) {
    hls::OperandTile operand;
    hls::WeightTile weights;
    hls::AccumulatorTile acc;
    for (int t = 0; t < 8; ++t) {
      for (int i = 0; i < 16; ++i)
        operand.value[t][i] = static_cast<std::int16_t>(tile.operand[t * 16 + i]);
    }
    for (int i = 0; i < 16; ++i) {
      for (int o = 0; o < 16; ++o)
        weights.set(i, o, static_cast<std::int8_t>(tile.weight[i * 16 + o]));
    }
    for (int n = 0; n < 128; ++n) acc.value[n / 16][n % 16] = sums[n];
    hls::tile_product_plain(operand, weights, 8, acc);
    for (int n = 0; n < 128; ++n) sums[n] = acc.value[n / 16][n % 16];
    return;
  }
  for (int t = 0; t < shape.tokens; ++t) {
    for (int o = 0; o < shape.out; ++o) {
      for (int i = 0; i < shape.in; ++i)
        sums[t * shape.out + o] += tile.operand[t * shape.in + i] * tile.weight[i * shape.out + o];
    }
  }
}

}  // namespace edgemoe::rtl
