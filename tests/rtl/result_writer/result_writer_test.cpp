// SPDX-License-Identifier: Apache-2.0
// STORE_TOKENS against the cycle engine: every row's address, the begin and end of every store and
// every signal in the engine's cycle, and the residual's bits in memory; with surroundings that are
// late, and (bits alone) with a memory that is not ready, that answers late, or with an error.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>
#include <vector>

#include "Vresult1.h"
#include "Vresult3.h"
#include "Vresult4.h"
#include "rtl/harness/bits.hpp"
#include "rtl/harness/memory_side.hpp"
#include "sim/units/shapes.hpp"
#include "sim/units/writer.hpp"
#include "tests/rtl/unit_bench/script_random.hpp"
#include "tests/rtl/unit_bench/signals.hpp"
#include "tests/sim/units/support.hpp"
#include "tests/support/dut_driver.hpp"
#include "tests/support/memory_manners.hpp"

namespace edgemoe::test {
namespace {

struct Shape {
  int ports, outstanding, token_lanes, segments, segment_rows, max_dim;
};
constexpr Shape kShape1{1, 1, 2, 1, 24, 64};
constexpr Shape kShape3{3, 16, 8, 2, 136, 192};
constexpr Shape kShape4{4, 3, 16, 2, 48, 128};

constexpr std::uint64_t kImageBytes = 1 << 22;

/// Stores of every kind; none overlaps with another.
UnitScript random_stores(const Shape& s, int count, Stall stall, std::uint64_t seed) {
  ScriptRandom random(stall, seed);
  UnitScript script;
  script.board = sim::test_board();
  for (models::PortConfig& port : script.board.ports) port.latency_cycles = random.from(34, 200);
  script.board.dram.efficiency_cap = random.chance(2) ? 0.75 : 1.0;
  script.design = sim::test_design();
  script.design.array.token_lanes = s.token_lanes;
  script.design.loader.outstanding = s.outstanding;
  script.design.loader.ports.clear();
  for (int p = 0; p < s.ports; ++p) script.design.loader.ports.push_back(p);
  std::uint64_t address = 256 * static_cast<std::uint64_t>(random.below(64));
  for (int i = 0; i < count; ++i) {
    program::Command c;
    c.opcode = program::Opcode::kStoreTokens;
    c.id = static_cast<std::uint16_t>(i);
    c.tokens = static_cast<std::uint16_t>(
        random.chance(4) ? 1 : random.chance(4) ? s.segment_rows : random.from(1, s.segment_rows));
    c.segments = static_cast<std::uint16_t>(random.from(1, s.segments));
    c.out_dim = static_cast<std::uint16_t>(16 * random.from(1, s.max_dim / 16));
    c.address = address;
    const std::uint64_t bytes = std::uint64_t{4} * c.out_dim * c.tokens * c.segments;
    address += (bytes + 255) / 256 * 256 + 256 * static_cast<std::uint64_t>(random.below(3));
    const int groups = (c.tokens + s.token_lanes - 1) / s.token_lanes * c.segments;
    random.dispatch(&script, i);
    random.waits(&script, &c, 2 * i, groups);
    random.signals(&c, 64 + i);
    script.commands.push_back(c);
  }
  program::Command end;
  end.opcode = program::Opcode::kEnd;
  end.id = static_cast<std::uint16_t>(count);
  script.commands.push_back(end);
  return script;
}

template <typename Model>
class Bench {
 public:
  Bench(const Shape& shape, const UnitScript& script, const UnitRecord& record,
        rtl::MemoryManners* manners)
      : shape_(shape),
        script_(script),
        record_(record),
        exact_(manners == nullptr),
        image_(kImageBytes, 0xa5),
        setup_(sim::setup_memory(script.design, script.board)),
        memory_(setup_.parameters, setup_.load_ports, setup_.program_port, &image_, manners),
        front_(script.commands, record.counters, script.dispatches) {
    std::mt19937 random(77);
    residual_.resize(static_cast<std::size_t>(shape.segments * shape.segment_rows * shape.max_dim));
    for (std::int32_t& value : residual_)
      value = static_cast<std::int32_t>(random()) >> (8 + (random() % 4 == 0 ? random() % 24 : 0));
    residual_.front() = (1 << 23) - 1;
    residual_.back() = -(1 << 23);
    dut_.reset();
    memory_.start();
  }

