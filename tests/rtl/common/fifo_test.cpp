// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "Vfifo_d1.h"
#include "Vfifo_d4.h"
#include "Vfifo_d5.h"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

struct FifoPorts {
  template <typename M>
  void set_input(M& m, std::uint32_t word, bool valid) const {
    m.wdata_i = word;
    m.wvalid_i = valid;
  }
  template <typename M>
  bool input_ready(M& m) const { return m.wready_o; }
  template <typename M>
  void set_ready(M& m, bool ready) const { m.rready_i = ready; }
  template <typename M>
  bool ready(M& m) const { return m.rready_i; }
  template <typename M>
  bool output_valid(M& m) const { return m.rvalid_o; }
  template <typename M>
  std::uint32_t output(M& m) const { return m.rdata_o; }
};

std::vector<std::uint32_t> random_words(int count, std::uint32_t mask) {
  std::mt19937 random(7);
  std::vector<std::uint32_t> words;
  for (int i = 0; i < count; ++i) words.push_back(random() & mask);
  return words;
}

template <typename Model>
void expect_order_kept(std::uint32_t mask) {
  const std::vector<std::uint32_t> words = random_words(400, mask);
  for (Stall source : kAllStalls) {
    for (Stall sink : kAllStalls) {
      SCOPED_TRACE(std::string(name_of(source)) + " in, " + name_of(sink) + " out");
      Dut<Model> dut("fifo");
      dut.reset();
      StreamOptions options;
      options.source = source;
      options.sink = sink;
      EXPECT_EQ(run_stream(dut, FifoPorts{}, words, words.size(), options), words);
      EXPECT_EQ(dut->level_o, 0);
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
  expect_order_kept<Vfifo_d4>(0xff);
  expect_order_kept<Vfifo_d5>(0x1ffff);
}

TEST(Fifo, OfDepthOneStillWorks) {
  expect_order_kept<Vfifo_d1>(1);
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
