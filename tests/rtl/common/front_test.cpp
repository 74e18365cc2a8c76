// SPDX-License-Identifier: Apache-2.0
// The unit front and the counter file against what sim/units says of queues, decoding and signals.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

#include "Vcounters.h"
#include "Vfront.h"
#include "hls/program/encoding.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

using program::Command;
using program::WaitMode;

constexpr int kCommands = 64;

std::vector<Command> some_commands(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Command> commands(kCommands);
  for (int i = 0; i < kCommands; ++i) {
    Command& c = commands[static_cast<std::size_t>(i)];
    c.id = static_cast<std::uint16_t>(i);
    c.opcode = static_cast<program::Opcode>(random() % 16);
    c.tokens = static_cast<std::uint16_t>(random());
    c.rows = random();
    for (program::Wait& w : c.wait) {
      w.mode = static_cast<WaitMode>(random() % 3);
      w.counter = static_cast<std::uint8_t>(random() % 4);
      w.value = static_cast<std::uint16_t>(random() % 40);
    }
  }
  return commands;
}

/// Drives a front whose unit is busy now and then, and holds every output against the rules.
class FrontBench {
 public:
  explicit FrontBench(std::uint32_t seed) : random_(seed), commands_(some_commands(seed)) {
    for (const Command& c : commands_) {
      words_.emplace_back();
      program::encode_command(c, words_.back().data());
    }
    dut_.reset();
    load_program();
  }

  void run(unsigned busy_percent) {
    for (int cycle = 0; started_ < 200 && cycle < 20000; ++cycle) {
      dispatch(cycle);
      count(cycle);
      work(busy_percent);
      dut_->group_i = group_ = static_cast<std::uint16_t>(random_() % 40);
      dut_.settle();
      ASSERT_NO_FATAL_FAILURE(compare());
      step(cycle);
      dut_.tick();
    }
    EXPECT_GE(started_, 200);
  }

 private:
  using Words = std::array<std::uint8_t, program::kCommandBytes>;

  void load_program() {
    for (int row = 0; row < kCommands / 2; ++row) {
      dut_->pmem_wvalid_i = 1;
      dut_->pmem_wrow_i = static_cast<std::uint16_t>(row);
      for (std::size_t w = 0; w < 64; ++w) {
        const Words& from = words_[static_cast<std::size_t>(2 * row) + w / 32];
        std::uint32_t word = 0;
        for (std::size_t b = 4; b-- > 0;) word = word << 8 | from[w % 32 * 4 + b];
        dut_->pmem_wdata_i[w] = word;
      }
      dut_.tick();
    }
    dut_->pmem_wvalid_i = 0;
  }

  void dispatch(int cycle) {
    dut_->dispatch_valid_i = random_() % 4 == 0 && queue_.size() < 500;
    const auto id = static_cast<std::uint16_t>(random_() % kCommands);
    dut_->dispatch_id_i = id;
    if (dut_->dispatch_valid_i) queue_.push_back({cycle + 2, id});
  }

  void count(int cycle) {
    seen_ = counts_;  // the front looks at the counts of the cycle before
    if (cycle % 3 == 0) ++counts_[random_() % 4];
    for (std::size_t i = 0; i < 4; ++i) set_bits(dut_->count_i, i * 16, 16, counts_[i]);
  }

  void work(unsigned busy_percent) {
    busy_ = starting_ == 0 ? random_() % 100 < busy_percent : busy_ && random_() % 8 != 0;
    dut_->free_i = !busy_;
  }

  void compare() {
    ASSERT_EQ(dut_->start_o, starting_ == 0);
    ASSERT_EQ(dut_->next_valid_o, starting_ == 1);
    if (starting_ == 1) {
      ASSERT_NO_FATAL_FAILURE(compare_command(dut_->next_cmd_o, next_));
    }
    if (starting_ == 0) {
      current_ = next_;
      ++started_;
    }
    if (started_ == 0) return;
    ASSERT_NO_FATAL_FAILURE(compare_command(dut_->cmd_o, current_));
    bool start = true, group = true;
    for (const program::Wait& w : commands_[current_].wait) {
      const unsigned have = seen_[w.counter];
      start = start && (w.mode != WaitMode::kStart || have >= w.value);
      group = group && (w.mode != WaitMode::kGroup || have >= w.value + group_ + 1u);
    }
    ASSERT_EQ(dut_->start_reached_o, start);
    ASSERT_EQ(dut_->group_reached_o, group);
  }

