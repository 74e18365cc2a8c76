// SPDX-License-Identifier: Apache-2.0
// AXI rules: splitting, alignment, channels.
#include <gtest/gtest.h>

#include "traffic.hpp"

namespace edgemoe::sim {
namespace {

DramParameters one_port(int width, int beats) {
  DramParameters p;
  p.trefi = 0;
  p.ports = {PortParameters{width, 0, 0, beats}};
  return p;
}

DramCounters counters_of(const DramParameters& p, const Request& request) {
  Memory memory(p);
  run_traffic(memory, {request});
  return memory.counters();
}

TEST(DramPorts, UnalignedRequestTouchesOneMoreBeatAndBurst) {
  const auto c = counters_of(one_port(16, 16), Request{0, 0, false, 8, 64, 0});
  EXPECT_EQ(c.axi_read_beats, 5u);
  EXPECT_EQ(c.read_bursts, 2u);
  EXPECT_EQ(c.read_bytes, 64u);
}

TEST(DramPorts, OneByteIsOneBeatAndOneBurst) {
  const auto c = counters_of(one_port(16, 16), Request{0, 0, true, 63, 1, 0});
  EXPECT_EQ(c.axi_write_beats, 1u);
  EXPECT_EQ(c.write_bursts, 1u);
  EXPECT_EQ(c.write_bytes, 1u);
}

TEST(DramPorts, LongRequestIsAnsweredOnceAtItsLastBeat) {
  const DramParameters p = one_port(16, 16);
  Memory memory(p);
  const Answers answers = run_traffic(memory, {Request{0, 0, false, 0, 65536, 0}});
  EXPECT_EQ(answers.order.size(), 1u);
  EXPECT_EQ(memory.counters().axi_read_beats, 4096u);
  // The port is the bottleneck: one beat a cycle after the first burst came.
  const Tick first = (15 + 15 + 4) * 9;
  EXPECT_EQ(answers.done[0], (first + 31) / 32 * 32 + 4095 * 32);
}

TEST(DramPorts, SplitsAtFourKilobytes) {
  // 256-beat bursts of 16 B fit one page exactly; a request across a page is cut there, so its
  // second part has its own address, one cycle later, and re-reads nothing.
  const auto c = counters_of(one_port(16, 256), Request{0, 0, false, 4096 - 64, 128, 0});
  EXPECT_EQ(c.axi_read_beats, 8u);
  EXPECT_EQ(c.read_bursts, 2u);
}

TEST(DramPorts, BurstLengthLimitSharesDramBurstsOfShortAxiBursts) {
  // Two beats of 16 B per AXI burst: each 64-B DRAM burst is read twice. That is what such a port
  // costs.
  const auto c = counters_of(one_port(16, 2), Request{0, 0, false, 0, 256, 0});
  EXPECT_EQ(c.axi_read_beats, 16u);
  EXPECT_EQ(c.read_bursts, 8u);
}

TEST(DramPorts, BeatWiderThanABurstTakesTwo) {
  const auto c = counters_of(one_port(128, 16), Request{0, 0, false, 0, 128, 0});
  EXPECT_EQ(c.axi_read_beats, 1u);
  EXPECT_EQ(c.read_bursts, 2u);
}

TEST(DramPorts, LastByteOfTheMemoryCanBeRead) {
  DramParameters p = one_port(16, 16);
  EXPECT_EQ(counters_of(p, Request{0, 0, false, p.size_bytes - 1, 1, 0}).read_bursts, 1u);
}

TEST(DramPorts, ReadsAndWritesOfOnePortDoNotShareAChannel) {
  DramParameters p = one_port(16, 16);
  std::vector<Request> reads, both;
  for (std::uint64_t i = 0; i < 64; ++i) {
    reads.push_back(Request{i, 0, false, i * 256, 256, i * 512});
    both.push_back(reads.back());
  }
  Memory alone(p), together(p);
  const Answers without = run_traffic(alone, reads);
  // One write while the bus is three quarters idle costs the reads at most a drain.
  both.push_back(Request{64, 0, true, 1 << 20, 64, 63 * 512});
  const Answers with = run_traffic(together, both);
  for (std::size_t i = 0; i < 63; ++i) EXPECT_EQ(with.done[i], without.done[i]);
}

TEST(DramPorts, RoundRobinServesPortsAlike) {
  DramParameters p;
  p.ports.assign(4, PortParameters{64, 0, 0, 4});  // wide ports: the DRAM is the bottleneck
  std::vector<Request> requests;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    requests.push_back(
        Request{i, static_cast<int>(i % 4), false, (i % 4 << 26) + i / 4 * 256, 256, 0});
  }
  Memory memory(p);
  const Answers answers = run_traffic(memory, requests);
  Tick ends[4] = {};
  for (const Response& r : answers.order) ends[r.port] = std::max(ends[r.port], r.done_tick);
  for (const Tick end : ends) {
    EXPECT_NEAR(static_cast<double>(end), static_cast<double>(ends[0]),
                0.01 * static_cast<double>(ends[0]));
  }
}

TEST(DramPorts, HistogramWindowsCoverTheRun) {
  DramParameters p = one_port(16, 16);
  p.histogram_window_cycles = 100;
  Memory memory(p);
  const Answers answers = run_traffic(
      memory, {Request{0, 0, false, 0, 256, 0}, Request{1, 0, true, 4096, 256, 950 * 32}});
  ASSERT_EQ(memory.histogram().size(), answers.done[1] / 3200 + 1);
  EXPECT_EQ(memory.histogram().front().read_bytes, 256u);
  EXPECT_EQ(memory.histogram().back().write_bytes, 256u);
}

}  // namespace
}  // namespace edgemoe::sim
