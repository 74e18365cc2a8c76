// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "Vwalker.h"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

constexpr int kSegments = 8;
constexpr int kRowBits = 9;

struct Consumption {
  std::uint64_t cycle;
  int rows;
};

struct Segment {
  int rows;
  int left;
  std::vector<Consumption> events;
};

/// The rule: in load order, each consumption when the walker is there; a finished segment costs a
/// cycle.
std::vector<int> freed_by_rule(const std::vector<Segment>& segments, std::size_t cycles) {
  std::vector<int> freed(cycles, 0);
  std::uint64_t walker = 0;
  for (const Segment& s : segments) {
    for (const Consumption& c : s.events) {
      walker = std::max(walker, c.cycle);
      if (walker < cycles) freed[walker] += c.rows;
    }
    if (s.left > 0) return freed;
    ++walker;
  }
  return freed;
}

/// What a consumer does in a cycle: how likely it acts, and how much of a segment it takes.
struct Habit {
  const char* name;
  unsigned act_percent;
  bool whole;         ///< all rows of a segment at once
  bool oldest_first;  ///< else any open segment
};

class Walk {
 public:
  explicit Walk(std::uint32_t seed) : random_(seed), dut_("walker") { dut_.reset(); }

  void run(const Habit& habit, int count) {
    const std::size_t enough = 20000;
    while ((closed_ < static_cast<std::size_t>(count)) && freed_.size() < enough) {
      open(count);
      consume(habit);
      dut_.settle();
      freed_.push_back(dut_->free_o);
      const bool opened = dut_->open_valid_i && dut_->open_ready_o;
      if (opened) {
        EXPECT_EQ(dut_->open_segment_o, segments_.size() % kSegments);
        segments_.push_back({rows_, rows_, {}});
      }
      dut_.tick();
      while (closed_ < segments_.size() && segments_[closed_].left == 0) ++closed_;
    }
    for (int i = 0; i < 2 * kSegments; ++i) {  // the walker's last steps
      dut_->open_valid_i = 0;
      dut_->consume_valid_i = 0;
      dut_.settle();
      freed_.push_back(dut_->free_o);
      dut_.tick();
    }
    ASSERT_EQ(closed_, static_cast<std::size_t>(count)) << "segments were left open";
    EXPECT_EQ(freed_, freed_by_rule(segments_, freed_.size()));
  }

 private:
  void open(int count) {
    rows_ = 1 + static_cast<int>(random_() % (random_() % 4 == 0 ? 300 : 6));
    dut_->open_valid_i = segments_.size() < static_cast<std::size_t>(count) && random_() % 3 == 0;
    dut_->open_rows_i = static_cast<std::uint16_t>(rows_);
  }

  void consume(const Habit& habit) {
    std::uint32_t valid = 0, which = 0, amounts = 0;
    for (unsigned consumer = 0; consumer < 2; ++consumer) {
      if (random_() % 100 >= habit.act_percent || closed_ == segments_.size()) continue;
      std::size_t at = closed_;
      if (!habit.oldest_first) at += random_() % (segments_.size() - closed_);
      Segment& s = segments_[at];
      if (s.left == 0) continue;
      const int most = s.left;
      const int rows = habit.whole ? most : 1 + static_cast<int>(random_() % std::min(most, 40));
      s.left -= rows;
      s.events.push_back({freed_.size(), rows});
      valid |= 1u << consumer;
      which |= static_cast<std::uint32_t>(at % kSegments) << (3 * consumer);
      amounts |= static_cast<std::uint32_t>(rows) << (kRowBits * consumer);
    }
    dut_->consume_valid_i = valid;
    dut_->consume_segment_i = which;
    dut_->consume_rows_i = amounts;
  }

  std::mt19937 random_;
  Dut<Vwalker> dut_;
  std::vector<Segment> segments_;
  std::vector<int> freed_;
  std::size_t closed_ = 0;  // segments that are consumed, from the oldest on
  int rows_ = 0;
};

TEST(RingWalker, FreesInLoadOrderWhateverTheOrderOfUse) {
  for (const Habit& habit : {Habit{"often, in parts, any order", 100, false, false},
                             Habit{"rarely, in parts, any order", 10, false, false},
                             Habit{"whole segments, any order", 60, true, false},
                             Habit{"whole segments, in order", 100, true, true},
                             Habit{"in parts, in order", 70, false, true}}) {
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
      SCOPED_TRACE(std::string(habit.name) + ", seed " + std::to_string(seed));
      Walk(seed).run(habit, 200);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(RingWalker, RefusesMoreSegmentsThanItHasNumbers) {
  Dut<Vwalker> dut("walker");
  dut.reset();
  dut->open_valid_i = 1;
  dut->open_rows_i = 3;
  int opened = 0;
  for (int i = 0; i < kSegments + 3; ++i) {
    dut.settle();
    opened += dut->open_ready_o;
    dut.tick();
  }
  EXPECT_EQ(opened, kSegments);
}

}  // namespace
}  // namespace edgemoe::test
