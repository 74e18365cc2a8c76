// SPDX-License-Identifier: Apache-2.0
// The memories between two commands: what was written last is what a read of two cycles gives, in
// every lane, whatever else is written and read; a read in the cycle of a write gives the old word.
// Keys and values come back as the tiles that hls/program would have packed.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

#include "Vbank16.h"
#include "Vbank16_pairs.h"
#include "Vbank2.h"
#include "Vkv.h"
#include "Vlanes1.h"
#include "Vlanes8.h"
#include "Vnorm16.h"
#include "Vnorm32.h"
#include "hls/program/weight_layout.hpp"
#include "rtl/harness/bits.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

using rtl::get_bits;
using rtl::put_bits;

constexpr int kCycles = 4000;

/// A word of up to 256 bits.
using Word = std::array<std::uint32_t, 8>;

/// What a lane shows: bits of a word from `from` on.
struct Shown {
  Word word;
  std::size_t from;
};

/// Lanes of `depth` words; a read asked for is due two cycles later and stays until the next.
class Lanes {
 public:
  Lanes(std::size_t lanes, std::size_t depth)
      : words_(lanes, std::vector<std::optional<Word>>(depth)), reads_(lanes), shown_(lanes) {}

  void write(std::size_t lane, std::size_t at, const Word& word) {
    writes_.push_back({lane, at, word});
  }
  void read(std::size_t lane, std::size_t at, std::size_t from = 0) {
    Read& read = reads_[lane][1];
    read.asked = true;
    read.shown.reset();
    if (words_[lane][at]) read.shown = Shown{*words_[lane][at], from};
  }

  /// In this cycle, if it is known.
  const std::optional<Shown>& shown(std::size_t lane) const { return shown_[lane]; }

  void end_cycle() {
    for (const Write& w : writes_) words_[w.lane][w.at] = w.word;
    writes_.clear();
    for (std::size_t lane = 0; lane < reads_.size(); ++lane) {
      if (reads_[lane][0].asked) shown_[lane] = reads_[lane][0].shown;
      reads_[lane][0] = reads_[lane][1];
      reads_[lane][1] = {};
    }
  }

 private:
  struct Write {
    std::size_t lane, at;
    Word word;
  };
  struct Read {
    bool asked = false;
    std::optional<Shown> shown;
  };
  std::vector<std::vector<std::optional<Word>>> words_;
  std::vector<std::array<Read, 2>> reads_;
  std::vector<std::optional<Shown>> shown_;
  std::vector<Write> writes_;
};

Word random_word(std::mt19937& random) {
  Word word;
  for (std::uint32_t& w : word) w = random();
  return word;
}

/// What all lanes show; returns how many of them are known.
template <typename Port>
int check_lanes(const Port& port, const Lanes& expected, std::size_t lanes, std::size_t bits,
                int cycle) {
  int checked = 0;
  for (std::size_t l = 0; l < lanes; ++l) {
    const std::optional<Shown>& shown = expected.shown(l);
    if (!shown) continue;
    ++checked;
    for (std::size_t b = 0; b < bits; b += 16) {
      const int width = static_cast<int>(std::min<std::size_t>(16, bits - b));
      const std::uint64_t wanted = shown->word[(shown->from + b) / 32] >> ((shown->from + b) % 32);
      EXPECT_EQ(get_bits(port, bits * l + b, width), wanted & rtl::mask_of(width))
          << "cycle " << cycle << ", lane " << l << ", bit " << b;
    }
  }
  return checked;
}

template <typename Port>
void put_word(Port& port, std::size_t low, std::size_t bits, const Word& word) {
  for (std::size_t b = 0; b < bits; b += 16) {
    const int width = static_cast<int>(std::min<std::size_t>(16, bits - b));
    put_bits(port, low + b, width, word[b / 32] >> (b % 32));
  }
}

