// SPDX-License-Identifier: Apache-2.0
// ROUTE with the whole router: every group, signal, end and publication in the cycle of the cycle
// engine; choices, queues and lengths of hls/kernels; active set and order of plan_experts; with
// logits that are late at random or for long.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <numeric>
#include <vector>

#include "Vroute16.h"
#include "Vroute2.h"
#include "Vroute8.h"
#include "hls/kernels/router.hpp"
#include "rtl/harness/bits.hpp"
#include "sim/units/router.hpp"
#include "tests/rtl/unit_bench/script_random.hpp"
#include "tests/rtl/unit_bench/signals.hpp"
#include "tests/sim/units/support.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

using Limits = hls::BoardLimits;
using Memory = hls::TokenMemory<hls::W8A8, Limits>;

struct Shape {
  int token_lanes, segments, segment_rows, experts;
  models::Prefetch prefetch;
};
constexpr Shape kShape2{2, 2, 24, 8, models::Prefetch::kPopular};
constexpr Shape kShape8{8, 2, 136, 16, models::Prefetch::kPopular};
constexpr Shape kShape16{16, 1, 64, 4, models::Prefetch::kNone};

constexpr std::uint64_t kChoiceLatency = 34;  // read 2, register 1, edgemoe_router 31
constexpr std::uint64_t kWriteAhead = 2;      // from the write of a token's logits to its read

/// What the kernels make of one ROUTE.
struct RouteResult {
  int first_row = 0;
  std::vector<std::vector<std::int32_t>> logits;          // by token
  std::vector<std::vector<hls::RoutedChoice>> choices;  // by token
};

/// What they leave after a block's last ROUTE.
struct BlockResult {
  int last_route = 0, tag = 0;
  std::vector<std::vector<hls::QueueEntry>> queues;
};

struct RouteScript {
  UnitScript script;
  std::map<int, RouteResult> routes;  ///< by command
  std::vector<BlockResult> blocks;
};

class Author {
 public:
  Author(const Shape& shape, Stall stall, std::uint64_t seed)
      : s_(shape), random_(stall, seed), memory_(std::make_unique<Memory>()) {
    UnitScript& script = out_.script;
    script.board = sim::test_board();
    script.design = sim::test_design();
    script.design.array.token_lanes = s_.token_lanes;
    script.design.loader.prefetch = s_.prefetch;
  }

  RouteScript run(int blocks) {
    sim::ProgramBuilder builder;
    for (int b = 0; b < blocks; ++b) {
      experts_.push_back(random_.from(1, s_.experts));
      const int tokens = random_.chance(4) ? s_.segment_rows : random_.from(1, s_.segment_rows);
      builder.moe(b, tokens, 16, 16, experts_.back(), list(experts_.back()),
                  random_.from(1, s_.segments));
    }
    out_.script.commands = builder.finish();
    for (program::Command& c : out_.script.commands) {
      if (c.opcode == program::Opcode::kRoute) route(&c, blocks);
    }
    return std::move(out_);
  }

 private:
  std::vector<int> list(int experts) {
    std::vector<int> all(static_cast<std::size_t>(experts));
    std::iota(all.begin(), all.end(), 0);
    std::shuffle(all.begin(), all.end(), random_.random());
    all.resize(static_cast<std::size_t>(random_.below(experts + 1)));
    return all;
  }

  void route(program::Command* c, int blocks) {
    const int groups = (c->tokens + s_.token_lanes - 1) / s_.token_lanes;
    random_.dispatch(&out_.script, c->id);
    random_.waits(&out_.script, c, 2 * places_, groups);
    random_.signals(c, 64 + places_);
    // A block is routed behind the publication of the one before it.
    if (c->last_route && c->layer + 1 < blocks) c->signal_mode = program::SignalMode::kEnd;
    if (c->first_route && c->layer > 0)
      c->wait[2] = {program::WaitMode::kStart, static_cast<std::uint8_t>(64 + places_ - 1), 1};
    ++places_;
    job(c);
  }

  /// Windows, choices and thresholds of every kind.
  void job(program::Command* c) {
    const int experts = experts_[c->layer];
    const int low = random_.chance(2) ? 0 : random_.below(experts);
    const int high = random_.chance(2) ? experts : random_.from(low + 1, experts);
    const std::uint32_t thresholds[] = {0, 0, 0, 1, 13107, 32768, 65537};
    c->window_lo = static_cast<std::uint8_t>(low);
    c->window_hi = static_cast<std::uint8_t>(high);
    c->top_k = static_cast<std::uint8_t>(
        std::min(random_.from(1, program::kMaxTopK), high - low));
    c->threshold = thresholds[random_.below(7)];
    compute(*c);
  }

