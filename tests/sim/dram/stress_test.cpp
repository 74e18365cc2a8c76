// SPDX-License-Identifier: Apache-2.0
// Random traffic over random parameters: the command log is legal, every request is answered once
// and in order, and the counters add up.
#include <gtest/gtest.h>

#include <random>

#include "jedec_checker.hpp"
#include "traffic.hpp"

namespace edgemoe::sim {
namespace {

DramParameters random_parameters(std::uint64_t seed) {
  std::mt19937_64 random(seed * 977);
  const auto pick = [&random](int low, int high) {
    return low + static_cast<int>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  DramParameters p;
  p.bank_groups = 1 << pick(0, 2);
  p.banks_per_group = 1 << pick(0, 2);
  p.row_bytes = 1024u << pick(0, 3);
  p.size_bytes = 1ull << pick(22, 32);
  p.cl = pick(10, 22);
  p.cwl = pick(9, p.cl);
  p.trcd = pick(8, 20);
  p.trp = pick(8, 20);
  p.tras = pick(20, 45);
  p.trrd_s = pick(4, 6);
  p.trrd_l = p.trrd_s + pick(0, 3);
  p.tfaw = pick(16, 40);
  p.tccd_l = p.tccd_s + pick(0, 3);
  p.twr = pick(8, 20);
  p.twtr_s = pick(2, 5);
  p.twtr_l = p.twtr_s + pick(0, 6);
  p.trtp = pick(4, 10);
  p.trefi = pick(0, 3) == 0 ? 0 : pick(900, 9000);
  p.efficiency_cap = pick(0, 2) == 0 ? 0.4 : 1.0;
  p.ports.clear();
  for (int i = pick(1, 5); i > 0; --i) {
    p.ports.push_back(PortParameters{1 << pick(2, 6), pick(0, 12), pick(0, 12), pick(1, 16)});
  }
  p.controller.read_window = pick(1, 32);
  p.controller.max_row_bypass = pick(0, 8);
  p.controller.write_high = pick(2, 32);
  p.controller.write_low = pick(0, p.controller.write_high - 1);
  p.controller.write_idle_tck = pick(0, 40);
  p.controller.write_max_age_tck = pick(0, 600);
  return p;
}

class DramStress : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    parameters_ = random_parameters(GetParam());
    memory_.emplace(parameters_);
    memory_->set_command_log(&log_);
    TrafficMix mix;
    mix.write_percent = static_cast<int>(GetParam() * 13 % 101);
    mix.mean_gap = 10 + GetParam() * 29 % 300;
    mix.max_bytes = GetParam() % 3 == 0 ? 64 : 6000;
    mix.requests = 1200;
    requests_ = random_traffic(parameters_, memory_->time_base().cycle, mix, GetParam());
    answers_ = run_traffic(*memory_, requests_);
  }

  DramParameters parameters_;
  std::optional<Memory> memory_;
  std::vector<CommandRecord> log_;
  std::vector<Request> requests_;
  Answers answers_;
};

TEST_P(DramStress, CommandsKeepEveryJedecConstraint) {
  const auto found = check_command_log(parameters_, memory_->time_base().tck, 0, log_);
  EXPECT_TRUE(found.empty()) << found.front() << " (one of " << found.size() << ")";
}

TEST_P(DramStress, EveryRequestIsAnsweredOnceAndAfterItsArrival) {
  ASSERT_EQ(answers_.order.size(), requests_.size());
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    ASSERT_NE(answers_.done[i], kNever);
    EXPECT_GE(answers_.done[i], requests_[i].arrival_tick + memory_->min_response_ticks());
    EXPECT_EQ(answers_.done[i] % memory_->time_base().cycle, 0u);
  }
  EXPECT_EQ(memory_->in_flight(), 0u);
  EXPECT_EQ(memory_->next_event(), kNever);
}

TEST_P(DramStress, AnswersComeInOrderOfTimeAndPort) {
  for (std::size_t i = 1; i < answers_.order.size(); ++i) {
    const Response& a = answers_.order[i - 1];
    const Response& b = answers_.order[i];
    EXPECT_LT(std::tie(a.done_tick, a.port, a.write), std::tie(b.done_tick, b.port, b.write));
  }
}

