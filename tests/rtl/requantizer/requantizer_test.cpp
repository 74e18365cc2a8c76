// SPDX-License-Identifier: Apache-2.0
// Every lane gives the kernels' bits (hls/kernels/requantiser.hpp), in its cycle, with the kernels'
// counts of saturations; constants of one command do not touch the rows of another.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "Vrequantizer.h"
#include "hls/kernels/requantiser.hpp"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {
namespace {

using hls::W8A8;

constexpr int kLanes = 16;
constexpr int kLatency = 13;
constexpr int kAddLatency = 12;

struct Row {
  bool valid = false;
  int tag = 0;
  program::Post post = program::Post::kInt8;
  program::Requant requant;
  std::uint32_t scale = 0;
  std::int32_t acc[kLanes] = {};
  std::int32_t x[kLanes] = {};
  hls::Channel channel[kLanes] = {};
};

enum class Pauses { kNone, kRandom, kLong };

class RowSource {
 public:
  RowSource(std::uint32_t seed, Pauses pauses) : random_(seed), pauses_(pauses) {}

  Row row() {
    Row row;
    row.valid = !pause();
    row.tag = pick(0, 255);
    row.post = static_cast<program::Post>(pick(0, 3));
    row.requant.bias_before_scale = pick(0, 1);
    const bool wild = pick(0, 3) == 0;  // any legal shift; else such as compilers choose
    row.requant.r1 = static_cast<std::uint8_t>(wild ? pick(0, 62) : pick(8, 24));
    row.requant.r2 = static_cast<std::uint8_t>(wild ? pick(0, 62) : pick(12, 34));
    row.requant.bias_shift = static_cast<std::uint8_t>(wild ? pick(0, 30) : pick(0, 12));
    row.scale = static_cast<std::uint32_t>(edge(0, 131071));
    for (int n = 0; n < kLanes; ++n) {
      row.acc[n] = static_cast<std::int32_t>(edge(-(1 << 26), (1 << 26) - 1));
      row.x[n] = static_cast<std::int32_t>(row.post == program::Post::kEmbed
                                               ? edge(INT32_MIN, INT32_MAX)
                                               : edge(-(1 << 23), (1 << 23) - 1));
      row.channel[n].multiplier = static_cast<std::uint16_t>(edge(0, 65535));
      row.channel[n].bias = static_cast<std::int32_t>(edge(INT32_MIN, INT32_MAX));
    }
    return row;
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  /// Uniform, of random magnitude, or at an end of the range.
  std::int64_t edge(std::int64_t low, std::int64_t high) {
    const std::int64_t value = std::uniform_int_distribution<std::int64_t>(low, high)(random_);
    const int kind = pick(0, 19);
    if (kind == 0) return low;
    if (kind == 1) return high;
    if (kind == 2) return low < 0 ? 0 : low;
    return kind < 10 ? value : value >> pick(0, 30);
  }

  bool pause() {
    if (pauses_ == Pauses::kRandom) return pick(0, 9) < 3;
    if (pauses_ == Pauses::kLong && left_ == 0 && pick(0, 39) == 0) left_ = pick(20, 60);
    return left_ > 0 && left_-- > 0;
  }

  std::mt19937 random_;
  Pauses pauses_;
  int left_ = 0;
};

class Bench {
 public:
  Bench() {
    model_.rst_ni = 0;
    clock_cycle(model_);
    model_.rst_ni = 1;
  }

  void step(const Row& row) {
    drive(row);
    history_.push_front(row);
    if (history_.size() > kAddLatency) drive_x(history_[kAddLatency]);
    model_.clk_i = 0;
    model_.eval();
    check_added();
    check_out();
    model_.clk_i = 1;
    model_.eval();
    if (history_.size() > kLatency) history_.pop_back();
  }

 private:
  void drive(const Row& row) {
    model_.valid_i = row.valid;
    model_.tag_i = static_cast<CData>(row.tag);
    model_.post_i = static_cast<CData>(row.post);
    model_.scale_i = row.scale;
    model_.r1_i = row.requant.r1;
    model_.r2_i = row.requant.r2;
    model_.bias_shift_i = row.requant.bias_shift;
    model_.bias_before_i = row.requant.bias_before_scale;
    for (std::size_t n = 0; n < kLanes; ++n) {
      put_bits(model_.acc_i, n * 32, 32, row.acc[n]);
      put_bits(model_.mult_i, n * 16, 16, row.channel[n].multiplier);
      put_bits(model_.bias_i, n * 32, 32, row.channel[n].bias);
    }
  }

