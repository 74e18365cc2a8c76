// SPDX-License-Identifier: Apache-2.0
// The norm unit gives the bits of normalise_token (hls/kernels/layer_norm.hpp) for groups of 1 to 8
// tokens in three passes, at the shortest distances that its header allows, whatever the pauses.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "Vnorm16.h"
#include "Vnorm32.h"
#include "hls/kernels/layer_norm.hpp"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {
namespace {

using Limits = hls::SimulationLimits;

constexpr std::uint64_t kMeanTurn = 7;
constexpr std::uint64_t kRootTurn = 24;
constexpr std::uint64_t kLatency = 36;  // last beat in to first beat out

enum class Pauses { kNone, kRandom, kLong };

struct Job {
  hls::NormJob norm{};
  hls::NormGains<Limits> gains{};
};

struct ExpectedBeat {
  std::uint64_t cycle;
  int tag;
  bool last;
  std::uint32_t scale;
  std::vector<std::int32_t> z16;
};

template <typename Model>
class Bench {
 public:
  Bench(int lanes, Pauses pauses)
      : lanes_(lanes), pauses_(pauses), random_(41 + static_cast<std::uint32_t>(pauses)) {
    model_.rst_ni = 0;
    clock_cycle(model_);
    model_.rst_ni = 1;
  }

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  void run_group(const Job& job, const std::vector<std::vector<std::int32_t>>& tokens) {
    model_.inv_d_i = static_cast<IData>(job.norm.inv_d);
    model_.sqrt_d_i = static_cast<IData>(job.norm.sqrt_d);
    model_.eps_acc_i = job.norm.eps_acc;
    const int count = static_cast<int>(tokens.size());
    std::vector<std::uint64_t> ready(tokens.size(), 0);
    for (int pass = 0; pass < 3; ++pass) {
      for (int t = 0; t < count; ++t) {
        const auto slot = static_cast<std::size_t>(t);
        while (cycle_ < ready[slot]) idle();
        run_row(job, tokens[slot], t, pass);
        ready[slot] = cycle_ - 1 + (pass == 0 ? kMeanTurn : kRootTurn);
      }
    }
  }

  void drain() {
    while (!expected_.empty() && !::testing::Test::HasFatalFailure()) idle();
  }

 private:
  int beats(const Job& job) const { return (job.norm.dim + lanes_ - 1) / lanes_; }

  void run_row(const Job& job, const std::vector<std::int32_t>& x, int slot, int pass) {
    if (pass == 2) {
      for (int wait = pause(); wait > 0; --wait) idle();
      expect(job, x);
    }
    for (int b = 0; b < beats(job) && !::testing::Test::HasFatalFailure(); ++b) {
      for (int wait = pass < 2 ? pause() : 0; wait > 0; --wait) idle();
      model_.valid_i = 1;
      model_.pass_i = static_cast<CData>(pass);
      model_.first_i = b == 0;
      model_.last_i = b == beats(job) - 1;
      model_.slot_i = static_cast<CData>(slot);
      model_.tag_i = static_cast<CData>((tag_ + b) & 255);
      model_.gamma_frac_i = static_cast<CData>(job.norm.gamma_frac);
      drive_lanes(job, x, b);
      cycle();
    }
    if (pass == 2) tag_ += beats(job);
  }

  void drive_lanes(const Job& job, const std::vector<std::int32_t>& x, int b) {
    for (std::size_t n = 0; n < static_cast<std::size_t>(lanes_); ++n) {
      const std::size_t i = static_cast<std::size_t>(b * lanes_) + n;
      const bool keep = i < x.size();
      put_bits(model_.keep_i, n, 1, keep);
      put_bits(model_.x_i, n * 24, 24, keep ? x[i] : pick(-99, 99));
      put_bits(model_.gamma_i, n * 18, 18, keep ? job.gains.gamma[i] : 77);
      put_bits(model_.beta_i, n * 24, 24, keep ? job.gains.beta[i] : 1 << 22);
    }
  }

  /// Called in the cycle before the first beat of pass 2.
  void expect(const Job& job, const std::vector<std::int32_t>& x) {
    static std::int32_t in[Limits::kDim], z16[Limits::kDim];
    std::copy(x.begin(), x.end(), in);
    const std::uint32_t scale =
        hls::normalise_token<hls::W8A8, Limits>(job.norm, job.gains, in, z16);
    const auto count = static_cast<std::uint64_t>(beats(job));
    for (std::uint64_t b = 0; b < count; ++b) {
      ExpectedBeat beat{cycle_ + count - 1 + kLatency + b,
                        (tag_ + static_cast<int>(b)) & 255,
                        b == count - 1,
                        scale,
                        {}};
      for (int n = 0; n < lanes_; ++n) {
        const int i = static_cast<int>(b) * lanes_ + n;
        if (i < job.norm.dim) beat.z16.push_back(z16[i]);
      }
      expected_.push_back(beat);
    }
  }

  int pause() {
    if (pauses_ == Pauses::kRandom) return pick(0, 9) < 3 ? 1 : 0;
    if (pauses_ == Pauses::kLong) return pick(0, 39) == 0 ? pick(20, 60) : 0;
    return 0;
  }

