// SPDX-License-Identifier: Apache-2.0
/// What the loader's tests share: contents of the memory, the rings that the loader writes, and how
/// to drive beats on the ports of a model.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "tests/rtl/weight_loader/loader_rules.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {

constexpr int kRowWords = 64;  ///< of 32 bits
constexpr int kBeats = 16;

/// Word w of row r: no two rows, and no two words of a row, are alike.
inline std::uint32_t memory_word(std::uint64_t row, int word) {
  std::uint64_t x = row * 64 + static_cast<std::uint64_t>(word) + 1;
  x *= 0x9E3779B97F4A7C15ull;
  return static_cast<std::uint32_t>(x >> 29);
}

/// Ring memories behind the loader's write port, and the checks of whoever reads them in order.
class RingMirror {
 public:
  explicit RingMirror(const LoaderShape& shape)
      : rings_{Ring(shape.tile_ring), Ring(shape.param_ring)} {}

  /// A row that will be read from this ring, in order.
  void expect(std::uint64_t row, bool param) { rings_[param].expected.push_back(row); }

  template <typename Model>
  void write(Model& m) {
    if (!m.wvalid_o) return;
    ASSERT_LE(m.wkind_o, 1);
    Ring& ring = rings_[m.wkind_o];
    ASSERT_LT(m.wslot_o, ring.slots.size());
    for (int w = 0; w < kRowWords; ++w) ring.slots[m.wslot_o][w] = m.wdata_o[w];
  }

  /// The next `count` rows of a ring are read for the last time now.
  void read(bool param, int count) {
    Ring& ring = rings_[param];
    for (int i = 0; i < count; ++i) {
      ASSERT_LT(ring.next, ring.expected.size());
      const std::uint64_t row = ring.expected[ring.next];
      const auto& slot = ring.slots[ring.next % ring.slots.size()];
      for (int w = 0; w < kRowWords; ++w)
        ASSERT_EQ(slot[w], memory_word(row, w))
            << (param ? "parameter" : "tile") << " row " << ring.next << ", word " << w;
      ++ring.next;
    }
  }

 private:
  struct Ring {
    explicit Ring(int rows)
        : slots(static_cast<std::size_t>(rows), std::vector<std::uint32_t>(kRowWords)) {}
    std::vector<std::vector<std::uint32_t>> slots;
    std::vector<std::uint64_t> expected;
    std::size_t next = 0;
  };
  Ring rings_[2];
};

template <typename Model>
void set_beat(Model& m, int port, std::uint64_t row, int beat) {
  for (int w = 0; w < 4; ++w) m.rdata_i[port * 4 + w] = memory_word(row, beat * 4 + w);
}

template <typename Model>
void set_job(Model& m, const LoadJob& job, bool valid) {
  m.go_i = 1;
  m.run_valid_i = 0;
  m.job_valid_i = valid;
  m.job_row_i = job.row;
  m.job_param_rows_i = static_cast<std::uint16_t>(job.params);
  m.job_tile_rows_i = static_cast<std::uint32_t>(job.tiles);
}

/// The job that is on the ports has been taken: its rows are described with it.
template <typename Model>
void push_run(Model& m) {
  ASSERT_TRUE(m.run_ready_o);
  m.run_valid_i = 1;
  m.run_param_rows_i = m.job_param_rows_i;
  m.run_tile_rows_i = m.job_tile_rows_i;
}

}  // namespace edgemoe::test
