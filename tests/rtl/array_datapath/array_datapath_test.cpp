// SPDX-License-Identifier: Apache-2.0
// Whole commands on the datapath leave in every buffer what hls/kernels leave, in time, whatever
// command follows at the shortest distance.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "Vdatapath.h"
#include "Vdatapath_narrow.h"
#include "Vdatapath_pairs.h"
#include "Vdatapath_pairs8.h"
#include "Vdatapath_wide.h"
#include "tests/rtl/array_datapath/datapath_author.hpp"
#include "tests/rtl/array_datapath/datapath_player.hpp"

namespace edgemoe::rtl {
namespace {

using program::LoopOrder;

constexpr DatapathShape kBoard{};
constexpr DatapathShape kNarrow{2, 24, 2, 48, 96, 8, 2, 1, 16};
constexpr DatapathShape kWide{16, 48, 1, 64, 128, 4, 3, 4, 32};
constexpr DatapathShape kPairs{16, 48, 2, 64, 128, 8, 3, 4, 32, 2};
constexpr DatapathShape kPairs8{8, 48, 1, 64, 128, 4, 3, 2, 32, 2};

template <typename T>
class Bench {
 public:
  Bench(const DatapathShape& shape, std::uint32_t seed)
      : player_(shape, seed), author_(shape, player_.outside, seed + 1) {}

  Author& author() { return author_; }

  void begin(const Author::Model& model) {
    finish();
    author_.begin(model, player_.cycle() + 1);
  }

  /// Plays what has been written so far, up to the cycle in which the next command may come.
  void play() { player_.play(author_.script, author_.now()); }

  void finish() {
    player_.play(author_.script, author_.script.end);
    if (::testing::Test::HasFatalFailure()) return;
    ASSERT_TRUE(author_.script.expected.empty()) << "something has not been written";
    const hls::Counters& counters = author_.counters();
    ASSERT_EQ(player_.model().sat_accumulator_o, counters.accumulator_saturations);
    ASSERT_EQ(player_.model().sat_residual_o, counters.residual_saturations);
    ASSERT_EQ(player_.model().sat_int8_o, counters.int8_saturations);
  }

