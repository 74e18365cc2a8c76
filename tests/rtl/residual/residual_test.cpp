// SPDX-License-Identifier: Apache-2.0
// The residual memory gives every reader what was written last before its read, and the drain also
// the sums that are written while its read is in the memory; segments do not disturb each other.
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <random>
#include <vector>

#include "Vresidual.h"
#include "Vresidual_narrow.h"
#include "Vresidual_pairs.h"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {
namespace {

using Word = std::array<std::int32_t, 16>;

struct Shape {
  int segments, rows, words, lanes;
  bool pairs = false;  ///< two rows a cycle, and nothing to forward
};

/// A read on its way: what it must deliver.
struct Pending {
  std::uint64_t due;
  int row, word;
  std::vector<Word> expected;
};

template <typename Model>
class Bench {
 public:
  Bench(const Shape& shape, std::uint32_t seed) : shape_(shape), random_(seed) {
    memory_.assign(static_cast<std::size_t>(shape.segments * shape.rows * shape.words), Word{});
    model_.rst_ni = 0;
    clock_cycle(model_);
    model_.rst_ni = 1;
    fill();
  }

  int pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

  /// Random traffic; `hot` rows make collisions of sums frequent.
  void run(int cycles, int hot) {
    for (int i = 0; i < cycles; ++i) {
      idle_inputs();
      if (pick(4) != 0) add_read(pick(hot), pick(shape_.words), two());
      if (pick(2) != 0) random_write(pick(hot), pick(shape_.words), two());
      if (shape_.segments > 1 && pick(2) != 0) copy_write();
      if (pick(2) != 0) norm_read();
      if (pick(2) != 0) store_read();
      cycle();
    }
    for (int i = 0; i < 3; ++i) {
      idle_inputs();
      cycle();
    }
    EXPECT_TRUE(adds_.empty() && norms_.empty() && stores_.empty());
    EXPECT_EQ(forwarded_ > 0, !shape_.pairs);
  }

 private:
  Word& at(int row, int word) {
    return memory_[static_cast<std::size_t>(row * shape_.words + word)];
  }
  Word random_word() {
    Word word;
    const int kind = pick(8);
    for (std::int32_t& v : word) {
      v = std::uniform_int_distribution<std::int32_t>(-8388608, 8388607)(random_);
      if (kind == 0) v = -8388608;
      if (kind == 1) v = 8388607;
    }
    return word;
  }
  template <typename Port>
  void put(Port& port, int part, const Word& word) {
    for (int n = 0; n < 16; ++n)
      put_bits(port, static_cast<std::size_t>(part * 384 + n * 24), 24,
               word[static_cast<std::size_t>(n)]);
  }
  template <typename Port>
  Word get(const Port& port, int part) {
    Word word;
    for (int n = 0; n < 16; ++n)
      word[static_cast<std::size_t>(n)] = static_cast<std::int32_t>(
          get_signed(port, static_cast<std::size_t>(part * 384 + n * 24), 24));
    return word;
  }

