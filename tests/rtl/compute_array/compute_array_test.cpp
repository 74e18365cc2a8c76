// SPDX-License-Identifier: Apache-2.0
// The compute array delivers exactly the sums of tile_product, every row in its cycle, whatever the
// gaps between tiles; and the fast twin does in every cycle what the DSP cascades do.
#include <gtest/gtest.h>

#include "Varray_core.h"
#include "Varray_narrow.h"
#include "Varray_narrow_twin.h"
#include "Varray_twin.h"
#include "Varray_wide.h"
#include "tests/rtl/compute_array/array_stimulus.hpp"

namespace edgemoe::rtl {
namespace {

constexpr int kFirstRow = 14;  // cycles from a block's last tile to its first row

template <typename Model>
class Bench {
 public:
  Bench(const ArrayShape& shape, std::uint32_t seed, Pauses pauses)
      : shape_(shape), source_(shape, seed), pauses_(pauses), sums_(shape.tokens * shape.out) {
    model_.rst_ni = 0;
    drive_tile(model_, shape_, nullptr);
    clock_cycle(model_);
    model_.rst_ni = 1;
  }

  void run(int blocks) {
    for (int left = blocks; left > 0 || !block_.empty();) {
      if (block_.empty() && left-- > 0) block_ = source_.block();
      step();
      if (::testing::Test::HasFatalFailure()) return;
    }
    while ((!drain_.empty() || !scores_.empty()) && !::testing::Test::HasFatalFailure()) step();
  }

  Model& model() { return model_; }

 private:
  void step() {
    const ArrayTile* tile = next_tile();
    drive_tile(model_, shape_, tile);
    if (tile != nullptr) {
      accumulate(shape_, *tile, sums_);
      if (tile->last) expect_rows(*tile);
      block_.pop_front();
    }
    // Outputs of this cycle are functions of registers; look at them before the edge.
    model_.clk_i = 0;
    model_.eval();
    check(drain_, model_.drain_valid_o, model_.drain_last_o, model_.drain_token_o,
          model_.drain_tag_o, model_.drain_sum_o, 1);
    check(scores_, model_.score_valid_o, model_.score_last_o, model_.score_token_o,
          model_.score_tag_o, model_.score_sum_o, shape_.score_tokens);
    model_.clk_i = 1;
    model_.eval();
    ++cycle_;
  }

  const ArrayTile* next_tile() {
    if (block_.empty()) return nullptr;
    if (pause_ > 0 && pause_-- > 0) return nullptr;
    const ArrayTile& tile = block_.front();
    const std::uint64_t ready = tile.scores ? scores_ready_ : drain_ready_;
    if (tile.last && cycle_ < ready) return nullptr;
    pause_ = source_.pause(pauses_);
    return &tile;
  }

  void expect_rows(const ArrayTile& tile) {
    const int per_cycle = tile.scores ? shape_.score_tokens : 1;
    const int rows = shape_.tokens / per_cycle;
    (tile.scores ? scores_ready_ : drain_ready_) = cycle_ + static_cast<std::uint64_t>(rows);
    for (int r = 0; r < rows; ++r) {
      const auto begin = sums_.begin() + r * per_cycle * shape_.out;
      (tile.scores ? scores_ : drain_)
          .push_back(ExpectedRow{cycle_ + static_cast<std::uint64_t>(kFirstRow + r),
                                 r * per_cycle,
                                 tile.tag,
                                 {begin, begin + per_cycle * shape_.out}});
    }
  }

  template <typename Port>
  void check(std::deque<ExpectedRow>& expected, bool valid, bool last, int token, int tag,
             const Port& sums, int per_cycle) {
    const bool due = !expected.empty() && expected.front().cycle == cycle_;
    ASSERT_EQ(valid, due) << "cycle " << cycle_;
    if (!due) return;
    const ExpectedRow& row = expected.front();
    ASSERT_EQ(token, row.token);
    ASSERT_EQ(tag, row.tag);
    ASSERT_EQ(last, row.token + per_cycle == shape_.tokens);
    for (std::size_t n = 0; n < row.sums.size(); ++n)
      ASSERT_EQ(get_signed(sums, n * 32, 32), row.sums[n]) << "token " << token << " sum " << n;
    expected.pop_front();
  }

  ArrayShape shape_;
  BlockSource source_;
  Pauses pauses_;
  std::vector<std::int32_t> sums_;
  VerilatedContext context_;
  Model model_{&context_};
  std::deque<ArrayTile> block_;
  std::deque<ExpectedRow> drain_, scores_;
  std::uint64_t cycle_ = 0, drain_ready_ = 0, scores_ready_ = 0;
  int pause_ = 0;
};

template <typename Model>
void run_all_pauses(const ArrayShape& shape, int blocks) {
  for (Pauses pauses : {Pauses::kNone, Pauses::kRandom, Pauses::kLong}) {
    Bench<Model> bench(shape, 11 + static_cast<std::uint32_t>(pauses), pauses);
    bench.run(blocks);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

// A quarter of the out lanes: the cascades differ only in their weights, and all of them take
// minutes
// to compile.
TEST(ComputeArray, CascadesOfEightTokensDeliverTheirSums) {
  run_all_pauses<Varray_core>(ArrayShape{8, 16, 4, 4}, 300);
}

TEST(ComputeArray, TwinOfFullSizeDeliversTileProduct) {
  run_all_pauses<Varray_twin>(ArrayShape{8, 16, 16, 4}, 400);
}

TEST(ComputeArray, NarrowCascadesDeliverTheirSums) {
  run_all_pauses<Varray_narrow>(ArrayShape{2, 8, 2, 1}, 2000);
}

TEST(ComputeArray, WideCascadesDeliverTheirSums) {
  run_all_pauses<Varray_wide>(ArrayShape{4, 32, 4, 2}, 500);
}

TEST(ComputeArray, NarrowTwinDeliversTheSameSums) {
  run_all_pauses<Varray_narrow_twin>(ArrayShape{2, 8, 2, 1}, 2000);
}

TEST(ComputeArray, ResetForgetsTilesOnTheirWay) {
  const ArrayShape shape{2, 8, 2, 1};
  VerilatedContext context;
  Varray_narrow model(&context);
  model.rst_ni = 0;
  clock_cycle(model);
  model.rst_ni = 1;
  BlockSource source(shape, 3);
  std::deque<ArrayTile> block = source.block();
  ArrayTile tile = block.front();
  tile.last = true;
  drive_tile(model, shape, &tile);
  clock_cycle(model);
  drive_tile<Varray_narrow>(model, shape, nullptr);
  model.rst_ni = 0;
  clock_cycle(model);
  model.rst_ni = 1;
  for (int n = 0; n < 40; ++n) {
    clock_cycle(model);
    ASSERT_FALSE(model.drain_valid_o || model.score_valid_o);
  }
}

}  // namespace
}  // namespace edgemoe::rtl
