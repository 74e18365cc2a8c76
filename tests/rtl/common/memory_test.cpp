// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "Vram_lanes.h"
#include "Vram_plain.h"
#include "Vram_spill.h"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

/// Random reads and writes against an array; half of the reads hit the address being written.
template <typename Model>
void expect_memory(unsigned lanes, unsigned depth, int latency) {
  Dut<Model> dut("ram");
  dut.reset();
  std::mt19937 random(1);
  std::vector<std::uint32_t> words(depth);
  std::uint32_t newest = 0;  // read by the last request
  std::uint32_t older = 0;
  int reads = 0;
  for (unsigned i = 0; i < 6000; ++i) {
    const bool filling = i < depth;
    const bool write = filling || random() % 2 == 0;
    const unsigned waddr = filling ? i : random() % depth;
    const std::uint32_t strobe = filling ? (1u << lanes) - 1 : random() % (1u << lanes);
    const std::uint32_t data = random();
    const bool read = !filling && random() % 4 != 0;
    const unsigned raddr = random() % 2 == 0 ? waddr : random() % depth;
    dut->wen_i = write;
    dut->waddr_i = waddr;
    dut->wstrobe_i = strobe;
    dut->wdata_i = data;
    dut->ren_i = read;
    dut->raddr_i = raddr;
    dut.tick();
    // What was asked for one (latency 1) or two (latency 2) cycles ago is out now.
    older = newest;
    if (read) {
      newest = words[raddr];
      ++reads;
    }
    if (reads > 2) {
      ASSERT_EQ(dut->rdata_o, latency == 1 ? newest : older) << "cycle " << i;
    }
    for (unsigned l = 0; write && l < lanes; ++l) {
      const unsigned bits = 32 / lanes;
      const std::uint32_t mask = bits == 32 ? ~0u : ((1u << bits) - 1) << (l * bits);
      if (strobe >> l & 1) words[waddr] = (words[waddr] & ~mask) | (data & mask);
    }
  }
}

TEST(RamSdp, ReadsTheOldWordOnACollision) { expect_memory<Vram_plain>(1, 37, 1); }

TEST(RamSdp, WritesLanesAndHoldsItsOutputRegister) { expect_memory<Vram_lanes>(4, 64, 2); }

TEST(RamSdp, BitsInDistributedRamBehaveAsTheOthers) { expect_memory<Vram_spill>(1, 37, 2); }

}  // namespace
}  // namespace edgemoe::test
