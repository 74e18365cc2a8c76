// SPDX-License-Identifier: Apache-2.0
// The gate unit makes the logits of hls/README.md "Gate and router" of the two digit sums, for any
// order of rows that keeps a high row before its low row, whatever the pauses.
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "Vgate.h"
#include "hls/fixed/rounding.hpp"
#include "hls/fixed/saturation.hpp"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {
namespace {

constexpr int kLanes = 16;
constexpr int kSlots = 8;
constexpr std::uint64_t kLatency = 7;

struct Sums {
  std::int32_t lane[kLanes];
};

struct Expected {
  std::uint64_t cycle;
  int tag;
  Sums logits;
};

enum class Pauses { kNone, kRandom, kLong };

class Bench {
 public:
  explicit Bench(Pauses pauses)
      : pauses_(pauses), random_(71 + static_cast<std::uint32_t>(pauses)) {
    model_.rst_ni = 0;
    clock_cycle(model_);
    model_.rst_ni = 1;
  }

  /// The high rows of a group, then its low rows.
  void run_group() {
    const int tokens = pick(1, kSlots);
    const int shift = pick(0, 3) ? pick(14, 22) : pick(0, 62);
    const int small = pick(0, 24);
    Sums high[kSlots];
    for (int t = 0; t < tokens; ++t) high[t] = drive(t, true, shift, small);
    for (int t = 0; t < tokens; ++t) {
      const std::uint64_t cycle = prepare(shift);
      const Sums low = drive_row(t, false, shift, small);
      Expected expected{cycle + kLatency, tag_, {}};
      for (int n = 0; n < kLanes; ++n) {
        const std::int64_t sum = std::int64_t{128} * high[t].lane[n] + low.lane[n];
        const std::int64_t logit = fixed::round_half_up(sum * scale_, shift) + bias_.lane[n];
        expected.logits.lane[n] = static_cast<std::int32_t>(fixed::saturate<32>(logit));
      }
      expected_.push_back(expected);
      cycle_once();
    }
  }

  void drain() {
    while (!expected_.empty() && !::testing::Test::HasFatalFailure()) idle();
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  Sums random_sums(int small) {
    Sums sums{};
    for (std::int32_t& sum : sums.lane) {
      sum = pick(INT32_MIN, INT32_MAX) >> small;
      if (pick(0, 19) == 0) sum = pick(0, 1) ? INT32_MAX : INT32_MIN;
    }
    return sums;
  }

  std::uint64_t prepare(int shift) {
    int wait = 0;
    if (pauses_ == Pauses::kRandom) wait = pick(0, 9) < 3 ? 1 : 0;
    if (pauses_ == Pauses::kLong) wait = pick(0, 39) == 0 ? pick(20, 60) : 0;
    for (; wait > 0; --wait) idle();
    model_.shift_i = static_cast<CData>(shift);
    return cycle_;
  }

  Sums drive_row(int slot, bool high, int shift, int small) {
    const Sums sums = random_sums(small);
    bias_ = random_sums(small / 2);
    scale_ = pick(0, 9) ? pick(1, 131071) : 131071;
    tag_ = pick(0, 255);
    model_.valid_i = 1;
    model_.high_i = high;
    model_.slot_i = static_cast<CData>(slot);
    model_.tag_i = static_cast<CData>(tag_);
    model_.scale_i = static_cast<IData>(scale_);
    model_.shift_i = static_cast<CData>(shift);
    for (std::size_t n = 0; n < kLanes; ++n) {
      put_bits(model_.sum_i, n * 32, 32, sums.lane[n]);
      put_bits(model_.bias_i, n * 32, 32, bias_.lane[n]);
    }
    return sums;
  }

  Sums drive(int slot, bool high, int shift, int small) {
    prepare(shift);
    const Sums sums = drive_row(slot, high, shift, small);
    cycle_once();
    return sums;
  }

  void idle() {
    model_.valid_i = 0;
    cycle_once();
  }

  void cycle_once() {
    model_.clk_i = 0;
    model_.eval();
    check();
    model_.clk_i = 1;
    model_.eval();
    ++cycle_;
  }

  void check() {
    const bool due = !expected_.empty() && expected_.front().cycle == cycle_;
    ASSERT_EQ(model_.valid_o, due);
    if (!due) return;
    ASSERT_EQ(model_.tag_o, expected_.front().tag);
    for (std::size_t n = 0; n < kLanes; ++n)
      ASSERT_EQ(get_signed(model_.logit_o, n * 32, 32), expected_.front().logits.lane[n]);
    expected_.pop_front();
  }

  Pauses pauses_;
  std::mt19937 random_;
  VerilatedContext context_;
  Vgate model_{&context_};
  std::deque<Expected> expected_;
  std::uint64_t cycle_ = 0;
  Sums bias_{};
  std::int64_t scale_ = 0;
  int tag_ = 0;
};

void run(Pauses pauses) {
  Bench bench(pauses);
  for (int n = 0; n < 2000 && !::testing::Test::HasFatalFailure(); ++n) bench.run_group();
  bench.drain();
}

TEST(GateUnit, GroupsWithoutPausesEqualTheFormula) { run(Pauses::kNone); }
TEST(GateUnit, GroupsWithRandomPausesEqualTheFormula) { run(Pauses::kRandom); }
TEST(GateUnit, GroupsWithLongPausesEqualTheFormula) { run(Pauses::kLong); }

}  // namespace
}  // namespace edgemoe::rtl
