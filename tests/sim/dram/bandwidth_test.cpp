// SPDX-License-Identifier: Apache-2.0
// Effective bandwidth lies within limits derived from the timing. Shares of the peak; 4 tCK a
// burst.
#include <gtest/gtest.h>

#include <random>

#include "traffic.hpp"

namespace edgemoe::sim {
namespace {

DramParameters wide() {
  DramParameters p;
  p.ports.assign(4, PortParameters{16, 10, 10, 16});
  return p;
}

std::uint64_t sequential(int i) { return static_cast<std::uint64_t>(i) * 256; }

/// Lost per refresh at most: refresh itself, closing, and opening the four banks of a stream again.
double refresh_share(const DramParameters& p) {
  const int lost = p.trfc + p.tras + p.trp + 3 * p.trrd_s + p.trcd;
  return static_cast<double>(lost) / p.trefi;
}

TEST(DramBandwidth, InterleavedBankGroupsReachThePeakBetweenRefreshes) {
  DramParameters p = wide();
  p.trefi = 0;
  EXPECT_GT(measure_efficiency(p, 20000, 256, 0, sequential), 0.995);
}

TEST(DramBandwidth, StreamLosesTheRefreshAndLittleElse) {
  const DramParameters p = wide();
  const double share = measure_efficiency(p, 40000, 256, 0, sequential);
  EXPECT_LE(share, 1.0 - static_cast<double>(p.trfc) / p.trefi);
  EXPECT_GE(share, 1.0 - refresh_share(p) - 0.005);
}

TEST(DramBandwidth, OneBankGroupIsLimitedByTccdL) {
  DramParameters p = wide();
  p.trefi = 0;
  // 64 B out of every 256 B: always bank group 0.
  const double share =
      measure_efficiency(p, 20000, 64, 0, [](int i) { return std::uint64_t(i) * 256; });
  EXPECT_NEAR(share, 4.0 / p.tccd_l, 0.01);
}

TEST(DramBandwidth, OneBankWithANewRowEachTimeTakesTrcEach) {
  DramParameters p = wide();
  p.trefi = 0;
  const double share =
      measure_efficiency(p, 5000, 64, 0, [](int i) { return std::uint64_t(i) * 131072; });
  EXPECT_NEAR(share, 4.0 / (p.tras + p.trp), 0.001);
}

TEST(DramBandwidth, RandomBurstsStayBelowTheFourActivateWindow) {
  DramParameters p = wide();
  p.trefi = 0;
  std::mt19937_64 random(7);
  const double share =
      measure_efficiency(p, 40000, 64, 0, [&](int) { return random() & 0xffffffc0u; });
  EXPECT_LE(share, 4.0 * 4 / p.tfaw);
  EXPECT_GE(share, 0.8 * 4.0 * 4 / p.tfaw);  // 16 banks in sight keep most of the window busy
}

TEST(DramBandwidth, ThreePortsCarryThreeTimesSixteenBytesACycle) {
  DramParameters p = wide();
  p.ports.resize(3);
  // 3 x 16 B x 300 MHz = 14.4 GB/s of 17.07.
  EXPECT_NEAR(measure_efficiency(p, 40000, 256, 0, sequential), 0.84375, 0.002);
}

TEST(DramBandwidth, CapIsAMaximumWithTheTimingNotAProduct) {
  DramParameters p = wide();
  p.efficiency_cap = 0.75;
  EXPECT_NEAR(measure_efficiency(p, 40000, 256, 0, sequential), 0.75, 0.002);
  p.efficiency_cap = 0.99;  // above what the timing gives: no effect
  const double uncapped = measure_efficiency(wide(), 40000, 256, 0, sequential);
  EXPECT_NEAR(measure_efficiency(p, 40000, 256, 0, sequential), uncapped, 0.001);
}

TEST(DramBandwidth, CapHoldsOverAnyLongWindow) {
  DramParameters p = wide();
  p.efficiency_cap = 0.75;
  std::vector<Request> requests;
  for (std::uint64_t i = 0; i < 8000; ++i) {
    requests.push_back(Request{i, static_cast<int>(i % 4), false, i * 256, 256, 0});
  }
  Memory memory(p);
  std::vector<CommandRecord> log;
  memory.set_command_log(&log);
  run_traffic(memory, requests);
  std::vector<Tick> bursts;
  for (const auto& r : log) {
    if (r.command == DramCommand::kRead) bursts.push_back(r.tick);
  }
  ASSERT_EQ(bursts.size(), 32000u);
  // n bursts take at least (n - depth) * 48 ticks: two bursts per 3 PL cycles of 32.
  const std::size_t n = 2000;
  const auto depth = static_cast<std::size_t>(p.controller.cap_depth_bursts);
  for (std::size_t i = n; i < bursts.size(); ++i) {
    ASSERT_GE(bursts[i] - bursts[i - n], (n - depth) * 48);
  }
  EXPECT_GT(memory.counters().cap_stall_ticks, 0u);
}

TEST(DramBandwidth, MixedTrafficTurnsRoundInBatches) {
  const DramParameters p = wide();
  for (const int write_every : {2, 4, 10}) {
    const double share = measure_efficiency(p, 40000, 256, write_every, sequential);
    EXPECT_GT(share, 0.6) << "one write in " << write_every;
  }
}

TEST(DramBandwidth, WritesAloneStreamLikeReads) {
  const DramParameters p = wide();
  EXPECT_GE(measure_efficiency(p, 40000, 256, 1, sequential), 1.0 - refresh_share(p) - 0.02);
}

TEST(DramBandwidth, NeitherDirectionStarvesTheOther) {
  // Reads without end and a few writes, and the reverse: the few are answered in bounded time.
  for (const bool few_are_writes : {true, false}) {
    DramParameters p = wide();
    std::vector<Request> requests;
    for (std::uint64_t i = 0; i < 8000; ++i) {
      const bool few = i % 1000 == 500;
      requests.push_back(
          Request{i, static_cast<int>(i % 4), few == few_are_writes, i * 256, 256, i * 96});
    }
    Memory memory(p);
    const Answers answers = run_traffic(memory, requests);
    for (std::uint64_t i = 500; i < 8000; i += 1000) {
      // Age limit, a drain or a batch of reads, one refresh, and its own way.
      EXPECT_LT(answers.done[i] - requests[i].arrival_tick, Tick{1500} * 9) << i;
    }
  }
}

}  // namespace
}  // namespace edgemoe::sim
