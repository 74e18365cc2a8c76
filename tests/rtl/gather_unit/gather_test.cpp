// SPDX-License-Identifier: Apache-2.0
// The gather unit brings the rows of a queue into the staging half, word by word in its cycle, at
// the shortest distance of two jobs or with pauses; and remembers, for the drain, the scale of
// every gathered row and which row and score every place of the queue had.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <random>
#include <utility>
#include <vector>

#include "Vgather2.h"
#include "Vgather8.h"
#include "rtl/harness/bits.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

using rtl::get_bits;
using rtl::put_bits;

struct Shape {
  int token_lanes, experts, rows, dim_words, norm_beats, beat_words;
};
constexpr Shape kShape8{8, 16, 272, 12, 6, 2};
constexpr Shape kShape2{2, 4, 48, 3, 3, 1};

constexpr std::uint64_t kStaged = 7;  // from the start to the first write into staging
constexpr std::uint64_t kLookUp = 3;

struct Entry {
  int row;
  std::uint32_t score;
};

struct Job {
  int expert, half, words, index;
  std::vector<Entry> rows;
  int slot;  // of the scales
};

template <typename Model>
class Bench {
 public:
  Bench(const Shape& shape, Stall stall) : s_(shape), stall_(stall) {
    scales_.resize(at(s_.rows));
    z8_.resize(at(s_.rows * s_.dim_words));
    queues_.resize(at(s_.experts));
    staged_.resize(at(s_.experts));
    for (auto& word : z8_) {
      for (std::uint32_t& part : word) part = random_();
    }
    dut_.reset();
    for (int row = 0; row < s_.rows; ++row) {
      scales_[at(row)] = random_() % 131072;
      dut_->nrm_valid_i = 1;
      dut_->nrm_row_i = static_cast<std::uint16_t>(row);
      dut_->nrm_scale_i = scales_[at(row)];
      dut_.tick();
    }
    dut_->nrm_valid_i = 0;
  }

  void run(int experts) {
    for (int e = 0; e < experts && !::testing::Test::HasFailure(); ++e) run_expert();
    for (int i = 0; i < 40; ++i) cycle();
    EXPECT_TRUE(due_.empty());
  }
  int looked_up() const { return looked_up_; }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  int pause() {
    if (stall_ == Stall::kNone) return 0;
    if (stall_ == Stall::kRandom) return below(10) < 3 ? 1 + below(3) : 0;
    return below(6) == 0 ? 20 + below(60) : 0;
  }

  /// A queue of an expert that is not one of the two before it, group by group.
  void run_expert() {
    int expert = below(s_.experts);
    while (std::count(recent_.begin(), recent_.end(), expert) != 0) expert = below(s_.experts);
    // An expert's queue comes again in another block only: nothing of it is on its way.
    while (std::any_of(due_.begin(), due_.end(),
                       [&](const Due& due) { return due.job.expert == expert; }))
      cycle();
    recent_.push_back(expert);
    if (recent_.size() > 2) recent_.pop_front();
    const int length = below(3) == 0 ? 1 : below(8) == 0 ? s_.rows : 1 + below(3 * s_.token_lanes);
    std::vector<Entry>& queue = queues_[at(expert)];
    queue.clear();
    staged_[at(expert)] = 0;
    for (int n = 0; n < length; ++n)
      queue.push_back({below(s_.rows), static_cast<std::uint32_t>(random_() % 131072)});
    const int words = 1 + below(s_.dim_words);
    for (int index = 0; index < length; index += s_.token_lanes) {
      const int rows = std::min(s_.token_lanes, length - index);
      const auto first = queue.begin() + index;
      run_job({expert, half_, words, index, {first, first + rows}, 0});
      half_ = 1 - half_;
    }
  }

  void run_job(Job job) {
    for (int i = pause(); i > 0; --i) cycle();
    dut_->start_i = 1;
    dut_->expert_i = static_cast<std::uint8_t>(job.expert);
    dut_->index_i = static_cast<std::uint16_t>(job.index);
    dut_->rows_i = static_cast<std::uint8_t>(job.rows.size());
    dut_->half_i = static_cast<std::uint8_t>(job.half);
    dut_->words_i = static_cast<std::uint8_t>(job.words);
    const std::uint64_t cycles = job.rows.size() * static_cast<std::uint64_t>(job.words);
    const std::uint64_t start = cycle_;
    cycle();
    dut_->start_i = 0;
    dut_.settle();
    job.slot = static_cast<int>(get_bits(dut_->slot_o, at(4 * job.half), 4));
    for (std::uint64_t j = 0; j < cycles; ++j) due_.push_back({start + kStaged + j, job, j});
    for (std::uint64_t j = 1; j < cycles; ++j) cycle();
  }

  void cycle() {
    answer_reads();
    if (random_() % 2 == 0) {
      ask_scale();
      ask_queue();
    }
    dut_.settle();
    note_reads();
    check_staging();
    check_lookups();
    dut_.tick();
    dut_->staged_ren_i = dut_->queue_ren_i = 0;
    ++cycle_;
  }

  /// Queue and z8 answer after two cycles and keep their answer.
  void answer_reads() {
    if (queue_read_[1] != nullptr) {
      dut_->que_row_i = static_cast<std::uint16_t>(queue_read_[1]->row);
      dut_->que_score_i = queue_read_[1]->score;
    }
    for (int t = 0; t < s_.token_lanes; ++t) {
      if (z8_lanes_[1] >> t & 1) put_z8(t);
    }
  }