 private:
  Player<T> player_;
  Author author_;
};

/// One block of a network after the other, dense and with experts.
template <typename T>
void run_blocks(const DatapathShape& shape, const Author::Model& model, std::uint32_t seed,
                int rounds, bool extremes = false) {
  Bench<T> bench(shape, seed);
  bench.author().extremes = extremes;
  bench.begin(model);
  Author& a = bench.author();
  for (int round = 0; round < rounds && !::testing::Test::HasFatalFailure(); ++round) {
    const LoopOrder one = round % 2 == 0 ? LoopOrder::kTokenOuter : LoopOrder::kWeightOuter;
    const LoopOrder other = round % 2 == 0 ? LoopOrder::kWeightOuter : LoopOrder::kTokenOuter;
    const std::function<void()> commands[] = {[&] { a.norm(); },
                                              [&] { a.qkv(one); },
                                              [&] { a.attention(); },
                                              [&] { a.project(other); },
                                              [&] { a.norm(); },
                                              [&] { a.expand(one); },
                                              [&] { a.gate(0); },
                                              [&] { a.contract(other); },
                                              [&] { a.project(one); },
                                              [&] { a.qkv(other); },
                                              [&] { a.experts(round == 0); },
                                              [&] { a.gate(model.segments - 1); },
                                              [&] { a.attention(); },
                                              [&] { a.expand(other); },
                                              [&] { a.contract(one); },
                                              [&] { a.project(one); },
                                              [&] { a.experts(false); }};
    for (const auto& command : commands) {
      command();
      bench.play();
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
  bench.finish();
  if (extremes) {
    EXPECT_GT(a.counters().accumulator_saturations, 0u);
    EXPECT_GT(a.counters().residual_saturations, 0u);
    EXPECT_GT(a.counters().int8_saturations, 0u);
  }
}

TEST(ArrayDatapath, BlocksOfTheTinyNetworkEqualTheKernels) {
  run_blocks<Vdatapath>(kBoard, {129, 1, 192, 3, 768, 384, 6, 8}, 1, 1);
}

TEST(ArrayDatapath, BlocksOfTwoTasksEqualTheKernels) {
  run_blocks<Vdatapath>(kBoard, {129, 2, 96, 3, 192, 96, 16, 8}, 2, 2);
}

TEST(ArrayDatapath, QueuesThatFillTheHiddenBufferAloneAreNotInterleaved) {
  run_blocks<Vdatapath>(kBoard, {100, 2, 32, 1, 64, 768, 4, 8}, 3, 2);
}

TEST(ArrayDatapath, OneTokenOfOneWordEqualsTheKernels) {
  run_blocks<Vdatapath>(kBoard, {1, 1, 16, 1, 16, 16, 2, 8}, 4, 4);
  run_blocks<Vdatapath>(kBoard, {1, 2, 48, 3, 16, 32, 1, 8}, 5, 4);
}

// With the array as it is built: cascades of DSP48E2.
TEST(ArrayDatapath, TwoTokenLanesEqualTheKernels) {
  run_blocks<Vdatapath_narrow>(kNarrow, {23, 2, 48, 3, 96, 48, 8, 8}, 6, 3);
  run_blocks<Vdatapath_narrow>(kNarrow, {5, 1, 16, 1, 16, 16, 8, 8}, 7, 6);
  run_blocks<Vdatapath_narrow>(kNarrow, {1, 1, 32, 2, 32, 16, 3, 8}, 8, 6);
}

TEST(ArrayDatapath, SixteenTokenLanesEqualTheKernels) {
  run_blocks<Vdatapath_wide>(kWide, {48, 1, 64, 4, 128, 64, 4, 8}, 9, 3);
  run_blocks<Vdatapath_wide>(kWide, {17, 1, 16, 1, 16, 16, 3, 8}, 10, 6);
  run_blocks<Vdatapath_wide>(kWide, {16, 1, 32, 1, 32, 16, 4, 8}, 11, 6);
}

// Odd numbers of rows, so that pairs end with one; short sums, behind which the drain is late.
TEST(ArrayDatapath, TwoRowsADrainCycleEqualTheKernels) {
  run_blocks<Vdatapath_pairs>(kPairs, {47, 2, 64, 4, 128, 64, 8, 8}, 50, 3);
  run_blocks<Vdatapath_pairs>(kPairs, {17, 2, 16, 1, 16, 16, 3, 8}, 51, 6);
  run_blocks<Vdatapath_pairs>(kPairs, {1, 1, 48, 3, 32, 16, 2, 8}, 52, 6);
  run_blocks<Vdatapath_pairs>(kPairs, {32, 1, 32, 1, 32, 16, 4, 8}, 53, 6);
  run_blocks<Vdatapath_pairs>(kPairs, {33, 2, 64, 2, 112, 48, 8, 8}, 54, 3, true);
  run_blocks<Vdatapath_pairs8>(kPairs8, {45, 1, 64, 4, 128, 64, 4, 8}, 55, 3);
  run_blocks<Vdatapath_pairs8>(kPairs8, {7, 1, 16, 1, 16, 16, 3, 8}, 56, 6);
}

TEST(ArrayDatapath, RandomShapesEqualTheKernels) {
  std::mt19937 random(12);
  for (int n = 0; n < 12 && !HasFatalFailure(); ++n) {
    const auto pick = [&](int low, int high) {
      return std::uniform_int_distribution<int>(low, high)(random);
    };
    const int heads = pick(1, 3);
    const int dim = heads * 16 * pick(1, heads == 1 ? 4 : 2);
    run_blocks<Vdatapath>(
        kBoard,
        {pick(1, 70), pick(1, 2), dim, heads, 16 * pick(1, 12), 16 * pick(1, 8), pick(1, 16), 8},
        100 + static_cast<std::uint32_t>(n), 1);
  }
}

TEST(ArrayDatapath, ExtremeValuesAndShiftsEqualTheKernels) {
  run_blocks<Vdatapath>(kBoard, {37, 2, 64, 1, 768, 128, 6, 8}, 40, 3, true);
  run_blocks<Vdatapath>(kBoard, {20, 1, 192, 3, 64, 64, 5, 8}, 41, 3, true);
  run_blocks<Vdatapath_narrow>(kNarrow, {16, 2, 48, 3, 96, 48, 8, 8}, 42, 3, true);
}

/// The class row may have to wait, for a row before it or for its own data.
template <typename T>
void run_embeddings(const DatapathShape& shape, const Author::Model& model, std::uint32_t seed) {
  const Cycle pauses[] = {0, 1, 7, 18, 19, 20, 40, 100};
  Bench<T> bench(shape, seed);
  bench.begin(model);
  Author& a = bench.author();
  for (Cycle pause : pauses) {
    a.norm();
    bench.play();
    a.embed(pause % 2 == 0 ? LoopOrder::kTokenOuter : LoopOrder::kWeightOuter, pause);
    bench.play();
    a.qkv(LoopOrder::kTokenOuter);  // in the next places of the drain
    bench.play();
    if (::testing::Test::HasFatalFailure()) return;
  }
  bench.finish();
}

TEST(ArrayDatapath, EmbeddingsEqualTheKernels) {
  run_embeddings<Vdatapath>(kBoard, {129, 1, 48, 3, 16, 16, 1, 16}, 20);
  run_embeddings<Vdatapath>(kBoard, {17, 1, 192, 3, 16, 16, 1, 8}, 21);
  run_embeddings<Vdatapath_narrow>(kNarrow, {9, 1, 48, 3, 16, 16, 1, 4}, 22);
  run_embeddings<Vdatapath_wide>(kWide, {33, 1, 16, 1, 16, 16, 1, 16}, 23);
  run_embeddings<Vdatapath_pairs>(kPairs, {33, 1, 48, 3, 16, 16, 1, 16}, 24);
  run_embeddings<Vdatapath_pairs8>(kPairs8, {18, 1, 64, 1, 16, 16, 1, 8}, 25);
}

}  // namespace
}  // namespace edgemoe::rtl