  void run() {
    for (std::uint64_t c = 0; signals_.ended() < script_.dispatches.size(); ++c) {
      if (c > 400'000) dut_.fail("does not end");
      drive(c);
      dut_.settle();
      dut_->group_reached_i = front_.group_reached(dut_->group_o, c);
      dut_.settle();
      read_outputs();
      memory_.take(c, inputs_, outputs_);
      look(c);
      residual_read();
      front_.pop(c, dut_->free_o);
      memory_.give(c + 1, &inputs_);
      error_ = error_ || dut_->error_o;
      dut_.tick();
    }
  }

  void compare() const {
    expect_image();
    if (!exact_) return;
    signals_.compare(script_, record_);
    ASSERT_EQ(rows_.size(), record_.events.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      EXPECT_EQ(sim::to_line(rows_[i]), sim::to_line(record_.events[i]));
    }
    for (const auto& [id, begin] : begins_) EXPECT_EQ(begin, record_.spans.at(id).first) << id;
  }

  bool error() const { return error_; }

 private:
  void drive(std::uint64_t c) {
    const int starts = front_.starts(c);
    dut_->start_i = starts >= 0;
    if (starts >= 0) front_.put_command(dut_->cmd_i, starts);
    dut_->start_reached_i = front_.start_reached(c);
    std::uint32_t address = 0, data = 0, answer = 0, code = 0;
    for (int p = 0; p < shape_.ports; ++p) {
      address |= static_cast<std::uint32_t>(inputs_.store_ready[p]) << p;
      data |= static_cast<std::uint32_t>(inputs_.data_ready[p]) << p;
      answer |= static_cast<std::uint32_t>(inputs_.written[p]) << p;
      code |= static_cast<std::uint32_t>(inputs_.write_response[p]) << (2 * p);
    }
    dut_->awready_i = static_cast<std::uint8_t>(address);
    dut_->wready_i = static_cast<std::uint8_t>(data);
    dut_->bvalid_i = static_cast<std::uint8_t>(answer);
    dut_->bresp_i = static_cast<std::uint8_t>(code);
  }

  void read_outputs() {
    EXPECT_EQ(dut_->bready_o, (1 << shape_.ports) - 1);
    for (std::size_t p = 0; p < static_cast<std::size_t>(shape_.ports); ++p) {
      outputs_.store[p].valid = (dut_->awvalid_o >> p & 1) != 0;
      outputs_.store[p].address = rtl::get_bits(dut_->awaddr_o, 48 * p, 48);
      outputs_.store[p].beats = static_cast<int>(rtl::get_bits(dut_->awlen_o, 8 * p, 8)) + 1;
      outputs_.data[p].valid = (dut_->wvalid_o >> p & 1) != 0;
      outputs_.data[p].last = (dut_->wlast_o >> p & 1) != 0;
      for (std::size_t i = 0; i < 16; ++i) {
        outputs_.data[p].data[i] =
            static_cast<std::uint8_t>(rtl::get_bits(dut_->wdata_o, 128 * p + 8 * i, 8));
      }
    }
  }

  void look(std::uint64_t c) {
    if (dut_->trc_write_o) {
      rows_.push_back({c, sim::EventKind::kRowWrite, dut_->trc_write_id_o,
                       dut_->trc_write_index_o});
    }
    if (dut_->residual_ren_o) begins_.emplace(front_.current(), c);
    if (!dut_->event_valid_o) return;
    signals_.event(c, dut_->event_signal_o, dut_->event_counter_o, dut_->event_amount_o,
                   dut_->event_done_o, dut_->event_id_o);
  }

  /// Two cycles from read to data, which stays.
  void residual_read() {
    if (read_[1].valid) {
      for (std::size_t n = 0; n < 16; ++n) {
        rtl::put_bits(dut_->residual_rdata_i, 24 * n, 24,
                      value(read_[1].row, 16 * read_[1].word + static_cast<int>(n)));
      }
    }
    read_[1] = read_[0];
    read_[0] = {dut_->residual_ren_o != 0, static_cast<int>(dut_->residual_rrow_o),
                static_cast<int>(dut_->residual_rword_o)};
  }

  std::int32_t value(int row, int n) const {
    return residual_[static_cast<std::size_t>(row * shape_.max_dim + n)];
  }

  void expect_image() const {
    std::vector<std::uint8_t> wanted(kImageBytes, 0xa5);
    for (const UnitFront::Dispatch& d : script_.dispatches) {
      const program::Command& c = script_.commands[static_cast<std::size_t>(d.id)];
      std::size_t at = c.address;
      for (int s = 0; s < c.segments; ++s) {
        for (int t = 0; t < c.tokens; ++t) {
          for (int n = 0; n < c.out_dim; ++n, at += 4) {
            const std::int32_t v = value(s * shape_.segment_rows + t, n);
            std::memcpy(wanted.data() + at, &v, 4);
          }
        }
      }
    }
    EXPECT_TRUE(wanted == image_);
  }

  struct Read {
    bool valid = false;
    int row = 0, word = 0;
  };
  Shape shape_;
  const UnitScript& script_;
  const UnitRecord& record_;
  bool exact_, error_ = false;
  std::vector<std::uint8_t> image_;
  sim::MemorySetup setup_;
  rtl::MemorySide memory_;
  UnitFront front_;
  Dut<Model> dut_{"result writer"};
  std::vector<std::int32_t> residual_;
  Read read_[2];
  rtl::ModelInputs inputs_;
  rtl::ModelOutputs outputs_;
  Signals signals_;
  std::vector<sim::UnitEvent> rows_;
  std::map<int, std::uint64_t> begins_;
};

template <typename Model>
void expect_right(const Shape& shape, const UnitScript& script, const UnitRecord& record,
                  rtl::MemoryManners* manners) {
  Bench<Model> bench(shape, script, record, manners);
  bench.run();
  bench.compare();
  EXPECT_FALSE(bench.error());
}

template <typename Model>
void expect_stores(const Shape& shape, std::uint64_t seeds) {
  for (const Stall stall : kAllStalls) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      SCOPED_TRACE(std::string("signals: ") + name_of(stall) + ", seed " + std::to_string(seed));
      const UnitScript script = random_stores(shape, 12, stall, seed);
      const UnitRecord record = record_unit<sim::Writer>(script);
      expect_right<Model>(shape, script, record, nullptr);
      for (const Stall memory_stall : {Stall::kRandom, Stall::kLong}) {
        StallingMemory memory(memory_stall, static_cast<std::uint32_t>(10 * seed));
        expect_right<Model>(shape, script, record, &memory);
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(ResultWriter, IsTheEngineWithOnePortAndOneBurst) { expect_stores<Vresult1>(kShape1, 6); }
TEST(ResultWriter, IsTheEngineWithThreePorts) { expect_stores<Vresult3>(kShape3, 3); }
TEST(ResultWriter, IsTheEngineWithFourPorts) { expect_stores<Vresult4>(kShape4, 6); }

TEST(ResultWriter, TellsOfAnErrorOfAnyPortAndStoresTheRest) {
  const UnitScript script = random_stores(kShape4, 2, Stall::kNone, 5);
  const UnitRecord record = record_unit<sim::Writer>(script);
  for (const std::uint64_t burst : {0u, 1u, 2u, 3u}) {
    for (const std::uint8_t code : {std::uint8_t{2}, std::uint8_t{3}}) {
      FailingMemory memory(true, burst, code);
      Bench<Vresult4> bench(kShape4, script, record, &memory);
      bench.run();
      bench.compare();
      EXPECT_TRUE(bench.error());
      EXPECT_GT(memory.bursts(), burst);
    }
  }
}

}  // namespace
}  // namespace edgemoe::test