  void idle() {
    model_.valid_i = 0;
    cycle();
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
    ASSERT_EQ(model_.valid_o, due) << "cycle " << cycle_;
    if (!due) return;
    const ExpectedBeat& beat = expected_.front();
    ASSERT_EQ(model_.tag_o, beat.tag);
    ASSERT_EQ(model_.last_o, beat.last);
    ASSERT_EQ(model_.scale_o, beat.scale);
    for (std::size_t n = 0; n < beat.z16.size(); ++n) {
      const std::int64_t z16 =
          256 * get_signed(model_.z8_o, n * 8, 8) + get_signed(model_.lo_o, n * 8, 8);
      ASSERT_EQ(z16, beat.z16[n]) << "lane " << n;
    }
    expected_.pop_front();
  }

  int lanes_;
  Pauses pauses_;
  std::mt19937 random_;
  VerilatedContext context_;
  Model model_{&context_};
  std::deque<ExpectedBeat> expected_;
  std::uint64_t cycle_ = 0;
  int tag_ = 0;
};

template <typename Model>
Job random_job(Bench<Model>& bench, int dim) {
  Job job;
  job.norm.dim = dim;
  job.norm.inv_d = static_cast<std::int64_t>(std::llround(std::ldexp(1.0, 32) / dim));
  job.norm.sqrt_d = static_cast<std::int64_t>(std::llround(std::sqrt(dim) * 4096));
  job.norm.eps_acc = static_cast<std::uint64_t>(std::llround(1e-6 * std::ldexp(1.0, 32) * dim));
  const bool wild = bench.pick(0, 3) == 0;
  job.norm.gamma_frac = wild ? bench.pick(0, 60) : bench.pick(12, 17);
  for (int i = 0; i < dim; ++i) {
    job.gains.gamma[i] = bench.pick(0, 15) ? bench.pick(-(1 << 17), (1 << 17) - 1) : -(1 << 17);
    job.gains.beta[i] = bench.pick(-(1 << 23), (1 << 23) - 1) >> bench.pick(0, 12);
  }
  return job;
}

/// Constant rows, rows at the ends, single spikes, and random rows of any spread.
template <typename Model>
std::vector<std::int32_t> random_row(Bench<Model>& bench, int dim) {
  constexpr int kLow = -(1 << 23);
  constexpr int kHigh = (1 << 23) - 1;
  const int kind = bench.pick(0, 9);
  const int spread = bench.pick(0, 22);
  const int centre = bench.pick(kLow / 2, kHigh / 2);
  std::vector<std::int32_t> row;
  for (int i = 0; i < dim; ++i) {
    int x = std::clamp(centre + (bench.pick(kLow, kHigh) >> spread), kLow, kHigh);
    if (kind == 0) x = centre;
    if (kind == 1) x = i % 2 ? kLow : kHigh;
    if (kind == 2) x = i == 0 ? kHigh : kLow;
    if (kind == 3) x = kHigh;
    if (kind == 4) x = kLow;
    row.push_back(x);
  }
  return row;
}

template <typename Model>
void run(int lanes, Pauses pauses, int groups) {
  Bench<Model> bench(lanes, pauses);
  for (int n = 0; n < groups && !::testing::Test::HasFatalFailure(); ++n) {
    const int dims[] = {2, lanes - 1, lanes, lanes + 1, 48, 192, 192, 384};
    const int dim = n % 40 == 7 ? std::min(768, 32 * lanes) : dims[bench.pick(0, 7)];
    const Job job = random_job(bench, dim);
    std::vector<std::vector<std::int32_t>> tokens(static_cast<std::size_t>(bench.pick(1, 8)));
    for (auto& row : tokens) row = random_row(bench, dim);
    bench.run_group(job, tokens);
  }
  bench.drain();
}

TEST(NormUnit, GroupsWithoutPausesEqualTheKernels) { run<Vnorm32>(32, Pauses::kNone, 400); }
TEST(NormUnit, GroupsWithRandomPausesEqualTheKernels) { run<Vnorm32>(32, Pauses::kRandom, 200); }
TEST(NormUnit, GroupsWithLongPausesEqualTheKernels) { run<Vnorm32>(32, Pauses::kLong, 200); }
TEST(NormUnit, SixteenLanesEqualTheKernels) { run<Vnorm16>(16, Pauses::kNone, 200); }

// With gamma 0 the result is beta: the largest magnitude can be chosen. An all-zero token has S_t =
// 1; 8,315,517 is the first magnitude whose scale would need 18 bits.
TEST(NormUnit, TokenScaleFollowsTheLargestMagnitudeToItsEnds) {
  Bench<Vnorm32> bench(32, Pauses::kNone);
  std::vector<std::int32_t> magnitudes = {0, 1, 63, 64, 65, 8388607, -8388608, -8388607};
  for (std::int32_t near = 8315450; near < 8315650; near += 3) magnitudes.push_back(near);
  for (std::int32_t near = 8315514; near < 8315520; ++near) magnitudes.push_back(-near);
  for (const std::int32_t magnitude : magnitudes) {
    if (HasFatalFailure()) return;
    Job job = random_job(bench, 40);
    for (int i = 0; i < 40; ++i) job.gains.gamma[i] = job.gains.beta[i] = 0;
    job.gains.beta[magnitude % 2 == 0 ? 39 : 5] = magnitude;
    bench.run_group(job, {random_row(bench, 40), random_row(bench, 40)});
  }
  bench.drain();
}

}  // namespace
}  // namespace edgemoe::rtl
