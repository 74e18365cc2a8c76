// SPDX-License-Identifier: Apache-2.0
// The loader's memories: every read port gives the right part of the right row, exactly so many
// cycles later, whatever is written and read around it.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "Vparams.h"
#include "Vpixels.h"
#include "Vpositions.h"
#include "Vtiles.h"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

using Words = std::vector<std::uint32_t>;

constexpr int kCycles = 3000;

/// Rows as they were written, and what a read of `latency` cycles must show.
class Memory {
 public:
  Memory(unsigned rows, unsigned latency) : rows_(rows, Words(64)), latency_(latency) {}

  template <typename Port>
  void write(unsigned row, Port& port, std::mt19937& random) {
    pending_ = row;
    has_pending_ = true;
    for (std::size_t w = 0; w < 64; ++w) port[w] = next_[w] = static_cast<std::uint32_t>(random());
  }
  /// Words first .. first + count - 1 of a row, asked for in `cycle`.
  void read(unsigned row, unsigned first, unsigned count, int cycle) {
    const Words& from = rows_.at(row);
    due_[cycle + static_cast<int>(latency_)] = Words(from.begin() + first,
                                                     from.begin() + first + count);
  }
  template <typename Port>
  void check(const Port& port, int cycle) {
    const auto found = due_.find(cycle);
    if (found == due_.end()) return;
    for (std::size_t w = 0; w < found->second.size(); ++w)
      ASSERT_EQ(port[w], found->second[w]) << "cycle " << cycle << ", word " << w;
    ++checked_;
  }
  void end_cycle() {
    if (has_pending_) rows_.at(pending_) = next_;
    has_pending_ = false;
  }
  int checked() const { return checked_; }

 private:
  std::vector<Words> rows_;
  unsigned latency_;
  std::map<int, Words> due_;
  Words next_ = Words(64);
  unsigned pending_ = 0;
  bool has_pending_ = false;
  int checked_ = 0;
};

template <typename Model>
void write_row(Model& m, Memory& memory, unsigned row, bool now, std::mt19937& random) {
  m.wen_i = now;
  m.wslot_i = static_cast<std::uint16_t>(row);
  if (now) memory.write(row, m.wdata_i, random);
}

TEST(LoaderMemories, TilesComeAfterFourCycles) {
  constexpr unsigned kRows = 37;
  Dut<Vtiles> dut("tiles");
  dut.reset();
  std::mt19937 random(1);
  Memory memory(kRows, 4);
  for (int c = 0; c < kCycles; ++c) {
    const auto fill = static_cast<unsigned>(c);
    write_row(*dut, memory, fill < kRows ? fill : random() % kRows, fill < kRows || random() % 2,
              random);
    dut->ren_i = fill > kRows && random() % 4 != 0;
    dut->rslot_i = random() % kRows;
    if (dut->wen_i && dut->wslot_i == dut->rslot_i) dut->ren_i = 0;  // a reader never does that
    if (dut->ren_i) memory.read(dut->rslot_i, 0, 64, c);
    dut.settle();
    ASSERT_NO_FATAL_FAILURE(memory.check(dut->rdata_o, c));
    memory.end_cycle();
    dut.tick();
  }
  EXPECT_GT(memory.checked(), kCycles / 2);
}

TEST(LoaderMemories, ParametersComeAfterThreeCyclesOnBothPorts) {
  constexpr unsigned kRows = 16;
  Dut<Vparams> dut("params");
  dut.reset();
  std::mt19937 random(2);
  Memory requantiser(kRows, 3), norm(kRows, 3);
  for (int c = 0; c < kCycles; ++c) {
    const auto fill = static_cast<unsigned>(c);
    const unsigned row = fill < kRows ? fill : random() % kRows;
    std::mt19937 same = random;
    const bool now = fill < kRows || c % 3 == 0;
    write_row(*dut, requantiser, row, now, random);
    write_row(*dut, norm, row, now, same);
    dut->req_ren_i = fill > kRows && random() % 3 != 0;
    dut->req_slot_i = random() % kRows;
    dut->req_half_i = random() % 2;
    dut->norm_ren_i = fill > kRows && random() % 3 != 0;
    dut->norm_slot_i = random() % kRows;
    if (dut->req_ren_i) requantiser.read(dut->req_slot_i, 32u * dut->req_half_i, 32, c);
    if (dut->norm_ren_i) norm.read(dut->norm_slot_i, 0, 64, c);
    dut.settle();
    ASSERT_NO_FATAL_FAILURE(requantiser.check(dut->req_rdata_o, c));
    ASSERT_NO_FATAL_FAILURE(norm.check(dut->norm_rdata_o, c));
    requantiser.end_cycle();
    norm.end_cycle();
    dut.tick();
  }
  EXPECT_GT(requantiser.checked(), kCycles / 2);
  EXPECT_GT(norm.checked(), kCycles / 2);
}

TEST(LoaderMemories, PixelsOfFourLanesComeAfterFourCycles) {
  constexpr unsigned kRows = 24;
  Dut<Vpixels> dut("pixels");
  dut.reset();
  std::mt19937 random(3);
  Memory memory(kRows, 4);
  for (int c = 0; c < kCycles; ++c) {
    const auto fill = static_cast<unsigned>(c);
    write_row(*dut, memory, fill < kRows ? fill : random() % kRows, fill < kRows || c % 5 == 0,
              random);
    dut->ren_i = fill > kRows && random() % 4 != 0;
    dut->row_i = random() % kRows;
    dut->bank_i = random() % 4 * 4;
    if (dut->wen_i && dut->wslot_i == dut->row_i) dut->ren_i = 0;  // a reader never does that
    if (dut->ren_i) memory.read(dut->row_i, 4u * dut->bank_i, 16, c);
    dut.settle();
    ASSERT_NO_FATAL_FAILURE(memory.check(dut->rdata_o, c));
    memory.end_cycle();
    dut.tick();
  }
  EXPECT_GT(memory.checked(), kCycles / 2);
}

TEST(LoaderMemories, PositionsComeAfterTwoCycles) {
  constexpr unsigned kRows = 21;
  Dut<Vpositions> dut("positions");
  dut.reset();
  std::mt19937 random(4);
  Memory memory(kRows, 2);
  for (int c = 0; c < kCycles; ++c) {
    const auto fill = static_cast<unsigned>(c);
    write_row(*dut, memory, fill < kRows ? fill : random() % kRows, fill < kRows || c % 5 == 0,
              random);
    dut->ren_i = fill > kRows && random() % 4 != 0;
    dut->row_i = random() % kRows;
    dut->quarter_i = random() % 4;
    if (dut->ren_i) memory.read(dut->row_i, 16u * dut->quarter_i, 16, c);
    dut.settle();
    ASSERT_NO_FATAL_FAILURE(memory.check(dut->rdata_o, c));
    memory.end_cycle();
    dut.tick();
  }
  EXPECT_GT(memory.checked(), kCycles / 2);
}

}  // namespace
}  // namespace edgemoe::test
