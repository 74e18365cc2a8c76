// SPDX-License-Identifier: Apache-2.0
// Scores become the exponentials and sums of hls/kernels/attention.cpp, with the maximum that was
// taken while the scores left the array; each beat in its cycle, whatever the pauses.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

#include "Vscore_maximum.h"
#include "Vsoftmax.h"
#include "hls/fixed/exponential.hpp"
#include "hls/fixed/rounding.hpp"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {
namespace {

constexpr int kTokens = 2;
constexpr int kKeys = 16;
constexpr int kScoreBits = 22;
constexpr int kSumBits = 20;
constexpr int kLatency = 13;

enum class Pauses { kNone, kRandom, kLong };

/// Two queries with their scores of all keys.
struct Pair {
  int keys;
  std::uint16_t mult;
  std::uint8_t shift;
  std::vector<std::int32_t> score[kTokens];
};

struct ExpectedBeat {
  std::uint64_t cycle;
  int tag;
  bool last;
  std::uint32_t e[kTokens][kKeys];
  std::uint32_t sum[kTokens];
};

class Bench {
 public:
  explicit Bench(Pauses pauses)
      : random_(21 + static_cast<std::uint32_t>(pauses)), pauses_(pauses) {
    model_.rst_ni = 0;
    clock_cycle(model_);
    model_.rst_ni = 1;
  }

  void run(const Pair& pair) {
    std::uint32_t sum[kTokens] = {};
    const int blocks = (pair.keys + kKeys - 1) / kKeys;
    for (int block = 0; block < blocks; ++block) {
      for (int wait = pause(); wait > 0; --wait) idle();
      drive(pair, block, blocks);
      expect(pair, block, blocks, sum);
      cycle();
    }
  }

  void drain() {
    while (!expected_.empty() && !::testing::Test::HasFatalFailure()) idle();
  }

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

 private:
  int pause() {
    if (pauses_ == Pauses::kRandom) return pick(0, 9) < 3 ? 1 : 0;
    if (pauses_ == Pauses::kLong) return pick(0, 39) == 0 ? pick(20, 60) : 0;
    return 0;
  }

  void idle() {
    model_.valid_i = 0;
    cycle();
  }

  void drive(const Pair& pair, int block, int blocks) {
    model_.valid_i = 1;
    model_.first_i = block == 0;
    model_.last_i = block == blocks - 1;
    model_.tag_i = static_cast<CData>(++tag_ & 255);
    model_.mult_i = pair.mult;
    model_.shift_i = pair.shift;
    model_.keep_i = 0;
    for (std::size_t k = 0; k < kKeys; ++k) {
      const int key = block * kKeys + static_cast<int>(k);
      const bool keep = key < pair.keys;
      put_bits(model_.keep_i, k, 1, keep);
      for (std::size_t t = 0; t < kTokens; ++t) {
        // What lies in the buffer behind the last key may be anything.
        const std::int32_t score =
            keep ? pair.score[t][static_cast<std::size_t>(key)] : pick(-9, 9);
        put_bits(model_.score_i, (t * kKeys + k) * kScoreBits, kScoreBits, score);
      }
    }
    for (std::size_t t = 0; t < kTokens; ++t) {
      const auto& scores = pair.score[t];
      put_bits(model_.maximum_i, t * kScoreBits, kScoreBits,
               *std::max_element(scores.begin(), scores.end()));
    }
  }

  void expect(const Pair& pair, int block, int blocks, std::uint32_t* sum) {
    ExpectedBeat beat{cycle_ + kLatency, tag_ & 255, block == blocks - 1, {}, {}};
    for (int t = 0; t < kTokens; ++t) {
      const auto& scores = pair.score[t];
      const std::int64_t maximum = *std::max_element(scores.begin(), scores.end());
      for (int k = 0; k < kKeys && block * kKeys + k < pair.keys; ++k) {
        const std::int64_t gap = maximum - scores[static_cast<std::size_t>(block * kKeys + k)];
        beat.e[t][k] = fixed::exp_u8(fixed::round_half_up(gap * pair.mult, pair.shift));
        sum[t] += beat.e[t][k];
      }
      beat.sum[t] = sum[t];
    }
    expected_.push_back(beat);
  }

  void cycle() {
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
    const ExpectedBeat& beat = expected_.front();
    ASSERT_EQ(model_.tag_o, beat.tag);
    ASSERT_EQ(model_.last_o, beat.last);
    for (std::size_t t = 0; t < kTokens; ++t) {
      for (std::size_t k = 0; k < kKeys; ++k)
        ASSERT_EQ(get_bits(model_.e_o, (t * kKeys + k) * 8, 8), beat.e[t][k]) << "key " << k;
      if (beat.last) {
        ASSERT_EQ(get_bits(model_.sum_o, t * kSumBits, kSumBits), beat.sum[t]);
      }
    }
    expected_.pop_front();
  }