template <typename Model>
void token_bank(std::size_t lanes, std::size_t depth, std::size_t rows, Stall stall) {
  Dut<Model> dut("token bank");
  dut.reset();
  std::mt19937 random(3);
  Staller writer(stall, 5), reader(stall, 6);
  Lanes expected(lanes, depth);
  int checked = 0;
  for (int c = 0; c < kCycles && !::testing::Test::HasFailure(); ++c) {
    const std::size_t lane = random() % lanes / rows * rows, at = random() % depth;
    const Word word = random_word(random), second = random_word(random);
    const bool pair = rows == 2 && random() % 2 == 0;
    dut->wen_i = writer.willing();
    dut->wpair_i = pair;
    dut->wlane_i = static_cast<std::uint8_t>(lane);
    dut->waddr_i = static_cast<std::uint8_t>(at);
    put_word(dut->wdata_i, 0, 128, word);
    if (rows == 2) put_word(dut->wdata_i, 128, 128, second);
    const std::size_t from = random() % 4 == 0 ? at : random() % depth;
    dut->ren_i = reader.willing();
    dut->raddr_i = static_cast<std::uint8_t>(from);
    for (std::size_t l = 0; dut->ren_i && l < lanes; ++l) expected.read(l, from);
    if (dut->wen_i) expected.write(lane, at, word);
    if (dut->wen_i && pair) expected.write(lane + 1, at, second);
    dut.settle();
    checked += check_lanes(dut->rdata_o, expected, lanes, 128, c);
    dut.tick();
    expected.end_cycle();
  }
  EXPECT_GT(checked, kCycles / 2);
}

TEST(TokenBank, GivesTheLastWordOfEveryLaneAfterTwoCycles) {
  for (const Stall stall : kAllStalls) {
    token_bank<Vbank2>(2, 21, 1, stall);
    token_bank<Vbank16>(16, 24, 1, stall);
    token_bank<Vbank16_pairs>(16, 24, 2, stall);
  }
}

/// Any set of lanes is read, one half of a beat of 32 values.
template <typename Model>
void norm_bank(std::size_t lanes, std::size_t values, std::size_t depth, Stall stall) {
  Dut<Model> dut("norm bank");
  dut.reset();
  std::mt19937 random(4);
  Staller writer(stall, 7), reader(stall, 8);
  Lanes expected(lanes, depth);
  int checked = 0;
  for (int c = 0; c < kCycles && !::testing::Test::HasFailure(); ++c) {
    const std::size_t lane = random() % lanes, at = random() % depth;
    const Word word = random_word(random);
    dut->wen_i = writer.willing();
    dut->wlane_i = static_cast<std::uint8_t>(lane);
    dut->waddr_i = static_cast<std::uint8_t>(at);
    put_word(dut->wdata_i, 0, 8 * values, word);
    const std::size_t from = random() % 4 == 0 ? at : random() % depth;
    const std::uint32_t which = reader.willing() ? random() % (1u << lanes) : 0;
    const std::size_t half = values == 32 ? random() % 2 : 0;
    dut->rlanes_i = static_cast<std::uint8_t>(which);
    dut->raddr_i = static_cast<std::uint8_t>(from);
    dut->word_i = static_cast<std::uint8_t>(half);
    for (std::size_t l = 0; l < lanes; ++l) {
      if ((which >> l & 1) != 0) expected.read(l, from, 128 * half);
    }
    if (dut->wen_i) expected.write(lane, at, word);
    dut.settle();
    checked += check_lanes(dut->rdata_o, expected, lanes, 128, c);
    dut.tick();
    expected.end_cycle();
  }
  EXPECT_GT(checked, kCycles / 2);
}

TEST(NormBank, GivesTheWordOfABeatAfterTwoCyclesAndLeavesOtherLanes) {
  for (const Stall stall : kAllStalls) {
    norm_bank<Vnorm16>(4, 16, 15, stall);
    norm_bank<Vnorm32>(8, 32, 18, stall);
  }
}

template <typename Model>
void lane_ram(std::size_t lanes, std::size_t bits, std::size_t depth, Stall stall) {
  Dut<Model> dut("lane ram");
  dut.reset();
  std::mt19937 random(5);
  Staller writer(stall, 9), reader(stall, 10);
  Lanes expected(lanes, depth);
  int checked = 0;
  for (int c = 0; c < kCycles && !::testing::Test::HasFailure(); ++c) {
    const std::size_t at = random() % depth;
    const std::uint32_t which = writer.willing() ? random() % (1u << lanes) : 0;
    dut->wlanes_i = static_cast<std::uint8_t>(which);
    dut->waddr_i = static_cast<std::uint8_t>(at);
    for (std::size_t l = 0; l < lanes; ++l) {
      const Word word = random_word(random);
      put_word(dut->wdata_i, bits * l, bits, word);
      if ((which >> l & 1) != 0) expected.write(l, at, word);
    }
    const std::size_t from = random() % 4 == 0 ? at : random() % depth;
    dut->ren_i = reader.willing();
    dut->raddr_i = static_cast<std::uint8_t>(from);
    for (std::size_t l = 0; dut->ren_i && l < lanes; ++l) expected.read(l, from);
    dut.settle();
    checked += check_lanes(dut->rdata_o, expected, lanes, bits, c);
    dut.tick();
    expected.end_cycle();
  }
  EXPECT_GT(checked, kCycles / 2);
}

