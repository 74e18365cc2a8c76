// SPDX-License-Identifier: Apache-2.0
// Single accesses against closed forms. Clock edges are multiples of 9 ticks, PL edges of 32.
#include <gtest/gtest.h>

#include <vector>

#include "traffic.hpp"

namespace edgemoe::sim {
namespace {

constexpr Tick kCycle = 32;
constexpr Tick kTck = 9;
constexpr std::uint64_t kSetBytes = 4 * 8192;      // open rows of one bank in each group
constexpr std::uint64_t kNextRow = 4 * kSetBytes;  // same bank, next row

Tick clocks(int n) { return static_cast<Tick>(n) * kTck; }
Tick pl_edge(Tick t) { return (t + kCycle - 1) / kCycle * kCycle; }
Tick clock_edge(Tick t) { return (t + kTck - 1) / kTck * kTck; }

DramParameters quiet() {
  DramParameters p;
  p.trefi = 0;
  return p;
}

Request read_at(std::uint64_t id, Tick cycle, std::uint64_t address, std::uint64_t bytes = 64) {
  return Request{id, 0, false, address, bytes, cycle * kCycle};
}
Request write_at(std::uint64_t id, Tick cycle, std::uint64_t address, std::uint64_t bytes = 64) {
  return Request{id, 0, true, address, bytes, cycle * kCycle};
}

/// Read command at `command`: the last of four 16-B beats.
Tick read_done(const DramParameters& p, Tick command) {
  return pl_edge(command + clocks(p.cl + 4)) + 3 * kCycle;
}

std::vector<CommandRecord> log_of(const DramParameters& p, const std::vector<Request>& requests,
                                  std::vector<Tick>* done = nullptr) {
  Memory memory(p);
  std::vector<CommandRecord> log;
  memory.set_command_log(&log);
  const Answers answers = run_traffic(memory, requests);
  if (done != nullptr) *done = answers.done;
  return log;
}

std::vector<Tick> ticks_of(const std::vector<CommandRecord>& log, DramCommand command) {
  std::vector<Tick> ticks;
  for (const auto& record : log) {
    if (record.command == command) ticks.push_back(record.tick);
  }
  return ticks;
}

TEST(DramClosedForm, TickIs32PerCycleAnd9PerClock) {
  const Memory memory(quiet());
  EXPECT_EQ(memory.time_base().cycle, kCycle);
  EXPECT_EQ(memory.time_base().tck, kTck);
}

TEST(DramClosedForm, RowMissTakesActivateReadAndFourBeats) {
  const DramParameters p = quiet();
  std::vector<Tick> done;
  log_of(p, {read_at(0, 0, 0)}, &done);
  EXPECT_EQ(done[0], read_done(p, clocks(p.trcd)));
}

TEST(DramClosedForm, RowHitTakesReadOnly) {
  const DramParameters p = quiet();
  std::vector<Tick> done;
  log_of(p, {read_at(0, 0, 0), read_at(1, 100, 256)}, &done);
  EXPECT_EQ(done[1], read_done(p, clock_edge(100 * kCycle)));
}

TEST(DramClosedForm, BankConflictAddsPrechargeAndActivate) {
  const DramParameters p = quiet();
  std::vector<Tick> done;
  log_of(p, {read_at(0, 0, 0), read_at(1, 100, kNextRow)}, &done);
  EXPECT_EQ(done[1], read_done(p, clock_edge(100 * kCycle) + clocks(p.trp + p.trcd)));
}

TEST(DramClosedForm, EarlyConflictWaitsForTras) {
  const DramParameters p = quiet();
  std::vector<Tick> done;
  log_of(p, {read_at(0, 0, 0), read_at(1, 1, kNextRow)}, &done);
  EXPECT_EQ(done[1], read_done(p, clocks(p.tras + p.trp + p.trcd)));
}

TEST(DramClosedForm, ConflictAfterWriteWaitsForWriteRecovery) {
  const DramParameters p = quiet();
  const auto log = log_of(p, {write_at(0, 0, 0), write_at(1, 4, kNextRow)});
  const Tick write = ticks_of(log, DramCommand::kWrite).front();
  EXPECT_EQ(ticks_of(log, DramCommand::kPrecharge).front(), write + clocks(p.cwl + 4 + p.twr));
}

TEST(DramClosedForm, OtherBankOfAnotherGroupIsActivatedAfterTrrdS) {
  const DramParameters p = quiet();
  const auto acts =
      ticks_of(log_of(p, {read_at(0, 0, 0), read_at(1, 0, 64)}), DramCommand::kActivate);
  // The second address follows on the address channel one PL cycle later, edge 36 = tRRD_S.
  EXPECT_EQ(acts, (std::vector<Tick>{0, clocks(p.trrd_s)}));
}

TEST(DramClosedForm, OtherBankOfTheSameGroupIsActivatedAfterTrrdL) {
  const DramParameters p = quiet();
  const auto acts =
      ticks_of(log_of(p, {read_at(0, 0, 0), read_at(1, 0, kSetBytes)}), DramCommand::kActivate);
  EXPECT_EQ(acts, (std::vector<Tick>{0, clocks(p.trrd_l)}));
}

TEST(DramClosedForm, FifthActivateWaitsForTheWindowOfFour) {
  DramParameters p = quiet();
  p.tfaw = 40;
  std::vector<Request> requests;
  for (std::uint64_t i = 0; i < 4; ++i) requests.push_back(read_at(i, 0, 64 * i));
  requests.push_back(read_at(4, 0, kSetBytes));
  const auto acts = ticks_of(log_of(p, requests), DramCommand::kActivate);
  ASSERT_EQ(acts.size(), 5u);
  EXPECT_EQ(acts[4], acts[0] + clocks(p.tfaw));
}

TEST(DramClosedForm, RefreshHoldsBackWhatArrivesWithIt) {
  DramParameters p;
  p.trefi = 800;
  std::vector<Tick> done;
  const Tick due = clocks(p.trefi);
  log_of(p, {read_at(0, due / kCycle, 0)}, &done);  // all banks closed: the refresh goes at once
  EXPECT_EQ(done[0], read_done(p, due + clocks(p.trfc + p.trcd)));
}

TEST(DramClosedForm, RefreshClosesOpenRowsFirst) {
  DramParameters p;
  p.trefi = 800;
  const auto log = log_of(p, {read_at(0, 0, 0), read_at(1, 300, 0)});
  const Tick due = clocks(p.trefi);
  EXPECT_EQ(ticks_of(log, DramCommand::kPrechargeAll), std::vector<Tick>{due});
  EXPECT_EQ(ticks_of(log, DramCommand::kRefresh), std::vector<Tick>{due + clocks(p.trp)});
  EXPECT_EQ(ticks_of(log, DramCommand::kActivate).back(), due + clocks(p.trp + p.trfc));
}

TEST(DramClosedForm, RefreshPhaseBeginsAtTheDoorbell) {
  DramParameters p;
  p.trefi = 800;
  Memory memory(p);
  std::vector<CommandRecord> log;
  memory.set_command_log(&log);
  const Tick doorbell = 1001 * kCycle;
  memory.start(doorbell);
  run_traffic(memory, {read_at(0, 1001 + 500, 0)});
  EXPECT_EQ(ticks_of(log, DramCommand::kRefresh).front(), doorbell + clocks(p.trefi));
}

TEST(DramClosedForm, TheFirstRefreshComesEarlierByItsPhase) {
  DramParameters p;
  p.trefi = 800;
  for (const int phase : {0, 1, 799}) {
    p.refresh_phase = phase;
    const std::vector<Tick> refreshes =
        ticks_of(log_of(p, {read_at(0, 1000, 0)}), DramCommand::kRefresh);
    ASSERT_GE(refreshes.size(), 2u);
    // Where a row is open it is closed first; the timer runs on in its steps.
    EXPECT_EQ(refreshes[0], clocks(p.trefi - phase)) << phase;
    EXPECT_EQ(refreshes[1], clocks(2 * p.trefi - phase)) << phase;
  }
}

TEST(DramClosedForm, ReadAfterWriteWaitsForTheTurnaroundOfItsGroup) {
  for (const bool same_group : {true, false}) {
    const DramParameters p = quiet();
    // Open both rows first; the second read meets a bus that has just written.
    const std::uint64_t other = same_group ? 0 : 64;
    const auto log = log_of(
        p, {read_at(0, 0, 0), read_at(1, 0, 64), write_at(2, 100, 0), read_at(3, 105, other)});
    const Tick write = ticks_of(log, DramCommand::kWrite).front();
    EXPECT_EQ(ticks_of(log, DramCommand::kRead).back(),
              write + clocks(p.cwl + 4 + (same_group ? p.twtr_l : p.twtr_s)));
  }
}

TEST(DramClosedForm, WriteAfterReadWaitsUntilTheReadDataIsOffTheBus) {
  DramParameters p = quiet();
  p.controller.write_idle_tck = 0;
  const auto log = log_of(p, {read_at(0, 0, 0), read_at(1, 100, 0), write_at(2, 97, 0)});
  // The write's four beats take cycles 97..100, so both reach the controller in cycle 100.
  const Tick read = ticks_of(log, DramCommand::kRead).back();
  EXPECT_EQ(ticks_of(log, DramCommand::kWrite).front(), read + clocks(p.cl + 4 + 2 - p.cwl));
}

TEST(DramClosedForm, WriteIsAnsweredAfterItsDataIsInTheDram) {
  DramParameters p = quiet();
  p.ports[0].request_latency_cycles = 5;
  p.ports[0].response_latency_cycles = 7;
  std::vector<Tick> done;
  log_of(p, {write_at(0, 10, 0)}, &done);
  const Tick entry = clock_edge((10 + 3 + 5) * kCycle);
  EXPECT_EQ(done[0], pl_edge(entry + clocks(p.trcd + p.cwl + 4)) + 7 * kCycle);
}

TEST(DramClosedForm, PortLatencyIsAddedOnBothWays) {
  DramParameters p = quiet();
  p.ports[0].request_latency_cycles = 9;  // 288 ticks: a clock edge
  p.ports[0].response_latency_cycles = 4;
  std::vector<Tick> done;
  log_of(p, {read_at(0, 0, 0)}, &done);
  EXPECT_EQ(done[0], pl_edge(9 * kCycle + clocks(p.trcd + p.cl + 4)) + (3 + 4) * kCycle);
}

TEST(DramClosedForm, FullRowAnswersWithOneBeatPerCycle) {
  const DramParameters p = quiet();
  std::vector<Tick> done;
  const auto log = log_of(p, {read_at(0, 0, 0, 256)}, &done);
  // Four groups: bursts at tCCD_S = 36 ticks, slower than the port's 128 a burst, so the port
  // decides.
  EXPECT_EQ(ticks_of(log, DramCommand::kRead).size(), 4u);
  EXPECT_EQ(done[0], pl_edge(clocks(p.trcd + p.cl + 4)) + 15 * kCycle);
}

}  // namespace
}  // namespace edgemoe::sim