  std::mt19937 random_;
  Pauses pauses_;
  VerilatedContext context_;
  Vsoftmax model_{&context_};
  std::deque<ExpectedBeat> expected_;
  std::uint64_t cycle_ = 0;
  int tag_ = 0;
};

Pair random_pair(Bench& bench) {
  Pair pair;
  const int edges[] = {1, 15, 16, 17, 129, 257};
  pair.keys = bench.pick(0, 1) ? edges[bench.pick(0, 5)] : bench.pick(1, 64);
  const bool wild = bench.pick(0, 3) == 0;
  pair.mult = static_cast<std::uint16_t>(wild ? bench.pick(0, 65535) : bench.pick(20000, 65535));
  pair.shift = static_cast<std::uint8_t>(wild ? bench.pick(0, 62) : bench.pick(14, 22));
  constexpr int kLimit = 128 * 127 * 127;
  const int span = kLimit >> bench.pick(0, 14);
  const int centre = bench.pick(span - kLimit, kLimit - span);
  for (auto& scores : pair.score) {
    for (int k = 0; k < pair.keys; ++k) {
      const int kind = bench.pick(0, 19);  // ties with the maximum, and both ends
      scores.push_back(centre + (kind == 0 ? span : kind == 1 ? -span : bench.pick(-span, span)));
    }
  }
  return pair;
}

void run(Pauses pauses) {
  Bench bench(pauses);
  for (int n = 0; n < 3000 && !::testing::Test::HasFatalFailure(); ++n)
    bench.run(random_pair(bench));
  bench.drain();
}

TEST(Softmax, RunsWithoutPausesEqualTheKernels) { run(Pauses::kNone); }
TEST(Softmax, RunsWithRandomPausesEqualTheKernels) { run(Pauses::kRandom); }
TEST(Softmax, RunsWithLongPausesEqualTheKernels) { run(Pauses::kLong); }

TEST(ScoreMaximum, FollowsTheScoresOfEveryQuery) {
  constexpr int kQueries = 8;
  constexpr int kPerCycle = 4;
  VerilatedContext context;
  Vscore_maximum model(&context);
  model.rst_ni = 0;
  clock_cycle(model);
  model.rst_ni = 1;
  std::mt19937 random(31);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  std::vector<std::int32_t> maximum(kQueries, 0);
  std::deque<std::vector<std::int32_t>> after;  // of the cycles whose beats are on their way
  for (int group = 0; group < 300; ++group) {
    const int keys = group % 5 == 0 ? 1 : pick(1, 140);
    for (int block = 0; block * kKeys < keys; ++block) {
      for (int token = 0; token < kQueries; token += kPerCycle) {
        const bool paused = pick(0, 9) < 3;
        if (paused) token -= kPerCycle;
        model.valid_i = !paused;
        model.first_i = block == 0;
        model.token_i = static_cast<CData>(paused ? pick(0, 7) : token);
        model.keep_i = static_cast<SData>(
            keys - block * kKeys >= kKeys ? 0xffff : (1 << (keys - block * kKeys)) - 1);
        for (int t = 0; t < kPerCycle; ++t) {
          for (int k = 0; k < kKeys; ++k) {
            const std::int32_t score = pick(-(1 << 21), (1 << 21) - 1) >> pick(0, 12);
            put_bits(model.sum_i, static_cast<std::size_t>(t * kKeys + k) * 32, 32, score);
            if (paused || block * kKeys + k >= keys) continue;
            std::int32_t& best = maximum[static_cast<std::size_t>(token + t)];
            best = block == 0 && k == 0 ? score : std::max(best, score);
          }
        }
        after.push_back(maximum);
        clock_cycle(model);
        for (std::size_t n = 0; n < kPerCycle * kKeys; ++n) {
          ASSERT_EQ(get_bits(model.score_o, n * kScoreBits, kScoreBits),
                    get_bits(model.sum_i, n * 32, kScoreBits));
        }
        if (after.size() < 3) continue;
        if (group > 0) {
          for (std::size_t q = 0; q < kQueries; ++q)
            ASSERT_EQ(get_signed(model.maximum_o, q * kScoreBits, kScoreBits), after.front()[q]);
        }
        after.pop_front();
      }
    }
  }
}

}  // namespace
}  // namespace edgemoe::rtl
