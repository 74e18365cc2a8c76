// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

#include "Varbiter1.h"
#include "Varbiter5.h"
#include "Vcredits.h"
#include "Vprogress1.h"
#include "Vprogress2.h"
#include "Vshift0.h"
#include "Vshift20.h"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

TEST(CreditCounter, ConservesCreditsOverRandomTraffic) {
  Dut<Vcredits> dut("credits");  // Capacity 100, amounts 0 to 7
  dut.reset();
  std::mt19937 random(3);
  unsigned out = 0;
  bool ran_out = false;
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(dut->available_o, 100 - out);
    // Phases that mostly take and phases that mostly give reach both ends.
    const bool taking = i / 200 % 2 == 0;
    const unsigned take = std::min<unsigned>(taking ? random() % 8 : random() % 2, 100 - out);
    const unsigned give = std::min<unsigned>(taking ? random() % 2 : random() % 8, out);
    ran_out |= out == 100;
    dut->take_i = take;
    dut->give_i = give;
    dut.tick();
    out += take - give;
  }
  EXPECT_TRUE(ran_out);
}

using CreditCounterDeathTest = ::testing::Test;
TEST(CreditCounterDeathTest, StopsTheSimulationOnATakeBeyondTheCredit) {
  EXPECT_DEATH(
      {
        Dut<Vcredits> dut("credits");
        dut.reset();
        for (int i = 0; i < 20; ++i) {
          dut->take_i = 7;
          dut.tick();
        }
      },
      "");  // the assertion's name goes to stdout
}

template <typename Model>
void expect_progress(std::size_t latency) {
  Dut<Model> dut("progress");
  dut.reset();
  std::mt19937 random(5);
  std::deque<unsigned> on_the_way(latency, 0);
  unsigned visible = 0;
  for (int i = 0; i < 2000; ++i) {
    const bool clear = random() % 200 == 0;
    const unsigned add = random() % 3 == 0 ? random() % 8 : 0;
    const unsigned target = visible + random() % 3 - (visible > 0 ? 1 : 0);
    dut->clear_i = clear;
    dut->add_i = add;
    dut->target_i = target;
    dut.settle();
    ASSERT_EQ(dut->count_o, visible) << "cycle " << i;
    ASSERT_EQ(dut->reached_o != 0, visible >= target);
    dut.tick();
    on_the_way.push_back(add);
    on_the_way.pop_front();
    visible += on_the_way.front();
    if (clear) {
      visible = 0;
      on_the_way.assign(latency, 0);
    }
  }
}

TEST(ProgressCounter, ShowsWorkExactlyItsLatencyLater) {
  expect_progress<Vprogress1>(1);
  expect_progress<Vprogress2>(2);
}

TEST(ShiftRegister, DelaysByItsDepth) {
  Dut<Vshift20> dut("shift");
  dut.reset();
  std::mt19937 random(9);
  std::vector<std::uint32_t> sent;
  for (std::size_t i = 0; i < 200; ++i) {
    sent.push_back(random() & 0x1ff);
    dut->data_i = sent.back();
    dut.settle();
    ASSERT_EQ(dut->data_o, i < 20 ? 0 : sent[i - 20]) << "cycle " << i;
    dut.tick();
  }
}

TEST(ShiftRegister, OfDepthZeroIsAWire) {
  Dut<Vshift0> dut("shift");
  dut.reset();
  dut->data_i = 5;
  dut.settle();
  EXPECT_EQ(dut->data_o, 5);
}

/// The rule in words: the offer that was not taken stays; else the first asking at or after the one
/// after the last served.
TEST(RoundRobinArbiter, ServesInTurnAndKeepsItsOffer) {
  Dut<Varbiter5> dut("arbiter");
  dut.reset();
  std::mt19937 random(11);
  int priority = 0;
  int offered = -1;
  std::uint32_t asking = 0;
  for (int i = 0; i < 5000; ++i) {
    asking = (random() & random() & 0x1f) | (offered >= 0 ? 1u << offered : 0);
    if (i % 97 == 0) asking = 0x1f;
    const bool ready = random() % 3 != 0;
    dut->req_i = asking;
    dut->ready_i = ready;
    dut.settle();
    int expected = offered;
    for (int k = 0; expected < 0 && k < 5; ++k) {
      if (asking >> ((priority + k) % 5) & 1) expected = (priority + k) % 5;
    }
    ASSERT_EQ(dut->valid_o != 0, expected >= 0);
    ASSERT_EQ(dut->grant_o, expected >= 0 ? 1u << expected : 0u);
    if (expected >= 0) {
      ASSERT_EQ(dut->index_o, expected);
    }
    if (expected >= 0 && ready) priority = (expected + 1) % 5;
    offered = ready ? -1 : expected;
    dut.tick();
  }
}

TEST(RoundRobinArbiter, OfOneInputPassesItsRequest) {
  Dut<Varbiter1> dut("arbiter");
  dut.reset();
  dut->ready_i = 1;
  for (int i = 0; i < 4; ++i) {
    dut->req_i = i % 2;
    dut.settle();
    EXPECT_EQ(dut->grant_o, i % 2);
    dut.tick();
  }
}

}  // namespace
}  // namespace edgemoe::test
