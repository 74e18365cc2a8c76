// SPDX-License-Identifier: Apache-2.0
// Answers depend on the requests alone: not on when the caller advances, in which order it submits
// what arrives together, on skipping idle clocks, or on where in time the doorbell lies.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "traffic.hpp"

namespace edgemoe::sim {
namespace {

DramParameters three_ports() {
  DramParameters p;
  p.ports = {PortParameters{16, 3, 2, 16}, PortParameters{16, 0, 5, 16},
             PortParameters{32, 7, 0, 8}};
  p.trefi = 1200;
  return p;
}

std::vector<Request> traffic(const DramParameters& p, std::uint64_t seed, Tick begin = 0) {
  TrafficMix mix;
  mix.requests = 1500;
  mix.mean_gap = 30 + 40 * (seed % 4);
  return random_traffic(p, 32, mix, seed, begin);
}

class DramPurity : public testing::TestWithParam<std::uint64_t> {};

TEST_P(DramPurity, AnswersDoNotDependOnAdvanceGranularity) {
  const DramParameters p = three_ports();
  const auto requests = traffic(p, GetParam());
  Memory coarse(p);
  const Answers expected = run_traffic(coarse, requests, [] { return Tick{1} << 30; });
  std::mt19937_64 random(GetParam());
  Memory fine(p), ragged(p), cycles(p);
  EXPECT_EQ(run_traffic(fine, requests, [] { return Tick{1}; }).done, expected.done);
  EXPECT_EQ(run_traffic(cycles, requests, [] { return Tick{32}; }).done, expected.done);
  EXPECT_EQ(run_traffic(ragged, requests, [&] { return 1 + random() % 500; }).done, expected.done);
}

TEST_P(DramPurity, AnswersDoNotDependOnSkippingIdleClocks) {
  DramParameters p = three_ports();
  p.efficiency_cap = GetParam() % 2 == 0 ? 0.6 : 1.0;
  const auto requests = traffic(p, GetParam());
  Memory skipping(p), stepping(p);
  std::vector<CommandRecord> log_a, log_b;
  skipping.set_command_log(&log_a);
  stepping.set_command_log(&log_b);
  stepping.set_step_every_clock(true);
  EXPECT_EQ(run_traffic(stepping, requests).done, run_traffic(skipping, requests).done);
  ASSERT_LE(log_a.size(), log_b.size() + 4);
  for (std::size_t i = 0; i < std::min(log_a.size(), log_b.size()); ++i) {
    ASSERT_EQ(log_a[i].tick, log_b[i].tick) << "command " << i;
  }
}

TEST_P(DramPurity, AnswersDoNotDependOnSubmissionOrderAcrossPorts) {
  const DramParameters p = three_ports();
  const auto requests = traffic(p, GetParam());
  Memory straight(p), by_channel(p);
  const Answers expected = run_traffic(straight, requests);
  // Everything of the last port first, writes before reads; order within a channel stays.
  std::vector<Request> shuffled = requests;
  std::stable_sort(shuffled.begin(), shuffled.end(), [](const Request& a, const Request& b) {
    return std::tie(b.port, b.write) < std::tie(a.port, a.write);
  });
  for (const Request& request : shuffled) by_channel.submit(request);
  by_channel.advance(Tick{1} << 26);
  Answers answers;
  answers.done.assign(requests.size(), kNever);
  pop_all(by_channel, &answers);
  EXPECT_EQ(answers.done, expected.done);
}

TEST_P(DramPurity, AnswersMoveWithTheDoorbell) {
  const DramParameters p = three_ports();
  auto requests = traffic(p, GetParam());
  Memory at_zero(p), later(p);
  Answers expected = run_traffic(at_zero, requests);
  const Tick shift = 32 * 12345;
  for (Request& request : requests) request.arrival_tick += shift;
  later.start(shift);
  for (Tick& done : expected.done) done += shift;
  EXPECT_EQ(run_traffic(later, requests).done, expected.done);
}

TEST_P(DramPurity, SecondUseAfterStartEqualsTheFirst) {
  const DramParameters p = three_ports();
  auto requests = traffic(p, GetParam());
  Memory memory(p);
  const Answers first = run_traffic(memory, requests);
  const DramCounters counters = memory.counters();
  memory.start(0);
  EXPECT_EQ(run_traffic(memory, requests).done, first.done);
  EXPECT_EQ(memory.counters().activates, counters.activates);
  EXPECT_EQ(memory.counters().busy_ticks, counters.busy_ticks);
}

TEST_P(DramPurity, NextEventNeverPromisesTooLate) {
  const DramParameters p = three_ports();
  const auto requests = traffic(p, GetParam());
  Memory memory(p);
  const Tick cycle = memory.time_base().cycle;
  const Answers expected = run_traffic(memory, requests);
  // A client that only wakes when next_event says so must see each answer before its edge.
  Memory lazy(p);
  std::size_t submitted = 0;
  Response response;
  std::size_t answered = 0;
  Tick now = 0;
  while (answered < requests.size()) {
    for (; submitted < requests.size() && requests[submitted].arrival_tick <= now; ++submitted) {
      lazy.submit(requests[submitted]);
    }
    lazy.advance(now);
    while (lazy.pop_response(&response)) {
      ++answered;
      EXPECT_GT(response.done_tick, now);
      EXPECT_EQ(response.done_tick, expected.done[response.id]);
    }
    const Tick next = lazy.next_event();
    Tick wake = next == kNever ? kNever : (next / cycle - 1) * cycle;
    if (submitted < requests.size()) wake = std::min(wake, requests[submitted].arrival_tick);
    if (answered == requests.size()) break;
    ASSERT_NE(wake, kNever);
    ASSERT_GT(wake, now);
    now = wake;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, DramPurity, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace edgemoe::sim
