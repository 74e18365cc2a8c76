// SPDX-License-Identifier: Apache-2.0
// Two int8 products in one 27 x 18 bit multiplication are the two products: every single product,
// and
// cascades of 8 at the ends of their range. The primitive is configured to compute what the twin
// does
// (P = PCIN + A * B, four registers); this is what the exhaustion and the range argument rest on:
//   low field:  8 * 256 * 127 = 260,096 <= 2^18 - 1, so 19 bits hold any sum of 8;
//   high field: w1' = w1 - (w2 < 0) >= -128 fits the upper 8 of 27 bits, and 19 + 19 bits <= 48.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "Vchain1.h"
#include "Vchain8.h"
#include "hls/program/weight_layout.hpp"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {
namespace {

struct Stage {
  int even;     // w2
  int odd;      // w1
  int operand;  // 9 bit signed
};

std::uint32_t stored_pair(int even, int odd) {
  const std::int8_t odd_byte =
      program::pack_odd(static_cast<std::int8_t>(even), static_cast<std::int8_t>(odd));
  return (static_cast<std::uint32_t>(odd_byte) & 0xff) << 8 |
         (static_cast<std::uint32_t>(even) & 0xff);
}

TEST(DspPair, EverySingleProductIsExact) {
  constexpr int kLatency = 4;
  VerilatedContext context;
  const auto model = std::make_unique<Vchain1>(&context);
  // Values in flight, by cycle modulo the latency: a queue would cost more than the model.
  Stage flight[kLatency] = {};
  std::uint64_t cycle = 0;
  std::uint64_t wrong = 0;
  const auto step = [&](const Stage& in) {
    model->packed_i = static_cast<SData>(stored_pair(in.even, in.odd));
    model->operand_i = static_cast<SData>(in.operand & 0x1ff);
    flight[cycle % kLatency] = in;
    clock_cycle(*model);
    ++cycle;
    if (cycle < kLatency) return;
    const Stage& out = flight[cycle % kLatency];
    const std::int64_t low = sign_extend(model->low_o, 19);
    const std::int64_t high = sign_extend(model->high_o, 19) + model->carry_o;
    wrong += low != out.even * out.operand || high != out.odd * out.operand ? 1 : 0;
  };
  for (int operand = -256; operand < 256; ++operand) {
    for (int odd = -127; odd <= 127; ++odd) {
      for (int even = -127; even <= 127; ++even) step(Stage{even, odd, operand});
    }
  }
  for (int drain = 0; drain < kLatency; ++drain) step(Stage{0, 0, 0});
  EXPECT_EQ(wrong, 0u) << "of " << cycle << " products";
}

/// Stage s of the chain gets its operands s cycles late, as edgemoe_array_core skews them.
class Chain {
 public:
  Chain() : model_(std::make_unique<Vchain8>(&context_)) {}

  /// Feeds one vector of 8; checks the one that leaves.
  void step(const std::vector<Stage>& vector) {
    history_.push_front(vector);
    for (std::size_t s = 0; s < 8 && s < history_.size(); ++s) {
      const Stage& stage = history_[s][s];
      put_bits(model_->packed_i, s * 16, 16, stored_pair(stage.even, stage.odd));
      put_bits(model_->operand_i, s * 9, 9, stage.operand);
    }
    clock_cycle(*model_);
    if (history_.size() < kLatency) return;
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (const Stage& stage : history_[kLatency - 1]) {
      low += stage.even * stage.operand;
      high += stage.odd * stage.operand;
    }
    ASSERT_EQ(sign_extend(model_->low_o, 19), low);
    ASSERT_EQ(sign_extend(model_->high_o, 19) + model_->carry_o, high);
    history_.pop_back();
  }

 private:
  static constexpr std::size_t kLatency = 11;
  VerilatedContext context_;
  std::unique_ptr<Vchain8> model_;
  std::deque<std::vector<Stage>> history_;
};

TEST(DspChain, ExtremeSumsComeApart) {
  Chain chain;
  const int weights[] = {-127, -1, 0, 1, 127};
  const int operands[] = {-256, -128, -1, 0, 1, 127, 255};
  for (int even : weights) {
    for (int odd : weights) {
      for (int operand : operands) {
        // All alike, then one stage that differs: borrows appear and vanish within the cascade.
        std::vector<Stage> vector(8, Stage{even, odd, operand});
        chain.step(vector);
        vector[3] = Stage{-even, -odd, operand};
        chain.step(vector);
      }
    }
  }
  for (int drain = 0; drain < 11; ++drain) chain.step(std::vector<Stage>(8, Stage{0, 0, 0}));
}

TEST(DspChain, RandomVectorsComeApart) {
  Chain chain;
  std::mt19937 random(5);
  std::uniform_int_distribution<int> weight(-127, 127);
  std::uniform_int_distribution<int> operand(-256, 255);
  for (int n = 0; n < 200000; ++n) {
    std::vector<Stage> vector(8);
    for (Stage& stage : vector) stage = Stage{weight(random), weight(random), operand(random)};
    chain.step(vector);
  }
}

}  // namespace
}  // namespace edgemoe::rtl