  std::int32_t logit(int kind, int shift) {
    if (kind == 0) return 777;
    if (kind == 1) return random_.from(-1, 1) * (1 << 18);
    if (kind == 2) return random_.chance(2) ? INT32_MAX : INT32_MIN;
    return static_cast<std::int32_t>(random_.random()()) >> shift;
  }

  void compute(const program::Command& c) {
    RouteResult& result = out_.routes[c.id];
    result.first_row = c.task_slot * s_.segment_rows;
    for (int t = 0; t < c.tokens; ++t) {
      const int kind = random_.below(10), shift = random_.below(20);
      std::vector<std::int32_t> row;
      for (int e = 0; e < 16; ++e) {
        row.push_back(logit(kind, shift));
        memory_->logits[result.first_row + t][e] = row.back();
      }
      result.logits.push_back(row);
    }
    if (c.first_route) hls::clear_queues(*memory_);
    hls::RouteJob job{};
    job.first_row = job.first_queue_row = result.first_row;
    job.tokens = c.tokens;
    job.experts = experts_[c.layer];
    job.window_lo = c.window_lo;
    job.window_hi = c.window_hi;
    job.top_k = c.top_k;
    job.threshold = c.threshold;
    hls::route<hls::W8A8, Limits>(job, *memory_);
    note(c, &result);
  }

  void note(const program::Command& c, RouteResult* result) {
    program::SegmentRouting segment;
    segment.layer = c.layer;
    segment.segment = c.task_slot;
    segment.tokens = c.tokens;
    segment.top_k = c.top_k;
    for (int t = 0; t < c.tokens; ++t) {
      const hls::RoutedChoice* choices = memory_->choices[result->first_row + t];
      result->choices.emplace_back(choices, choices + c.top_k);
      for (const hls::RoutedChoice& choice : result->choices.back())
        segment.choices.push_back({choice.expert, choice.score, !choice.kept});
    }
    out_.script.routing.segments.push_back(segment);
    if (!c.last_route) return;
    BlockResult block{c.id, c.tag, {}};
    for (int e = 0; e < experts_[c.layer]; ++e)
      block.queues.emplace_back(memory_->queue[e], memory_->queue[e] + memory_->queue_length[e]);
    out_.blocks.push_back(block);
  }

  Shape s_;
  ScriptRandom random_;
  std::unique_ptr<Memory> memory_;
  std::vector<int> experts_;
  RouteScript out_;
  int places_ = 0;
};

int bits_for(int values) {
  int bits = 0;
  while ((1 << bits) < values) ++bits;
  return bits;
}

template <typename Model>
class Bench {
 public:
  Bench(const Shape& shape, const RouteScript& route, const UnitRecord& record, std::uint64_t seed)
      : s_(shape),
        route_(route),
        record_(record),
        index_(route.script.commands, route.script.routing, route.script.design),
        front_(route.script.commands, record.counters, route.script.dispatches),
        random_(seed),
        expert_bits_(bits_for(shape.experts)),
        length_bits_(bits_for(shape.segments * shape.segment_rows + 1)) {
    schedule_logits();
    dut_.reset();
  }