  void idle_inputs() {
    model_.add_ren_i = model_.add_wen_i = model_.copy_wen_i = 0;
    model_.norm_ren_i = model_.store_ren_i = 0;
    writes_.clear();
  }
  int two() { return shape_.pairs ? pick(2) : 0; }
  /// Of two rows, the first is even; what reads on their way want is not written.
  void random_write(int row, int word, int more) {
    row -= more * (row % 2);
    for (const Pending& p : adds_) {
      if (shape_.pairs && p.row / 2 == row / 2 && p.word == word) return;
    }
    for (int r = 0; r <= more; ++r) add_write(row + r, word, random_word(), r);
  }
  void add_write(int row, int word, const Word& values, int second = 0) {
    model_.add_wen_i = 1;
    model_.add_wpair_i = static_cast<CData>(second);
    put_bits(model_.add_wrow_i, 0, 8, row - second);
    put_bits(model_.add_wword_i, 0, 8, word);
    put(model_.add_wdata_i, second, values);
    // Reads on their way get it; the memory has it from the next cycle on.
    for (Pending& p : adds_) {
      if (p.row != row || p.word != word) continue;
      p.expected[0] = values;
      ++forwarded_;
    }
    writes_.push_back({row * shape_.words + word, values});
  }
  void add_read(int row, int word, int more) {
    row -= more * (row % 2);
    model_.add_ren_i = 1;
    model_.add_rpair_i = static_cast<CData>(more);
    put_bits(model_.add_rrow_i, 0, 8, row);
    put_bits(model_.add_rword_i, 0, 8, word);
    adds_.push_back({now_ + 2, row, word, {at(row, word)}});
    if (more != 0) adds_.back().expected.push_back(at(row + 1, word));
  }
  void copy_write() {
    const int row = shape_.rows + pick(shape_.rows), parts = shape_.lanes / 16;
    const int beat = pick(shape_.words / parts);
    model_.copy_wen_i = 1;
    put_bits(model_.copy_wrow_i, 0, 8, row);
    put_bits(model_.copy_wbeat_i, 0, 8, beat);
    for (int p = 0; p < parts; ++p) {
      const Word values = random_word();
      put(model_.copy_wdata_i, p, values);
      writes_.push_back({row * shape_.words + beat * parts + p, values});
    }
  }
  void norm_read() {
    const int row = pick(shape_.segments * shape_.rows), parts = shape_.lanes / 16;
    const int beat = pick(shape_.words / parts);
    model_.norm_ren_i = 1;
    put_bits(model_.norm_rrow_i, 0, 8, row);
    put_bits(model_.norm_rbeat_i, 0, 8, beat);
    Pending p{now_ + 2, row, beat, {}};
    for (int part = 0; part < parts; ++part) p.expected.push_back(at(row, beat * parts + part));
    norms_.push_back(p);
  }
  void store_read() {
    const int row = pick(shape_.segments * shape_.rows), word = pick(shape_.words);
    model_.store_ren_i = 1;
    put_bits(model_.store_rrow_i, 0, 8, row);
    put_bits(model_.store_rword_i, 0, 8, word);
    stores_.push_back({now_ + 2, row, word, {at(row, word)}});
  }

  template <typename Port>
  void check(std::deque<Pending>* pending, const Port& port, const char* what) {
    if (pending->empty() || pending->front().due != now_) return;
    for (std::size_t p = 0; p < pending->front().expected.size(); ++p) {
      ASSERT_EQ(get(port, static_cast<int>(p)), pending->front().expected[p])
          << what << " in cycle " << now_ << ", row " << pending->front().row;
    }
    pending->pop_front();
  }

  void cycle() {
    model_.clk_i = 0;
    model_.eval();
    check(&adds_, model_.add_rdata_o, "add");
    check(&norms_, model_.norm_rdata_o, "norm");
    check(&stores_, model_.store_rdata_o, "store");
    model_.clk_i = 1;
    model_.eval();
    for (const auto& [index, values] : writes_) memory_[static_cast<std::size_t>(index)] = values;
    ++now_;
  }

  void fill() {
    for (int row = 0; row < shape_.segments * shape_.rows; ++row) {
      for (int word = 0; word < shape_.words; ++word) {
        idle_inputs();
        add_write(row, word, random_word());
        cycle();
      }
    }
    forwarded_ = 0;
  }

  Shape shape_;
  std::mt19937 random_;
  Model model_;
  std::vector<Word> memory_;
  std::deque<Pending> adds_, norms_, stores_;
  std::vector<std::pair<int, Word>> writes_;
  std::uint64_t now_ = 0;
  int forwarded_ = 0;
};

TEST(Residual, ReadersSeeWhatWasWrittenAndTheDrainItsLatestSums) {
  Bench<Vresidual>({2, 16, 4, 32}, 5).run(20000, 16);
}

TEST(Residual, SumsOfTheSameFewWordsFollowEachOtherClosely) {
  Bench<Vresidual>({2, 16, 4, 32}, 6).run(20000, 2);
}

TEST(Residual, TwoRowsACycleAreReadAndWrittenTogetherOrAlone) {
  Bench<Vresidual_pairs>({2, 16, 4, 32, true}, 8).run(20000, 16);
}

TEST(Residual, OneSegmentOfOneWordRows) { Bench<Vresidual_narrow>({1, 8, 1, 16}, 7).run(20000, 3); }

}  // namespace
}  // namespace edgemoe::rtl