TEST(LaneRam, WritesAnySetOfLanesAndReadsAllAfterTwoCycles) {
  for (const Stall stall : kAllStalls) {
    lane_ram<Vlanes1>(1, 17, 33, stall);
    lane_ram<Vlanes8>(8, 128, 24, stall);
  }
}

/// Sixteen keys of a block, 16 dims each: rows of K are out lanes of a tile, rows of V in lanes.
class KeyBlock {
 public:
  KeyBlock(std::mt19937& random, bool value) : value_(value), order_(16) {
    for (auto& key : keys_) {
      for (std::int8_t& x : key) {
        const int drawn = static_cast<int>(random() % 255) - 127;
        x = static_cast<std::int8_t>(random() % 8 == 0 ? (random() % 2 == 0 ? -127 : 127) : drawn);
      }
    }
    // Keys of V come in any order, of K in pairs.
    std::iota(order_.begin(), order_.end(), 0);
    std::shuffle(order_.begin(), order_.end(), random);
    if (value) return;
    std::vector<int> pairs;
    for (const int key : order_) {
      if (key % 2 == 0) pairs.insert(pairs.end(), {key, key + 1});
    }
    order_ = pairs;
  }

  bool value() const { return value_; }
  int key(std::size_t turn) const { return order_[turn]; }
  std::int8_t at(std::size_t key, std::size_t dim) const { return keys_[key][dim]; }

  /// The row of 256 B that the weights of such a tile would be.
  std::vector<std::uint8_t> packed() const {
    std::int8_t weights[16][16];
    for (std::size_t out = 0; out < 16; ++out) {
      for (std::size_t in = 0; in < 16; ++in)
        weights[out][in] = value_ ? at(in, out) : at(out, in);
    }
    std::vector<std::uint8_t> tile(256);
    program::pack_tile(weights, tile.data());
    return tile;
  }

 private:
  bool value_;
  std::vector<int> order_;
  std::array<std::array<std::int8_t, 16>, 16> keys_;
};

class KvBench {
 public:
  explicit KvBench(Stall stall) : writer_(stall, 11), reader_(stall, 12), tiles_(kDepth) {
    dut_.reset();
  }

  void run(int blocks) {
    for (int b = 0; b < blocks && !::testing::Test::HasFailure(); ++b) {
      const KeyBlock block(random_, random_() % 2 == 0);
      const std::size_t at = random_() % kDepth;
      tiles_[at].reset();
      for (std::size_t turn = 0; turn < 16;) {
        const bool now = writer_.willing();
        write(block, at, turn, now);
        turn += now;
        cycle();
      }
      dut_->wen_i = 0;
      cycle();
      tiles_[at] = block.packed();
    }
  }
  int checked() const { return checked_; }

 private:
  static constexpr std::size_t kDepth = 14;

  void write(const KeyBlock& block, std::size_t at, std::size_t turn, bool now) {
    const int key = block.key(turn);
    dut_->wen_i = now;
    dut_->value_i = block.value();
    dut_->key_i = static_cast<std::uint8_t>(key);
    dut_->waddr_i = static_cast<std::uint8_t>(at);
    for (std::size_t d = 0; d < 16; ++d)
      put_bits(dut_->wdata_i, 8 * d, 8, block.at(static_cast<std::size_t>(key), d));
  }

  /// A tile that is complete when it is read is shown two cycles later.
  void cycle() {
    const std::size_t at = random_() % kDepth;
    dut_->ren_i = reader_.willing();
    dut_->raddr_i = static_cast<std::uint8_t>(at);
    dut_.settle();
    if (!due_[0].empty()) {
      ++checked_;
      for (std::size_t i = 0; i < 256; ++i)
        EXPECT_EQ(get_bits(dut_->rdata_o, 8 * i, 8), due_[0][i]) << "byte " << i;
    }
    due_[0] = due_[1];
    due_[1] = dut_->ren_i && tiles_[at] ? *tiles_[at] : std::vector<std::uint8_t>();
    dut_.tick();
  }

  std::mt19937 random_{6};
  Staller writer_, reader_;
  Dut<Vkv> dut_{"kv store"};
  std::vector<std::optional<std::vector<std::uint8_t>>> tiles_;
  std::vector<std::uint8_t> due_[2];
  int checked_ = 0;
};

TEST(KvStore, KeysAndValuesAreTheTilesOfPackedWeights) {
  for (const Stall stall : kAllStalls) {
    KvBench bench(stall);
    bench.run(200);
    EXPECT_GT(bench.checked(), 500);
  }
}

}  // namespace
}  // namespace edgemoe::test
