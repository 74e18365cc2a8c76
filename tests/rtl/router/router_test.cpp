// SPDX-License-Identifier: Apache-2.0
// Router and queues together leave what route() of hls/kernels/router.hpp leaves: choices, scores
// and kept flags of every token in its cycle, and all queues, entry by entry.
#include "hls/kernels/router.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>

#include "Vqueues16.h"
#include "Vqueues8.h"
#include "Vrouter16.h"
#include "Vrouter8.h"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {
namespace {

using Limits = hls::BoardLimits;
using Memory = hls::TokenMemory<hls::W8A8, Limits>;

constexpr int kLatency = 31;
constexpr int kTopK = program::kMaxTopK;

enum class Pauses { kNone, kRandom, kLong };

template <typename Router, typename Queues>
class Bench {
 public:
  Bench(int experts, Pauses pauses)
      : experts_(experts),
        expert_bits_(experts == 16 ? 4 : 3),
        pauses_(pauses),
        random_(61 + static_cast<std::uint32_t>(pauses)),
        memory_(std::make_unique<Memory>()) {
    router_.rst_ni = queues_.rst_ni = 0;
    tick();
    router_.rst_ni = queues_.rst_ni = 1;
  }

  /// One block: both tasks of a frame, each with its window, then the queues are compared.
  void run_block(int tokens, int tasks) {
    hls::clear_queues(*memory_);
    queues_.clear_i = 1;
    cycle();
    queues_.clear_i = 0;
    for (int task = 0; task < tasks; ++task) run_task(task * 136, tokens);
    while (!expected_.empty() && !::testing::Test::HasFatalFailure()) idle();
    idle();
    idle();
    if (!::testing::Test::HasFatalFailure()) compare_queues();
  }

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

 private:
  struct Expected {
    std::uint64_t cycle;
    int row;
    int top_k;
    hls::RoutedChoice choice[kTopK];
  };

  hls::RouteJob random_job(int first_row, int tokens) {
    hls::RouteJob job{};
    job.first_row = first_row;
    job.tokens = tokens;
    job.experts = experts_;
    job.window_lo = pick(0, 2) ? 0 : pick(0, experts_ - 1);
    job.window_hi = pick(0, 2) ? experts_ : pick(job.window_lo + 1, experts_);
    job.top_k = std::min(pick(1, kTopK), job.window_hi - job.window_lo);
    const std::uint32_t thresholds[] = {0, 1, 13107, 32768, 65536, 65537, 0xffffffffu};
    job.threshold = pick(0, 1) ? 0 : thresholds[pick(0, 6)];
    return job;
  }

  /// Ties, equal logits, both ends of int32, and gaps of every size.
  std::int32_t random_logit(int kind, int shift) {
    if (kind == 0) return 12345;
    if (kind == 1) return pick(-1, 1) * (1 << 18);
    if (kind == 2) return pick(0, 1) ? INT32_MAX : INT32_MIN;
    return pick(INT32_MIN, INT32_MAX) >> shift;
  }

  void run_task(int first_row, int tokens) {
    const hls::RouteJob job = random_job(first_row, tokens);
    router_.window_lo_i = static_cast<CData>(job.window_lo);
    router_.window_hi_i = static_cast<CData>(job.window_hi);
    router_.top_k_i = static_cast<CData>(job.top_k);
    router_.threshold_i = job.threshold;
    for (int t = 0; t < tokens && !::testing::Test::HasFatalFailure(); ++t) {
      for (int wait = pause(); wait > 0; --wait) idle();
      const int kind = pick(0, 9);
      const int shift = pick(0, 20);
      auto& logits = memory_->logits[first_row + t];
      for (int e = 0; e < experts_; ++e) {
        logits[e] = random_logit(kind, shift);
        put_bits(router_.logits_i, static_cast<std::size_t>(e) * 32, 32, logits[e]);
      }
      router_.valid_i = 1;
      router_.row_i = static_cast<SData>(first_row + t);
      expect(job, first_row + t);
      cycle();
    }
  }

  void expect(const hls::RouteJob& job, int row) {
    std::uint32_t scores[Limits::kExperts] = {};
    std::uint16_t experts[kTopK] = {};
    hls::window_scores<Limits>(job, memory_->logits[row], scores);
    hls::choose_experts<Limits>(job, memory_->logits[row], experts);
    hls::enqueue_row<hls::W8A8, Limits>(job, row, experts, scores, *memory_);
    Expected expected{cycle_ + kLatency, row, job.top_k, {}};
    std::copy(memory_->choices[row], memory_->choices[row] + job.top_k, expected.choice);
    expected_.push_back(expected);
  }