TEST_P(DramStress, EachChannelAnswersInOrderWithRoomForItsBeats) {
  const Tick cycle = memory_->time_base().cycle;
  std::map<std::pair<int, bool>, Tick> last;
  for (const Request& request : requests_) {
    const auto channel = std::make_pair(request.port, request.write);
    const Tick width =
        static_cast<Tick>(parameters_.ports[static_cast<std::size_t>(request.port)].width_bytes);
    const Tick beats = (request.address % width + request.bytes + width - 1) / width;
    const Tick room = request.write ? cycle : beats * cycle;
    const Tick done = answers_.done[request.id];
    if (last.count(channel) > 0) {
      EXPECT_GE(done, last[channel] + room);
    }
    last[channel] = done;
  }
}

TEST_P(DramStress, CountersAddUp) {
  std::uint64_t read = 0, written = 0;
  for (const Request& request : requests_) (request.write ? written : read) += request.bytes;
  const DramCounters c = memory_->counters();
  EXPECT_EQ(c.read_bytes, read);
  EXPECT_EQ(c.write_bytes, written);
  EXPECT_EQ(c.row_hits + c.row_misses + c.row_conflicts, c.read_bursts + c.write_bursts);
  EXPECT_EQ(c.busy_ticks, (c.read_bursts + c.write_bursts) * 4 * memory_->time_base().tck);
  std::uint64_t activates = 0, columns = 0, refreshes = 0;
  for (const auto& r : log_) {
    activates += r.command == DramCommand::kActivate;
    refreshes += r.command == DramCommand::kRefresh;
    columns += r.command == DramCommand::kRead || r.command == DramCommand::kWrite;
  }
  EXPECT_EQ(activates, c.activates);
  EXPECT_EQ(refreshes, c.refreshes);
  EXPECT_EQ(columns, c.read_bursts + c.write_bursts);
  std::uint64_t sampled = 0;
  for (const auto& s : memory_->histogram()) sampled += s.read_bytes + s.write_bytes;
  EXPECT_EQ(sampled, read + written);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DramStress, testing::Range<std::uint64_t>(1, 31));

// The checker itself must be able to object.
TEST(JedecChecker, FindsAViolationOfEachKind) {
  DramParameters p;
  p.trefi = 0;
  using C = DramCommand;
  const auto count = [&p](std::vector<CommandRecord> log) {
    return check_command_log(p, 9, 0, log).size();
  };
  EXPECT_EQ(count({{0, C::kActivate, 0, 1}, {135, C::kRead, 0, 1}}), 0u);
  EXPECT_GT(count({{0, C::kActivate, 0, 1}, {126, C::kRead, 0, 1}}), 0u);       // tRCD
  EXPECT_GT(count({{0, C::kActivate, 0, 1}, {135, C::kRead, 0, 2}}), 0u);       // wrong row
  EXPECT_GT(count({{0, C::kActivate, 0, 1}, {500, C::kActivate, 0, 1}}), 0u);   // still open
  EXPECT_GT(count({{0, C::kActivate, 0, 1}, {27, C::kActivate, 4, 1}}), 0u);    // tRRD_S
  EXPECT_GT(count({{0, C::kActivate, 0, 1}, {36, C::kActivate, 1, 1}}), 0u);    // tRRD_L
  EXPECT_GT(count({{0, C::kActivate, 0, 1}, {315, C::kPrecharge, 0, 0}}), 0u);  // tRAS
  EXPECT_GT(count({{0, C::kActivate, 0, 1}, {900, C::kRefresh, 0, 0}}), 0u);    // open bank
  EXPECT_GT(count({{1, C::kActivate, 0, 1}}), 0u);                              // off the clock
  EXPECT_GT(count({{0, C::kActivate, 0, 0},
                   {36, C::kActivate, 4, 0},
                   {72, C::kActivate, 8, 0},
                   {108, C::kActivate, 12, 0},
                   {162, C::kActivate, 1, 0}}),
            0u);  // tFAW
  p.trefi = 800;
  EXPECT_GT(count({{0, C::kActivate, 0, 1}, {9000, C::kRead, 0, 1}}), 0u);  // refresh left out
}

}  // namespace
}  // namespace edgemoe::sim
