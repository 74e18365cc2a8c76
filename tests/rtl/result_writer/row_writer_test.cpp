// SPDX-License-Identifier: Apache-2.0
// The write master of one port in every cycle: what is on its channels, when one more row may be
// begun and when all is answered, for rows that come with gaps and a memory that stalls each of its
// channels; and errors, which are kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

#include "Vrows1.h"
#include "Vrows5.h"
#include "hls/program/command.hpp"
#include "sim/units/timing.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

constexpr int kWordBeats = sim::timing::kWriterBytes / 16;
constexpr int kWords = static_cast<int>(program::kRowBytes) / sim::timing::kWriterBytes;

struct Word {
  std::uint32_t data[sim::timing::kWriterBytes / 4];
};

struct Row {
  std::uint64_t address = 0;
  std::vector<Word> words;
  int gap = 0;         ///< cycles from where it may begin
  int address_at = 0;  ///< cycles from its begin
  std::vector<int> word_at;
  int response = 0;
};

/// Words and address of a row come in any order; words of two rows one after another.
std::vector<Row> random_rows(std::size_t count, Stall source, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto pause = [&] {
    if (source == Stall::kNone) return 0;
    if (source == Stall::kRandom) return random() % 10 < 3 ? 1 : 0;
    return random() % 20 == 0 ? 20 + static_cast<int>(random() % 60) : 0;
  };
  std::vector<Row> rows(count);
  for (Row& row : rows) {
    row.address = (std::uint64_t{random()} << 8 | std::uint64_t{random()} << 24) & 0xffffffffff00u;
    row.words.resize(1 + random() % kWords);
    row.gap = pause();
    int at = 2;  // of the result writer: reads take two cycles
    for (Word& word : row.words) {
      for (std::uint32_t& d : word.data) d = random();
      at += pause();
      row.word_at.push_back(at++);
    }
    row.address_at = source == Stall::kNone ? static_cast<int>(row.words.size())
                                            : static_cast<int>(random() % 8) + pause();
  }
  return rows;
}

struct Sides {
  Stall source, address, data, answer;
};

template <typename Model>
class Bench {
 public:
  Bench(std::size_t outstanding, const Sides& sides, std::uint32_t seed)
      : outstanding_(outstanding),
        address_stall_(sides.address, seed),
        data_stall_(sides.data, seed + 1),
        answer_stall_(sides.answer, seed + 2) {
    dut_.reset();
  }

  void run(const std::vector<Row>& rows) {
    std::size_t next = 0;
    std::uint64_t idle = 0;
    int gap = rows.front().gap;
    while (next < rows.size() || !unanswered_.empty() || given_ < begun_.size()) {
      const bool begins = next < rows.size() && may_begin() && gap-- <= 0;
      if (begins) begin(rows[next++]);
      if (begins && next < rows.size()) gap = rows[next].gap;
      drive();
      dut_.settle();
      check();
      if (::testing::Test::HasFatalFailure()) return;
      idle = moved_ || begins ? 0 : idle + 1;
      if (idle > 500) dut_.fail("nothing moves at row " + std::to_string(next));
      dut_.tick();
    }
    dut_->word_valid_i = dut_->aw_valid_i = dut_->bvalid_i = 0;
    dut_.settle();
    EXPECT_EQ(dut_->idle_o, 1);
    begun_.clear();
    given_ = 0;
  }

  bool error() const { return error_; }
  std::uint64_t beats() const { return beats_; }
  std::uint64_t waits() const { return waits_; }

 private:
  struct Begun {
    const Row* row;
    std::uint64_t at;
  };

  /// The address of the row before has come, and a burst is free.
  bool may_begin() const { return given_ == begun_.size() && unanswered_.size() < outstanding_; }

  void begin(const Row& row) {
    // Words of the row before come first.
    std::uint64_t at = dut_.cycle();
    if (!words_.empty()) at = std::max(at, words_.back().first + 1 - 2);
    begun_.push_back({&row, dut_.cycle()});
    for (std::size_t i = 0; i < row.words.size(); ++i)
      words_.emplace_back(at + static_cast<std::uint64_t>(row.word_at[i]),
                          Given{&row.words[i], i + 1 == row.words.size()});
  }

  void drive() {
    const std::uint64_t c = dut_.cycle();
    moved_ = false;
    const bool word = !words_.empty() && words_.front().first <= c;
    dut_->word_valid_i = word;
    if (word) {
      dut_->word_last_i = words_.front().second.last;
      for (std::size_t i = 0; i < 16; ++i) dut_->word_i[i] = words_.front().second.word->data[i];
    }
    const bool address =
        given_ < begun_.size() &&
        begun_[given_].at + static_cast<std::uint64_t>(begun_[given_].row->address_at) <= c;
    dut_->aw_valid_i = address;
    dut_->aw_addr_i = address ? begun_[given_].row->address : 0xdeadu;
    dut_->aw_words_i = address ? static_cast<std::uint8_t>(begun_[given_].row->words.size()) : 0;
    dut_->awready_i = address_stall_.willing();
    dut_->wready_i = data_stall_.willing();
    const bool answers = answer_stall_.willing() && answered_ < sent_;
    dut_->bvalid_i = answers;
    dut_->bresp_i = answers ? static_cast<std::uint8_t>(unanswered_.front()->response) : 3;
  }

