// SPDX-License-Identifier: Apache-2.0
// The GELU unit gives the kernels' hidden bytes and clamp counts (hls/kernels/requantiser.hpp) for
// every
// int20 input, and for 24-bit inputs that it must saturate.
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "Vgelu.h"
#include "hls/kernels/requantiser.hpp"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {
namespace {

constexpr int kLanes = 16;
constexpr int kLatency = 7;

struct Row {
  bool valid = false;
  int tag = 0;
  hls::GeluScale scale{};
  std::int32_t v[kLanes] = {};
};

class Bench {
 public:
  Bench() {
    model_.rst_ni = 0;
    clock_cycle(model_);
    model_.rst_ni = 1;
  }

  void step(const Row& row) {
    model_.valid_i = row.valid;
    model_.tag_i = static_cast<CData>(row.tag);
    model_.mult_i = row.scale.mult;
    model_.shift_i = row.scale.shift;
    model_.zero_point_i = row.scale.zero_point;
    for (std::size_t n = 0; n < kLanes; ++n) put_bits(model_.v_i, n * 24, 24, row.v[n]);
    history_.push_front(row);
    model_.clk_i = 0;
    model_.eval();
    if (history_.size() > kLatency) {
      check(history_[kLatency]);
      history_.pop_back();
    }
    model_.clk_i = 1;
    model_.eval();
  }

 private:
  void check(const Row& row) {
    ASSERT_EQ(model_.valid_o, row.valid);
    if (!row.valid) return;
    ASSERT_EQ(model_.tag_o, row.tag);
    for (std::size_t n = 0; n < kLanes; ++n) {
      hls::Counters counters;
      const auto hidden = hls::to_hidden<hls::W8A8>(row.v[n], row.scale, counters);
      ASSERT_EQ(get_bits(model_.hidden_o, n * 8, 8), hidden) << "v " << row.v[n];
      ASSERT_EQ(get_bits(model_.sat_o, n, 1), counters.int8_saturations) << "v " << row.v[n];
    }
  }

  VerilatedContext context_;
  Vgelu model_{&context_};
  std::deque<Row> history_;
};

TEST(GeluUnit, EveryInputEqualsTheKernels) {
  // 5461 * 2^-17 maps +-3 to about the byte's range; 65535 * 2^-15 shows the table's own bits.
  for (const hls::GeluScale& scale : {hls::GeluScale{5461, 22, 11}, hls::GeluScale{65535, 17, 0}}) {
    Bench bench;
    for (std::int32_t v = -(1 << 19); v < (1 << 19) && !HasFatalFailure(); v += kLanes) {
      Row row{true, v & 255, scale, {}};
      for (int n = 0; n < kLanes; ++n) row.v[n] = v + n;
      bench.step(row);
    }
    for (int n = 0; n < kLatency; ++n) bench.step(Row{});
  }
}

enum class Pauses { kNone, kRandom, kLong };

void run(Pauses pauses) {
  std::mt19937 random(3 + static_cast<std::uint32_t>(pauses));
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  Bench bench;
  int left = 0;
  for (int n = 0; n < 20000 && !::testing::Test::HasFatalFailure(); ++n) {
    if (pauses == Pauses::kLong && left == 0 && pick(0, 39) == 0) left = pick(20, 60);
    const bool paused = pauses == Pauses::kRandom ? pick(0, 9) < 3 : left > 0 && left-- > 0;
    Row row;
    row.valid = !paused;
    row.tag = pick(0, 255);
    row.scale = hls::GeluScale{static_cast<std::uint16_t>(pick(0, 65535)),
                               static_cast<std::uint8_t>(pick(0, 62)),
                               static_cast<std::uint8_t>(pick(0, 255))};
    for (std::int32_t& v : row.v) v = pick(-(1 << 23), (1 << 23) - 1) >> pick(0, 12);
    bench.step(row);
  }
}

TEST(GeluUnit, RowsWithoutPausesEqualTheKernels) { run(Pauses::kNone); }
TEST(GeluUnit, RowsWithRandomPausesEqualTheKernels) { run(Pauses::kRandom); }
TEST(GeluUnit, RowsWithLongPausesEqualTheKernels) { run(Pauses::kLong); }

}  // namespace
}  // namespace edgemoe::rtl