  void run() {
    const std::size_t all = route_.script.dispatches.size();
    while (signals_.ended() < all || published_ < route_.blocks.size()) {
      ASSERT_LT(cycle_, 400'000u) << "does not end";
      step();
      if (::testing::Test::HasFailure()) return;
    }
    EXPECT_TRUE(choices_.empty());
    read_all();
  }

  void compare() const {
    signals_.compare(route_.script, record_);
    ASSERT_EQ(groups_.size(), record_.events.size());
    for (std::size_t i = 0; i < groups_.size(); ++i)
      EXPECT_EQ(sim::to_line(groups_[i]), sim::to_line(record_.events[i]));
  }

  std::uint64_t entries_read() const { return entries_read_; }

 private:
  struct Expected {
    std::uint64_t cycle;
    int row;
    const std::vector<hls::RoutedChoice>* choices;
  };

  /// The engine says when a token is read; its logits are written shortly before.
  void schedule_logits() {
    for (const sim::UnitEvent& event : record_.events) {
      const RouteResult& result = route_.routes.at(event.command);
      const std::size_t first = event.index * static_cast<std::size_t>(s_.token_lanes);
      const std::size_t lanes = static_cast<std::size_t>(s_.token_lanes);
      for (std::size_t t = first; t < std::min(first + lanes, result.logits.size()); ++t) {
        logits_[event.cycle + (t - first) - kWriteAhead] = {
            result.first_row + static_cast<int>(t), &result.logits[t]};
      }
    }
  }

  void step() {
    const int starts = front_.starts(cycle_);
    dut_->start_i = starts >= 0;
    if (starts >= 0) front_.put_command(dut_->cmd_i, starts);
    dut_->start_reached_i = front_.start_reached(cycle_);
    write_logits();
    drive_queue();
    dut_.settle();
    dut_->group_reached_i = front_.group_reached(dut_->group_o, cycle_);
    dut_.settle();
    look();
    front_.pop(cycle_, dut_->free_o != 0);
    dut_.tick();
    ++cycle_;
  }

  void write_logits() {
    const auto at = logits_.find(cycle_);
    dut_->logits_wen_i = at != logits_.end();
    if (at == logits_.end()) return;
    dut_->logits_wrow_i = static_cast<std::uint16_t>(at->second.first);
    dut_->logits_wword_i = 0;
    for (std::size_t e = 0; e < 16; ++e)
      rtl::put_bits(dut_->logits_wdata_i, 32 * e, 32, (*at->second.second)[e]);
  }

  void look() {
    look_at_publication();  // the next block may begin in the same cycle
    if (dut_->trc_route_o) {
      groups_.push_back({cycle_, sim::EventKind::kRouteGroup, dut_->trc_route_id_o,
                         dut_->trc_route_index_o});
      expect_group(dut_->trc_route_id_o, dut_->trc_route_index_o);
    }
    if (dut_->trc_choice_o) check_choice();
    if (dut_->event_valid_o) {
      signals_.event(cycle_, dut_->event_signal_o, dut_->event_counter_o, 1, dut_->event_done_o,
                     dut_->event_id_o);
    }
    check_queue();
  }

  void expect_group(int id, std::uint32_t group) {
    const RouteResult& result = route_.routes.at(id);
    const std::size_t lanes = static_cast<std::size_t>(s_.token_lanes);
    for (std::size_t n = 0; n < lanes; ++n) {
      const std::size_t t = group * lanes + n;
      if (t >= result.choices.size()) break;
      choices_.push_back(
          {cycle_ + n + kChoiceLatency, result.first_row + static_cast<int>(t),
           &result.choices[t]});
    }
    if (group == 0 && route_.script.commands[static_cast<std::size_t>(id)].first_route)
      shown_ = nullptr;  // its queues are cleared
  }

  void check_choice() {
    ASSERT_FALSE(choices_.empty()) << "cycle " << cycle_;
    const Expected expected = choices_.front();
    choices_.pop_front();
    EXPECT_EQ(cycle_, expected.cycle);
    EXPECT_EQ(dut_->trc_choice_row_o, expected.row);
    EXPECT_EQ(dut_->trc_choice_chosen_o, (1 << expected.choices->size()) - 1);
    for (std::size_t k = 0; k < expected.choices->size(); ++k) {
      const hls::RoutedChoice& choice = (*expected.choices)[k];
      const auto width = static_cast<std::size_t>(expert_bits_);
      EXPECT_EQ(get(dut_->trc_choice_expert_o, k * width, expert_bits_), choice.expert);
      EXPECT_EQ(get(dut_->trc_choice_score_o, 17 * k, 17), choice.score);
      EXPECT_EQ(get(dut_->trc_choice_kept_o, k, 1), choice.kept);
    }
  }

  void look_at_publication() {
    if (dut_->pub_count_o == published_) return;
    ASSERT_EQ(dut_->pub_count_o, published_ + 1);
    ASSERT_LT(published_, route_.blocks.size());
    shown_ = &route_.blocks[published_++];
    EXPECT_EQ(cycle_, record_.published.at(shown_->tag)) << "publication of " << shown_->tag;
    const sim::ExpertPlan& plan = index_.block(shown_->tag).plan;
    const auto count = static_cast<int>(shown_->queues.size());
    for (int e = 0; e < s_.experts; ++e) {
      const auto at = static_cast<std::size_t>(e);
      const std::uint64_t length = e < count ? shown_->queues[at].size() : 0;
      EXPECT_EQ(get(dut_->pub_active_o, at, 1), length != 0) << "expert " << e;
      EXPECT_EQ(get(dut_->pub_length_o, at * static_cast<std::size_t>(length_bits_), length_bits_),
                length)
          << "expert " << e;
    }
    ASSERT_EQ(dut_->pub_exec_count_o, plan.execution.size());
    ASSERT_EQ(dut_->pub_rest_count_o, plan.rest.size());
    const auto width = static_cast<std::size_t>(expert_bits_);
    for (std::size_t i = 0; i < plan.execution.size(); ++i) {
      EXPECT_EQ(static_cast<int>(get(dut_->pub_exec_list_o, i * width, expert_bits_)),
                plan.execution[i].expert);
    }
    for (std::size_t i = 0; i < plan.rest.size(); ++i) {
      EXPECT_EQ(static_cast<int>(get(dut_->pub_rest_list_o, i * width, expert_bits_)),
                plan.rest[i].expert);
    }
  }

  /// A read of any entry of the block that is public, and not yet cleared; answered in two cycles.
  void drive_queue() {
    reads_.push_back({});
    if (shown_ != nullptr) {
      const std::size_t e = random_() % shown_->queues.size();
      if (!shown_->queues[e].empty()) ask(e, random_() % shown_->queues[e].size());
    }
  }

  void ask(std::size_t expert, std::size_t n) {
    dut_->queue_expert_i = static_cast<std::uint8_t>(expert);
    dut_->queue_index_i = static_cast<std::uint16_t>(n);
    reads_.back() = {&shown_->queues[expert][n], shown_};
  }

  void check_queue() {
    if (reads_.size() < 3) return;
    const Read read = reads_.front();
    reads_.pop_front();
    // The queues of a block are read until the next one clears them.
    if (read.entry == nullptr || read.block != shown_) return;
    EXPECT_EQ(dut_->queue_row_o, read.entry->row);
    EXPECT_EQ(dut_->queue_score_o, read.entry->score);
    ++entries_read_;
  }

  /// Every entry of the last block.
  void read_all() {
    const BlockResult& block = route_.blocks.back();
    for (std::size_t e = 0; e < block.queues.size(); ++e) {
      for (std::size_t n = 0; n < block.queues[e].size(); ++n) {
        reads_.push_back({});
        ask(e, n);
        dut_.settle();
        check_queue();
        dut_.tick();
      }
    }
  }

  template <typename Port>
  static std::uint64_t get(const Port& port, std::size_t at, int width) {
    return rtl::get_bits(port, at, width);
  }

  struct Read {
    const hls::QueueEntry* entry = nullptr;
    const BlockResult* block = nullptr;
  };
  Shape s_;
  const RouteScript& route_;
  const UnitRecord& record_;
  sim::ProgramIndex index_;
  UnitFront front_;
  std::mt19937_64 random_;
  int expert_bits_, length_bits_;
  Dut<Model> dut_{"router control"};
  std::map<std::uint64_t, std::pair<int, const std::vector<std::int32_t>*>> logits_;
  std::deque<Expected> choices_;
  std::deque<Read> reads_;
  std::vector<sim::UnitEvent> groups_;
  Signals signals_;
  const BlockResult* shown_ = nullptr;
  std::size_t published_ = 0;
  std::uint64_t cycle_ = 0, entries_read_ = 0;
};

template <typename Model>
void expect_engine(const Shape& shape, std::uint64_t seeds) {
  for (const Stall stall : kAllStalls) {
    std::uint64_t entries = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      SCOPED_TRACE(std::string(name_of(stall)) + ", seed " + std::to_string(seed));
      const RouteScript route = Author(shape, stall, seed).run(6);
      const UnitRecord record = record_unit<sim::Router>(route.script);
      Bench<Model> bench(shape, route, record, seed);
      bench.run();
      bench.compare();
      entries += bench.entries_read();
      if (::testing::Test::HasFailure()) return;
    }
    EXPECT_GT(entries, 50u);
  }
}

TEST(RouterControl, IsEngineAndKernelsWithEightExpertsAndTwoTokenLanes) {
  expect_engine<Vroute2>(kShape2, 12);
}
TEST(RouterControl, IsEngineAndKernelsWithSixteenExpertsAndEightTokenLanes) {
  expect_engine<Vroute8>(kShape8, 6);
}
TEST(RouterControl, IsEngineAndKernelsWithFourExpertsThatAreNotPrefetched) {
  expect_engine<Vroute16>(kShape16, 12);
}

}  // namespace
}  // namespace edgemoe::test
