// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "Vfifo_d1.h"
#include "Vfifo_d4.h"
#include "Vfifo_d5.h"
#include "Vfifo_registered.h"
#include "Vspill.h"
#include "tests/rtl/common/stream_ports.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

template <typename Model, typename Ports>
void expect_order_kept(const Ports& ports, std::uint32_t mask) {
  const std::vector<std::uint32_t> words = random_words(400, mask);
  for (Stall source : kAllStalls) {
    for (Stall sink : kAllStalls) {
      SCOPED_TRACE(std::string(name_of(source)) + " in, " + name_of(sink) + " out");
      Dut<Model> dut("stream");
      dut.reset();
      StreamOptions options;
      options.source = source;
      options.sink = sink;
      EXPECT_EQ(run_stream(dut, ports, words, words.size(), options), words);
      EXPECT_FALSE(ports.output_valid(*dut));
    }
  }
}

template <typename Model>
void expect_capacity(int depth) {
  Dut<Model> dut("fifo");
  dut.reset();
  dut->rready_i = 0;
  dut->wvalid_i = 1;
  int stored = 0;
  for (int i = 0; i < depth + 3; ++i) {
    dut->wdata_i = static_cast<std::uint32_t>(i);
    dut.settle();
    stored += dut->wready_o;
    dut.tick();
  }
  EXPECT_EQ(stored, depth);
  EXPECT_EQ(dut->level_o, depth);
  EXPECT_EQ(dut->rdata_o, 0u);
}

TEST(Fifo, KeepsOrderUnderEveryStall) {
  expect_order_kept<Vfifo_d4>(FifoPorts{}, 0xff);
  expect_order_kept<Vfifo_d5>(FifoPorts{}, 0x1ffff);
}

TEST(Fifo, OfDepthOneStillWorks) {
  expect_order_kept<Vfifo_d1>(FifoPorts{}, 1);
  expect_capacity<Vfifo_d1>(1);
}

TEST(Fifo, HoldsExactlyItsDepth) {
  expect_capacity<Vfifo_d4>(4);
  expect_capacity<Vfifo_d5>(5);
}

TEST(Fifo, OffersAWordOneCycleAfterItWasWritten) {
  Dut<Vfifo_d4> dut("fifo");
  dut.reset();
  dut->rready_i = 1;
  dut->wvalid_i = 1;
  dut->wdata_i = 0x5a;
  dut.settle();
  EXPECT_EQ(dut->rvalid_o, 0);
  dut.tick();
  dut->wvalid_i = 0;
  dut.settle();
  EXPECT_EQ(dut->rvalid_o, 1);
  EXPECT_EQ(dut->rdata_o, 0x5a);
  dut.tick();
  EXPECT_EQ(dut->rvalid_o, 0);
}

TEST(Fifo, MovesAWordEveryCycle) {
  const std::vector<std::uint32_t> words = random_words(100, 0xff);
  Dut<Vfifo_d4> dut("fifo");
  dut.reset();
  run_stream(dut, FifoPorts{}, words, words.size());
  EXPECT_EQ(dut.cycle(), words.size() + 1);
}

TEST(FifoRegistered, KeepsOrderUnderEveryStall) {
  expect_order_kept<Vfifo_registered>(FifoPorts{}, 0xff);
}

TEST(FifoRegistered, HoldsExactlyItsDepth) { expect_capacity<Vfifo_registered>(3); }

TEST(FifoRegistered, OffersAWordTwoCyclesAfterItWasWrittenAndThenOneACycle) {
  const std::vector<std::uint32_t> words = random_words(100, 0xff);
  Dut<Vfifo_registered> dut("fifo");
  dut.reset();
  run_stream(dut, FifoPorts{}, words, words.size());
  EXPECT_EQ(dut.cycle(), words.size() + 2);
}

TEST(SpillRegister, KeepsOrderUnderEveryStall) { expect_order_kept<Vspill>(SpillPorts{}, 0xfffff); }

TEST(SpillRegister, MovesAWordEveryCycleOneCycleLate) {
  const std::vector<std::uint32_t> words = random_words(100, 0xfffff);
  Dut<Vspill> dut("spill");
  dut.reset();
  run_stream(dut, SpillPorts{}, words, words.size());
  EXPECT_EQ(dut.cycle(), words.size() + 1);
}

TEST(SpillRegister, LetsNoReadyThroughInTheSameCycle) {
  Dut<Vspill> dut("spill");
  dut.reset();
  dut->valid_i = 1;
  dut->ready_i = 0;
  dut.tick();
  dut.tick();
  dut.settle();
  EXPECT_EQ(dut->ready_o, 0);
  dut->ready_i = 1;
  dut.settle();
  EXPECT_EQ(dut->ready_o, 0);
  dut.tick();
  EXPECT_EQ(dut->ready_o, 1);
}

TEST(Fifo, ForgetsItsWordsInReset) {
  Dut<Vfifo_d4> dut("fifo");
  dut.reset();
  dut->wvalid_i = 1;
  dut.tick();
  dut.tick();
  dut->wvalid_i = 0;
  EXPECT_EQ(dut->level_o, 2);
  dut.reset();
  EXPECT_EQ(dut->rvalid_o, 0);
}

}  // namespace
}  // namespace edgemoe::test
