// SPDX-License-Identifier: Apache-2.0
// What the model refuses, and what it says.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

#include "traffic.hpp"

namespace edgemoe::sim {
namespace {

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

std::string refusal_of(const std::function<void(DramParameters&)>& change) {
  DramParameters p;
  change(p);
  return refusal([&p] { Memory memory(p); });
}

#define EXPECT_REFUSED(field, statement)                                                     \
  EXPECT_NE(refusal_of([](DramParameters& p) { statement; }).find(field), std::string::npos) \
      << refusal_of([](DramParameters& p) { statement; })

TEST(DramParametersCheck, NamesTheFieldThatIsWrong) {
  EXPECT_REFUSED("clock_mhz", p.clock_mhz = 0);
  EXPECT_REFUSED("clock_mhz", p.clock_mhz = std::numeric_limits<double>::quiet_NaN());
  EXPECT_REFUSED("clock_mhz", p.clock_mhz = 1e-9);
  EXPECT_REFUSED("data_rate_mt_s", p.data_rate_mt_s = -1);
  EXPECT_REFUSED("bus_bits", p.bus_bits = 48);
  EXPECT_REFUSED("burst_length", p.burst_length = 0);
  EXPECT_REFUSED("bank_groups", p.bank_groups = 3);
  EXPECT_REFUSED("bank_groups", p.bank_groups = 64);
  EXPECT_REFUSED("row_bytes", p.row_bytes = 1000);
  EXPECT_REFUSED("row_bytes", p.row_bytes = 32);
  EXPECT_REFUSED("size_bytes", p.size_bytes = 0);
  EXPECT_REFUSED("size_bytes", p.size_bytes = 100);
  EXPECT_REFUSED("trcd", p.trcd = 0);
  EXPECT_REFUSED("tccd_s", p.tccd_s = 3);
  EXPECT_REFUSED("tccd_l", p.tccd_l = 3);
  EXPECT_REFUSED("trefi", p.trefi = 300);
  EXPECT_REFUSED("refresh_phase", p.refresh_phase = -1);
  EXPECT_REFUSED("refresh_phase", p.refresh_phase = p.trefi);
  EXPECT_REFUSED("refresh_phase", (p.trefi = 0, p.refresh_phase = 1));
  EXPECT_REFUSED("efficiency_cap", p.efficiency_cap = 0);
  EXPECT_REFUSED("efficiency_cap", p.efficiency_cap = 1.01);
  EXPECT_REFUSED("ports", p.ports.clear());
  EXPECT_REFUSED("width_bytes", p.ports[0].width_bytes = 24);
  EXPECT_REFUSED("max_burst_beats", p.ports[0].max_burst_beats = 0);
  EXPECT_REFUSED("request_latency_cycles", p.ports[0].request_latency_cycles = -1);
  EXPECT_REFUSED("read_window", p.controller.read_window = 65);
  EXPECT_REFUSED("write_high", p.controller.write_high = 33);
  EXPECT_REFUSED("write_low", p.controller.write_low = 24);
  EXPECT_REFUSED("2 PL cycles", p.clock_mhz = 100; p.data_rate_mt_s = 2133);
}

TEST(DramParametersCheck, SlowClockIsFineWithPortLatency) {
  DramParameters p;
  p.clock_mhz = 100;
  p.ports[0].request_latency_cycles = 2;
  EXPECT_NO_THROW(Memory{p});
}

TEST(TimeBaseResolution, FindsSmallRatiosOfPublishedRates) {
  const struct {
    double clock, rate;
    Tick cycle, tck;
  } cases[] = {{300, 2133, 32, 9},     {300, 2400, 4, 1},  {300, 2666, 40, 9},
               {300, 2667, 40, 9},     {300, 3200, 16, 3}, {200, 2400, 6, 1},
               {333.333, 2400, 18, 5}, {1200, 2400, 1, 1}, {300, 1600, 8, 3},
               {250, 2133.333, 64, 15}};
  for (const auto& c : cases) {
    const TimeBase base = resolve_time_base(c.clock, c.rate);
    EXPECT_EQ(base.cycle, c.cycle) << c.clock << " " << c.rate;
    EXPECT_EQ(base.tck, c.tck) << c.clock << " " << c.rate;
  }
}

TEST(DramRequestCheck, RefusesWhatCannotBeServed) {
  Memory memory{DramParameters{}};
  const std::uint64_t size = memory.parameters().size_bytes;
  const auto submit = [&memory](const Request& r) { return refusal([&] { memory.submit(r); }); };
  EXPECT_NE(submit({0, 1, false, 0, 64, 0}).find("no port 1"), std::string::npos);
  EXPECT_NE(submit({0, -1, false, 0, 64, 0}).find("no port -1"), std::string::npos);
  EXPECT_NE(submit({0, 0, false, 0, 0, 0}).find("0 bytes"), std::string::npos);
  EXPECT_NE(submit({0, 0, false, size, 1, 0}).find("beyond the end"), std::string::npos);
  EXPECT_NE(submit({0, 0, false, size - 1, 2, 0}).find("beyond the end"), std::string::npos);
  EXPECT_NE(submit({0, 0, false, ~0ull, ~0ull, 0}).find("beyond the end"), std::string::npos);
  EXPECT_EQ(memory.in_flight(), 0u);
  memory.advance(320);
  EXPECT_NE(submit({0, 0, false, 0, 64, 319}).find("promised"), std::string::npos);
  EXPECT_EQ(submit({0, 0, false, 0, 64, 640}), "accepted");
  EXPECT_NE(submit({0, 0, false, 0, 64, 639}).find("earlier one"), std::string::npos);
  EXPECT_EQ(submit({0, 0, true, 0, 64, 320}),
            "accepted");  // the other direction is another channel
}

TEST(DramRequestCheck, StartWithRequestsInFlightIsRefused) {
  Memory memory{DramParameters{}};
  memory.submit({0, 0, false, 0, 64, 0});
  EXPECT_THROW(memory.start(0), std::logic_error);
  memory.advance(100000);
  Response response;
  EXPECT_TRUE(memory.pop_response(&response));
  EXPECT_FALSE(memory.pop_response(&response));
  EXPECT_NO_THROW(memory.start(0));
}

TEST(DramRequestCheck, HugeRequestIsTakenWithoutHugeMemory) {
  Memory memory{DramParameters{}};
  memory.submit({0, 0, false, 0, memory.parameters().size_bytes, 0});
  memory.advance(320000);
  Response response;
  EXPECT_FALSE(memory.pop_response(&response));
  EXPECT_GT(memory.counters().read_bursts, 1000u);
  EXPECT_GT(memory.next_event(), 320000u);
}

}  // namespace
}  // namespace edgemoe::sim