  int pause() {
    if (pauses_ == Pauses::kRandom) return pick(0, 9) < 3 ? 1 : 0;
    if (pauses_ == Pauses::kLong) return pick(0, 39) == 0 ? pick(20, 60) : 0;
    return 0;
  }

  void idle() {
    router_.valid_i = 0;
    cycle();
  }

  void tick() {
    clock_cycle(router_);
    clock_cycle(queues_);
  }

  void cycle() {
    if (queues_.clear_i) router_.valid_i = 0;
    router_.clk_i = 0;
    router_.eval();
    check();
    connect();
    tick();
    ++cycle_;
  }

  /// The router's outputs of this cycle are the queues' inputs of this cycle.
  void connect() {
    queues_.valid_i = router_.valid_o;
    queues_.row_i = router_.row_o;
    queues_.kept_i = router_.kept_o;
    queues_.expert_i = router_.expert_o;
    for (std::size_t k = 0; k < kTopK; ++k)
      put_bits(queues_.score_i, k * 17, 17,
               static_cast<std::int64_t>(get_bits(router_.score_o, k * 17, 17)));
  }

  void check() {
    const bool due = !expected_.empty() && expected_.front().cycle == cycle_;
    ASSERT_EQ(router_.valid_o, due);
    if (!due) return;
    const Expected& expected = expected_.front();
    ASSERT_EQ(router_.row_o, expected.row);
    ASSERT_EQ(router_.chosen_o, (1 << expected.top_k) - 1);
    for (std::size_t k = 0; k < static_cast<std::size_t>(expected.top_k); ++k) {
      const auto width = static_cast<std::size_t>(expert_bits_);
      ASSERT_EQ(get_bits(router_.expert_o, k * width, expert_bits_), expected.choice[k].expert);
      ASSERT_EQ(get_bits(router_.score_o, k * 17, 17), expected.choice[k].score);
      ASSERT_EQ(get_bits(router_.kept_o, k, 1), expected.choice[k].kept);
    }
    ASSERT_EQ(router_.kept_o >> expected.top_k, 0);
    expected_.pop_front();
  }

  void compare_queues() {
    for (int e = 0; e < experts_; ++e) {
      const int length = memory_->queue_length[e];
      ASSERT_EQ(get_bits(queues_.length_o, static_cast<std::size_t>(e) * 9, 9), length)
          << "expert " << e;
      for (int n = 0; n < length; ++n) {
        queues_.read_expert_i = static_cast<CData>(e);
        queues_.read_index_i = static_cast<SData>(n);
        idle();
        idle();
        ASSERT_EQ(queues_.read_row_o, memory_->queue[e][n].row) << "expert " << e;
        ASSERT_EQ(queues_.read_score_o, memory_->queue[e][n].score) << "expert " << e;
      }
    }
  }

  int experts_;
  int expert_bits_;
  Pauses pauses_;
  std::mt19937 random_;
  std::unique_ptr<Memory> memory_;
  VerilatedContext context_;
  Router router_{&context_};
  Queues queues_{&context_};
  std::deque<Expected> expected_;
  std::uint64_t cycle_ = 0;
};

template <typename Router, typename Queues>
void run(int experts, Pauses pauses) {
  Bench<Router, Queues> bench(experts, pauses);
  for (int n = 0; n < 60 && !::testing::Test::HasFatalFailure(); ++n) {
    const int edges[] = {0, 1, 8, 129, 136};
    bench.run_block(bench.pick(0, 1) ? edges[bench.pick(0, 4)] : bench.pick(2, 128),
                    bench.pick(1, 2));
  }
}

TEST(Router, SixteenExpertsWithoutPausesEqualTheKernels) {
  run<Vrouter16, Vqueues16>(16, Pauses::kNone);
}
TEST(Router, SixteenExpertsWithRandomPausesEqualTheKernels) {
  run<Vrouter16, Vqueues16>(16, Pauses::kRandom);
}
TEST(Router, SixteenExpertsWithLongPausesEqualTheKernels) {
  run<Vrouter16, Vqueues16>(16, Pauses::kLong);
}
TEST(Router, EightExpertsEqualTheKernels) { run<Vrouter8, Vqueues8>(8, Pauses::kNone); }

}  // namespace
}  // namespace edgemoe::rtl