  /// What is on the wires follows from what has come until now.
  void check() {
    ASSERT_EQ(dut_->error_o, error_);
    ASSERT_EQ(dut_->bready_o, 1);
    if (dut_->aw_valid_i) {
      unanswered_.push_back(begun_[given_].row);
      waiting_.push_back(begun_[given_].row);
    }
    ASSERT_EQ(dut_->free_o, unanswered_.size() < outstanding_);
    ASSERT_EQ(dut_->idle_o, unanswered_.empty());
    ASSERT_EQ(dut_->awvalid_o, !waiting_.empty());
    ASSERT_EQ(dut_->wvalid_o, !stored_.empty() && !taken_.empty());
    if (dut_->wvalid_o) check_data();
    if (dut_->awvalid_o) check_address();
    take_inputs();
  }

  void check_address() {
    ASSERT_EQ(dut_->awaddr_o, waiting_.front()->address);
    ASSERT_EQ(dut_->awlen_o, kWordBeats * static_cast<int>(waiting_.front()->words.size()) - 1);
    ASSERT_EQ(dut_->awsize_o, 4);
    ASSERT_EQ(dut_->awburst_o, 1);
    waits_ += !dut_->awready_i;
    if (!dut_->awready_i) return;
    taken_.push_back(waiting_.front());
    waiting_.pop_front();
    moved_ = true;
  }

  void check_data() {
    const Given& given = stored_.front();
    for (std::size_t i = 0; i < 4; ++i)
      ASSERT_EQ(dut_->wdata_o[i], given.word->data[4 * static_cast<std::size_t>(beat_) + i]);
    ASSERT_EQ(dut_->wstrb_o, 0xffff);
    const bool last = given.last && beat_ + 1 == kWordBeats;
    ASSERT_EQ(dut_->wlast_o, last);
    waits_ += !dut_->wready_i;
    if (!dut_->wready_i) return;
    moved_ = true;
    ++beats_;
    beat_ = (beat_ + 1) % kWordBeats;
    if (beat_ == 0) stored_.pop_front();
    if (!last) return;
    taken_.pop_front();
    ++sent_;
  }

  void take_inputs() {
    if (dut_->word_valid_i) {
      stored_.push_back(words_.front().second);
      words_.pop_front();
    }
    given_ += dut_->aw_valid_i;
    if (!dut_->bvalid_i) return;
    error_ = error_ || dut_->bresp_i != 0;
    unanswered_.pop_front();
    ++answered_;
    moved_ = true;
  }

  struct Given {
    const Word* word;
    bool last;
  };
  std::size_t outstanding_;
  Staller address_stall_, data_stall_, answer_stall_;
  Dut<Model> dut_{"row writer"};
  std::vector<Begun> begun_;
  std::size_t given_ = 0;  // of begun_, those whose address has come
  std::deque<std::pair<std::uint64_t, Given>> words_;  // on their way, with their cycle
  std::deque<Given> stored_;
  std::deque<const Row*> waiting_, taken_, unanswered_;
  std::uint64_t sent_ = 0, answered_ = 0, beats_ = 0, waits_ = 0;
  int beat_ = 0;
  bool error_ = false, moved_ = false;
};

template <typename Model>
void expect_rows(std::size_t outstanding) {
  std::uint32_t seed = 1;
  for (const Stall source : kAllStalls) {
    for (const Stall address : kAllStalls) {
      for (const Stall data : kAllStalls) {
        const Stall answer = kAllStalls[seed % 3];
        SCOPED_TRACE(std::string("rows: ") + name_of(source) + ", addresses: " + name_of(address) +
                     ", data: " + name_of(data) + ", answers: " + name_of(answer));
        const std::vector<Row> rows = random_rows(120, source, seed);
        Bench<Model> bench(outstanding, {source, address, data, answer}, 100 * seed++);
        bench.run(rows);
        if (::testing::Test::HasFatalFailure()) return;
        std::uint64_t beats = 0;
        for (const Row& row : rows) beats += kWordBeats * row.words.size();
        EXPECT_EQ(bench.beats(), beats);
        EXPECT_EQ(bench.waits() > 0, address != Stall::kNone || data != Stall::kNone);
      }
    }
  }
}

TEST(RowWriter, SendsEveryRowWithOneBurstInFlight) { expect_rows<Vrows1>(1); }
TEST(RowWriter, SendsEveryRowWithFiveBurstsInFlight) { expect_rows<Vrows5>(5); }

TEST(RowWriter, KeepsAnErrorOfAnyKindAndGoesOn) {
  for (const int response : {1, 2, 3}) {
    for (const std::size_t failing : {0u, 7u, 29u}) {
      std::vector<Row> rows = random_rows(30, Stall::kRandom, 5);
      Bench<Vrows5> bench(5, {Stall::kRandom, Stall::kRandom, Stall::kRandom, Stall::kRandom}, 9);
      bench.run(rows);
      EXPECT_FALSE(bench.error());
      rows[failing].response = response;
      bench.run(rows);
      rows[failing].response = 0;
      bench.run(rows);
      EXPECT_TRUE(bench.error());
    }
  }
}

}  // namespace
}  // namespace edgemoe::test