  void put_z8(int lane) {
    const int group = z8_at_[1].first / s_.norm_beats, beat = z8_at_[1].first % s_.norm_beats;
    const auto& word = z8(group * s_.token_lanes + lane, beat * s_.beat_words + z8_at_[1].second);
    for (std::size_t i = 0; i < 4; ++i) put_bits(dut_->z8_i, 128 * at(lane) + 32 * i, 32, word[i]);
  }

  const std::array<std::uint32_t, 4>& z8(int row, int word) const {
    return z8_.at(at(row * s_.dim_words + word));
  }

  void note_reads() {
    queue_read_[1] = queue_read_[0];
    queue_read_[0] =
        dut_->que_ren_o ? &queues_[dut_->que_expert_o].at(dut_->que_index_o) : nullptr;
    z8_lanes_[1] = z8_lanes_[0];
    z8_lanes_[0] = dut_->z8_lanes_o;
    z8_at_[1] = z8_at_[0];
    z8_at_[0] = {dut_->z8_addr_o, dut_->z8_word_o};
  }

  void check_staging() {
    const bool now = !due_.empty() && due_.front().cycle == cycle_;
    if (!now) {
      EXPECT_EQ(dut_->stage_lanes_o, 0) << "cycle " << cycle_;
      return;
    }
    const Due due = due_.front();
    due_.pop_front();
    const auto words = static_cast<std::uint64_t>(due.job.words);
    const std::size_t lane = due.j / words;
    const int word = static_cast<int>(due.j % words);
    const Entry& entry = due.job.rows[lane];
    EXPECT_EQ(dut_->stage_lanes_o, 1u << lane) << "cycle " << cycle_;
    EXPECT_EQ(dut_->stage_addr_o, word + due.job.half * s_.dim_words);
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_EQ(get_bits(dut_->stage_o, 32 * i, 32), z8(entry.row, word)[i]) << "cycle " << cycle_;
    if (word == 0 && lane == 0) slots_.push_back({due.job.slot, {}});
    if (word == 0) {
      slots_.back().scales.push_back(scales_[at(entry.row)]);
      staged_[at(due.job.expert)] = due.job.index + static_cast<int>(lane) + 1;
    }
    if (slots_.size() > 12) slots_.pop_front();
  }

  void ask_scale() {
    if (slots_.empty()) return;
    const Slot& slot = slots_[at(below(static_cast<int>(slots_.size())))];
    const std::size_t lane = random_() % slot.scales.size();
    dut_->staged_ren_i = 1;
    dut_->staged_slot_i = static_cast<std::uint8_t>(slot.slot);
    dut_->staged_lane_i = static_cast<std::uint8_t>(lane);
    scale_answers_.push_back({cycle_ + kLookUp, slot.scales[lane]});
  }

  /// A place of this queue that has been staged, or of the queue before it.
  void ask_queue() {
    if (recent_.empty()) return;
    const int expert = recent_[random_() % recent_.size()];
    const int places = staged_[at(expert)];
    if (places == 0) return;
    const int place = below(places);
    dut_->queue_ren_i = 1;
    dut_->queue_expert_i = static_cast<std::uint8_t>(expert);
    dut_->queue_place_i = static_cast<std::uint16_t>(place);
    queue_answers_.push_back({cycle_ + kLookUp, queues_[at(expert)][at(place)]});
  }

  void check_lookups() {
    if (!scale_answers_.empty() && scale_answers_.front().first == cycle_) {
      EXPECT_EQ(dut_->staged_scale_o, scale_answers_.front().second) << "cycle " << cycle_;
      scale_answers_.pop_front();
      ++looked_up_;
    }
    if (!queue_answers_.empty() && queue_answers_.front().first == cycle_) {
      EXPECT_EQ(dut_->queue_row_o, queue_answers_.front().second.row) << "cycle " << cycle_;
      EXPECT_EQ(dut_->queue_score_o, queue_answers_.front().second.score) << "cycle " << cycle_;
      queue_answers_.pop_front();
      ++looked_up_;
    }
  }

  struct Due {
    std::uint64_t cycle;
    Job job;
    std::uint64_t j;
  };
  struct Slot {
    int slot;
    std::vector<std::uint32_t> scales;
  };
  Shape s_;
  Stall stall_;
  std::mt19937 random_{8};
  Dut<Model> dut_{"gather unit"};
  std::vector<std::uint32_t> scales_;
  std::vector<std::array<std::uint32_t, 4>> z8_;
  std::vector<std::vector<Entry>> queues_;
  std::deque<int> recent_;
  std::vector<int> staged_;  // by expert, places of its queue
  int half_ = 0, looked_up_ = 0;
  std::uint64_t cycle_ = 0;
  std::deque<Due> due_;
  std::deque<Slot> slots_;
  const Entry* queue_read_[2] = {nullptr, nullptr};
  std::uint32_t z8_lanes_[2] = {0, 0};
  std::pair<int, int> z8_at_[2];
  std::deque<std::pair<std::uint64_t, std::uint32_t>> scale_answers_;
  std::deque<std::pair<std::uint64_t, Entry>> queue_answers_;
};

template <typename Model>
void expect_gathers(const Shape& shape) {
  for (const Stall stall : kAllStalls) {
    Bench<Model> bench(shape, stall);
    bench.run(60);
    EXPECT_GT(bench.looked_up(), 500) << name_of(stall);
  }
}

TEST(GatherUnit, BringsQueuesToStagingWithEightTokenLanes) { expect_gathers<Vgather8>(kShape8); }
TEST(GatherUnit, BringsQueuesToStagingWithTwoTokenLanes) { expect_gathers<Vgather2>(kShape2); }

}  // namespace
}  // namespace edgemoe::test