  void drive_x(const Row& row) {
    for (std::size_t n = 0; n < kLanes; ++n) put_bits(model_.x_i, n * 32, 32, row.x[n]);
  }

  void check_added() {
    if (history_.size() <= kAddLatency) return;
    const Row& row = history_[kAddLatency];
    const bool adds = row.post == program::Post::kResidualAdd || row.post == program::Post::kEmbed;
    ASSERT_EQ(model_.x_valid_o, row.valid && adds);
    ASSERT_EQ(model_.gelu_valid_o, row.valid && row.post == program::Post::kGelu);
    if (!row.valid) return;
    ASSERT_EQ(adds ? model_.x_tag_o : model_.gelu_tag_o, row.tag);
    for (std::size_t n = 0; n < kLanes; ++n) {
      hls::Counters counters;
      const std::int64_t v =
          hls::requantise<W8A8>(row.acc[n], row.channel[n], row.scale, row.requant, counters);
      ASSERT_EQ(get_signed(model_.gelu_o, n * 24, 24), fixed::saturate<24>(v)) << "lane " << n;
    }
  }

  void check_out() {
    if (history_.size() <= kLatency) return;
    const Row& row = history_[kLatency];
    ASSERT_EQ(model_.out_valid_o, row.valid);
    if (!row.valid) return;
    ASSERT_EQ(model_.out_tag_o, row.tag);
    ASSERT_EQ(model_.out_post_o, static_cast<int>(row.post));
    for (int n = 0; n < kLanes; ++n) check_lane(row, n);
  }

  void check_lane(const Row& row, int n) {
    const auto lane = static_cast<std::size_t>(n);
    hls::Counters counters;
    const std::int64_t v =
        hls::requantise<W8A8>(row.acc[n], row.channel[n], row.scale, row.requant, counters);
    std::int64_t out = get_signed(model_.out_o, lane * 24, 24);
    if (row.post == program::Post::kInt8) {
      ASSERT_EQ(out, hls::to_signed<W8A8>(v, counters)) << "lane " << n;
    } else if (row.post != program::Post::kGelu) {
      ASSERT_EQ(out, hls::add_residual<W8A8>(v, row.x[n], counters)) << "lane " << n;
    }
    const std::uint64_t res = get_bits(model_.res_sat_o, lane * 2, 2);
    ASSERT_EQ(get_bits(model_.acc_sat_o, lane, 1), counters.accumulator_saturations);
    ASSERT_EQ((res & 1) + (res >> 1), counters.residual_saturations);
    ASSERT_EQ(get_bits(model_.int8_sat_o, lane, 1), counters.int8_saturations);
  }

  VerilatedContext context_;
  Vrequantizer model_{&context_};
  std::deque<Row> history_;
};

void run(Pauses pauses, int rows) {
  Bench bench;
  RowSource source(7 + static_cast<std::uint32_t>(pauses), pauses);
  for (int n = 0; n < rows && !::testing::Test::HasFatalFailure(); ++n) bench.step(source.row());
}

TEST(Requantizer, RowsWithoutPausesEqualTheKernels) { run(Pauses::kNone, 40000); }
TEST(Requantizer, RowsWithRandomPausesEqualTheKernels) { run(Pauses::kRandom, 20000); }
TEST(Requantizer, RowsWithLongPausesEqualTheKernels) { run(Pauses::kLong, 20000); }

TEST(Requantizer, TiesRoundUpInBothRoundings) {
  Bench bench;
  for (std::int32_t acc = -40; acc <= 40 && !HasFatalFailure(); ++acc) {
    Row row;
    row.valid = true;
    row.requant.r1 = 3;
    row.requant.r2 = 17;
    row.scale = program::kUnityScale;
    for (int n = 0; n < kLanes; ++n) {
      row.acc[n] = acc;
      row.channel[n] = hls::Channel{n - 8, static_cast<std::uint16_t>(1 + n % 4)};
    }
    for (program::Post post : {program::Post::kInt8, program::Post::kResidualAdd}) {
      row.post = post;
      bench.step(row);
    }
  }
  for (int n = 0; n < kLatency; ++n) bench.step(Row{});
}

}  // namespace
}  // namespace edgemoe::rtl