  template <typename Port>
  void compare_command(const Port& port, std::size_t id) {
    for (std::size_t b = 0; b < program::kCommandBytes; ++b)
      ASSERT_EQ(get_bits(port, b * 8, 8), words_[id][b]) << "byte " << b << " of " << id;
  }

  /// Taken when visible and free, but not in the cycle behind another; two cycles to decode.
  void step(int cycle) {
    const bool blocked = starting_ == 1;
    if (starting_ >= 0) --starting_;
    if (blocked || busy_ || queue_.empty() || queue_.front().visible > cycle) return;
    next_ = queue_.front().id;
    queue_.pop_front();
    starting_ = 1;
  }

  struct Entry {
    int visible;
    std::size_t id;
  };
  std::mt19937 random_;
  std::vector<Command> commands_;
  std::vector<Words> words_;
  Dut<Vfront> dut_{"front"};
  std::deque<Entry> queue_;
  std::array<unsigned, 4> counts_{}, seen_{};
  unsigned group_ = 0;
  bool busy_ = false;
  int starting_ = -1;  // cycles until the command that was taken starts
  std::size_t next_ = 0, current_ = 0;
  int started_ = 0;
};

TEST(UnitFront, StartsCommandsInTheCyclesOfTheRules) {
  for (unsigned busy : {0u, 30u, 95u}) {
    SCOPED_TRACE(busy);
    FrontBench(busy + 1).run(busy);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(CounterFile, AddsEveryEventAndShowsItInTime) {
  constexpr int kEvents = 5;
  Dut<Vcounters> dut("counters");
  dut.reset();
  std::mt19937 random(7);
  // By age: what was there at the beginning of this cycle, and of those before.
  std::array<unsigned, program::kMaxCounters> now{}, one_ago{}, two_ago{};
  unsigned done = 0;
  for (int cycle = 0; cycle < 4000; ++cycle) {
    unsigned ended = 0;
    one_ago = now;
    std::uint32_t valid = 0, signals = 0, ends = 0;
    std::uint64_t counters = 0, amounts = 0, asked = 0, values = 0;
    const auto few = 1 + random() % 128;
    for (unsigned e = 0; e < kEvents; ++e) {
      const unsigned counter = random() % few, amount = random() % 4 == 0 ? random() % 9 : 1;
      const bool is_valid = random() % 3 == 0, signal = random() % 4 != 0, end = random() % 2 == 0;
      valid |= static_cast<std::uint32_t>(is_valid) << e;
      signals |= static_cast<std::uint32_t>(signal) << e;
      ends |= static_cast<std::uint32_t>(end) << e;
      counters |= std::uint64_t{counter} << (8 * e);
      amounts |= std::uint64_t{amount} << (9 * e);
      if (is_valid && signal && now[counter] + amount < 60000) {
        now[counter] += amount;
      } else if (is_valid && signal) {
        valid &= ~(1u << e);
      }
      ended += (valid >> e & 1) && end;
    }
    dut->ev_valid_i = valid;
    dut->ev_signal_i = signals;
    dut->ev_done_i = ends;
    dut->ev_counter_i = counters;
    dut->ev_amount_i = amounts;
    for (unsigned w = 0; w < 3; ++w) {
      const unsigned counter = random() % few;
      asked |= std::uint64_t{counter} << (8 * w);
      values |= std::uint64_t{two_ago[counter] + w} << (16 * w);
    }
    dut->barrier_counter_i = static_cast<std::uint32_t>(asked);
    dut->barrier_value_i = values;
    dut.settle();
    for (std::size_t c = 0; c < program::kMaxCounters; ++c)
      ASSERT_EQ(get_bits(dut->count_o, c * 16, 16), one_ago[c]) << cycle;
    ASSERT_EQ(dut->commands_done_o, done);
    ASSERT_EQ(dut->reached_o, 1u) << "the value itself is reached, more is not";
    done += ended;
    two_ago = one_ago;
    dut.tick();
  }
}

}  // namespace
}  // namespace edgemoe::test
