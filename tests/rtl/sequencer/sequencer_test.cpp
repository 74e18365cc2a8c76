// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "Vsequencer.h"
#include "hls/program/encoding.hpp"
#include "sim/units/timing.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

using program::Command;
using program::Opcode;
using Row = std::array<std::uint8_t, program::kRowBytes>;

constexpr std::uint64_t kImageRow = 3;
constexpr std::uint64_t kProgramRow = 77;
constexpr int kBeats = 16;

/// Random commands, END last, in memory as the accelerator finds them.
struct Image {
  Image(int count, std::uint32_t seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < count; ++i) {
      Command c;
      c.id = static_cast<std::uint16_t>(i);
      c.opcode = i + 1 == count ? Opcode::kEnd : static_cast<Opcode>(1 + random() % 15);
      for (program::Wait& w : c.wait) {
        w.mode = static_cast<program::WaitMode>(random() % 3);
        w.counter = static_cast<std::uint8_t>(random() % program::kMaxCounters);
        w.value = static_cast<std::uint16_t>(random());
      }
      c.rows = random();
      c.tokens = static_cast<std::uint16_t>(random());
      commands.push_back(c);
    }
    program::ImageHeader header;
    header.program_address = kProgramRow * program::kRowBytes;
    header.command_count = static_cast<std::uint32_t>(count);
    program::encode_header(header, head.data());
    rows.resize((commands.size() + 1) / 2, Row{});
    for (std::size_t i = 0; i < commands.size(); ++i)
      program::encode_command(commands[i], rows[i / 2].data() + i % 2 * program::kCommandBytes);
  }
  const Row& at(std::uint64_t row) const {
    return row == kImageRow ? head : rows.at(row - kProgramRow);
  }

  std::vector<Command> commands;
  Row head{};
  std::vector<Row> rows;
};

/// What the outside does in each cycle, drawn before.
struct World {
  World(Stall mode, std::uint64_t cycles, int last_id, std::uint32_t seed) {
    std::vector<Staller> queues, counters;
    for (std::uint32_t i = 0; i < 8; ++i) queues.emplace_back(mode, seed + i);
    for (std::uint32_t i = 0; i < 3; ++i) counters.emplace_back(mode, seed + 20 + i);
    std::mt19937 random(seed);
    const std::uint64_t all_done = mode == Stall::kNone ? 0 : random() % cycles;
    for (std::uint64_t c = 0; c < cycles; ++c) {
      std::uint8_t ready = 0, reached = 0;
      for (int i = 0; i < 8; ++i) ready |= static_cast<std::uint8_t>(queues[i].willing() << i);
      for (int i = 0; i < 3; ++i) reached |= static_cast<std::uint8_t>(counters[i].willing() << i);
      queue_ready.push_back(ready);
      this->reached.push_back(reached);
      // Barriers do not look at it; END must not go one command early.
      done.push_back(c >= all_done ? last_id : c >= all_done / 2 ? std::max(0, last_id - 1) : 0);
    }
  }
  std::vector<std::uint8_t> queue_ready, reached;
  std::vector<int> done;
};

struct Fetch {
  std::uint64_t cycle, row, done;
};
struct Event {
  std::uint64_t cycle;
  int id;
};
struct Expected {
  std::vector<Fetch> fetches;
  std::vector<Event> dispatches;
  std::uint64_t end = 0;  ///< the cycle of END
};

/// The rules as one process in time: fetch ahead, await the row, dispatch its commands.
Expected follow_rules(const Image& image, const World& world, std::uint32_t seed) {
  Expected e;
  std::mt19937 random(seed);
  const auto fetch = [&](std::uint64_t row, std::uint64_t t) {
    const std::uint64_t wait = random() % 4 == 0 ? random() % 200 : random() % 8;
    const std::uint64_t before = e.fetches.empty() ? 0 : e.fetches.back().done;
    e.fetches.push_back({t, row, std::max(before + kBeats, t + kBeats + 1 + wait)});
  };
  fetch(kImageRow, 0);
  std::uint64_t t = e.fetches[0].done;
  std::size_t requested = 0;
  for (std::size_t r = 0; r < image.rows.size(); ++r) {
    while (requested < std::min(image.rows.size(), r + sim::timing::kFetchOutstanding))
      fetch(kProgramRow + requested++, t++);
    t = std::max(t, e.fetches[r + 1].done);
    for (std::size_t i = 2 * r; i < std::min(image.commands.size(), 2 * r + 2); ++i, ++t) {
      const Command& c = image.commands[i];
      const auto unit = static_cast<int>(program::unit_of(c.opcode));
      if (program::unit_of(c.opcode) != program::Unit::kSequencer) {
        while (!(world.queue_ready.at(t) >> unit & 1)) ++t;
        e.dispatches.push_back({t, c.id});
        continue;
      }
      const auto holds = [&](std::uint64_t at) {
        for (int w = 0; w < program::kMaxWaits; ++w) {
          if (c.wait[w].mode != program::WaitMode::kNone && !(world.reached.at(at) >> w & 1))
            return false;
        }
        return c.opcode != Opcode::kEnd || world.done.at(at) >= c.id;
      };
      while (!holds(t)) ++t;
      if (c.opcode == Opcode::kEnd) e.end = t;
    }
  }
  return e;
}

void set_beat(Vsequencer& m, const Row& row, int beat) {
  for (int w = 0; w < 4; ++w) {
    std::uint32_t word = 0;
    for (int b = 3; b >= 0; --b)
      word = word << 8 | row[static_cast<std::size_t>(beat * 16 + w * 4 + b)];
    m.rdata_i[w] = word;
  }
}

void set_inputs(Vsequencer& m, std::uint8_t ready, std::uint8_t reached, int done) {
  m.queue_ready_i = ready;
  m.reached_i = reached;
  m.commands_done_i = static_cast<std::uint16_t>(done);
}

class Replay {
 public:
  Replay(const Image& image, const World& world, const Expected& expected)
      : image_(image), world_(world), expected_(expected), dut_("sequencer") {}

  void run() {
    dut_.reset();
    for (std::uint64_t c = 0; c <= expected_.end; ++c) {
      drive(c);
      dut_.settle();
      compare(c);
      if (::testing::Test::HasFatalFailure()) return;
      dut_.tick();
    }
    EXPECT_EQ(fetched_, expected_.fetches.size());
    EXPECT_EQ(dispatched_, expected_.dispatches.size());
    EXPECT_EQ(dut_->done_o, 1);
    EXPECT_EQ(dut_->error_o, 0);
    EXPECT_EQ(program_rows_, image_.rows.size());
  }

 private:
  void drive(std::uint64_t c) {
    dut_->start_i = c == 0;
    dut_->image_row_i = kImageRow;
    dut_->arready_i = 1;
    set_inputs(*dut_, world_.queue_ready[c], world_.reached[c], world_.done[c]);
    dut_->rvalid_i = 0;
    dut_->rlast_i = 0;
    const std::vector<Fetch>& rows = expected_.fetches;
    if (arriving_ < rows.size() && rows[arriving_].done <= c) ++arriving_;
    if (arriving_ == rows.size() || rows[arriving_].done > c + kBeats) return;
    const int beat = static_cast<int>(c + kBeats - rows[arriving_].done);
    dut_->rvalid_i = 1;
    dut_->rlast_i = beat == kBeats - 1;
    set_beat(*dut_, image_.at(rows[arriving_].row), beat);
  }

  void compare(std::uint64_t c) {
    ASSERT_EQ(dut_->done_o, 0) << "cycle " << c;
    const bool fetch =
        fetched_ < expected_.fetches.size() && expected_.fetches[fetched_].cycle == c;
    ASSERT_EQ(dut_->arvalid_o != 0, fetch) << "cycle " << c;
    if (fetch) {
      ASSERT_EQ(dut_->araddr_o, expected_.fetches[fetched_++].row * 256);
    }
    const bool dispatch =
        dispatched_ < expected_.dispatches.size() && expected_.dispatches[dispatched_].cycle == c;
    ASSERT_EQ(dut_->dispatch_valid_o != 0, dispatch) << "cycle " << c;
    if (dispatch) {
      const int id = expected_.dispatches[dispatched_++].id;
      ASSERT_EQ(dut_->dispatch_id_o, id);
      const Opcode opcode = image_.commands[static_cast<std::size_t>(id)].opcode;
      ASSERT_EQ(dut_->dispatch_unit_o, static_cast<int>(program::unit_of(opcode)));
    }
    if (dut_->pmem_wvalid_o) check_program_row();
  }

  void check_program_row() {
    ASSERT_EQ(dut_->pmem_wrow_o, program_rows_);
    const Row& row = image_.rows.at(program_rows_++);
    for (std::size_t b = 0; b < row.size(); ++b)
      ASSERT_EQ(dut_->pmem_wdata_o[b / 4] >> (8 * (b % 4)) & 0xff, row[b]) << "byte " << b;
  }

  const Image& image_;
  const World& world_;
  const Expected& expected_;
  Dut<Vsequencer> dut_;
  std::size_t fetched_ = 0, dispatched_ = 0, arriving_ = 0, program_rows_ = 0;
};

TEST(Sequencer, FetchesAndDispatchesInTheCyclesOfTheRules) {
  for (Stall mode : kAllStalls) {
    for (int count : {1, 2, 3, 7, 8, 9, 10, 51, 256}) {
      SCOPED_TRACE(std::string(name_of(mode)) + ", " + std::to_string(count) + " commands");
      const auto seed = static_cast<std::uint32_t>(count);
      const Image image(count, seed);
      const World world(mode, 60000, count - 1, seed);
      const Expected expected = follow_rules(image, world, seed);
      Replay(image, world, expected).run();
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(Sequencer, RunsAProgramThatFillsTheProgramMemory) {
  const int count = sim::timing::kProgramCommands;
  const Image image(count, 5);
  const World world(Stall::kNone, 60000, count - 1, 5);
  const Expected expected = follow_rules(image, world, 5);
  Replay(image, world, expected).run();
}

/// Serves an image from a slow bus and says how it ended.
struct Outcome {
  bool done = false, error = false;
  std::vector<int> dispatched;
};

Outcome serve(const Image& image, Stall bus, int bad_beat_of_row = -1) {
  Dut<Vsequencer> dut("sequencer");
  dut.reset();
  Staller address(bus, 1), data(bus, 2);
  std::vector<std::uint64_t> rows;
  std::size_t row = 0;
  int beat = 0;
  Outcome outcome;
  for (int cycle = 0; cycle < 12000 && !dut->done_o; ++cycle) {
    dut->start_i = cycle == 0;
    dut->image_row_i = kImageRow;
    set_inputs(*dut, 0xff, 7, 0xffff);
    dut->arready_i = address.willing();
    const bool beat_now = row < rows.size() && data.willing();
    dut->rvalid_i = beat_now;
    dut->rlast_i = beat_now && beat == kBeats - 1;
    dut->rresp_i = beat_now && static_cast<int>(row) == bad_beat_of_row ? 2 : 0;
    if (beat_now) {
      set_beat(*dut, image.at(rows[row]), beat);
      beat = (beat + 1) % kBeats;
      row += beat == 0;
    }
    dut.settle();
    if (dut->arvalid_o && dut->arready_i) rows.push_back(dut->araddr_o / 256);
    if (dut->dispatch_valid_o) outcome.dispatched.push_back(dut->dispatch_id_o);
    dut.tick();
  }
  outcome.done = dut->done_o;
  outcome.error = dut->error_o;
  return outcome;
}

TEST(Sequencer, DispatchesEveryCommandOnceOverASlowBus) {
  const Image image(60, 9);
  std::vector<int> ids;
  for (const Command& c : image.commands)
    if (program::unit_of(c.opcode) != program::Unit::kSequencer) ids.push_back(c.id);
  for (Stall bus : kAllStalls) {
    SCOPED_TRACE(name_of(bus));
    const Outcome outcome = serve(image, bus);
    EXPECT_TRUE(outcome.done);
    EXPECT_FALSE(outcome.error);
    EXPECT_EQ(outcome.dispatched, ids);
  }
}

void expect_refused(const Image& image) {
  const Outcome outcome = serve(image, Stall::kNone);
  EXPECT_TRUE(outcome.error);
  EXPECT_FALSE(outcome.done);
  EXPECT_TRUE(outcome.dispatched.empty());
}

TEST(SequencerErrors, RefusesHeadersThatAreNotOurs) {
  // Magic, version, program address not aligned and beyond 48 bits, command counts too large.
  const struct {
    std::size_t byte;
    std::uint8_t value;
  } cases[] = {{0, 0}, {4, 2}, {16, 1}, {22, 1}, {27, 1}, {25, 8}};
  for (const auto& c : cases) {
    SCOPED_TRACE("byte " + std::to_string(c.byte));
    Image image(4, 1);
    image.head[c.byte] = c.value;
    expect_refused(image);
  }
}

TEST(SequencerErrors, RefusesAProgramWithoutCommands) {
  Image image(4, 1);
  image.head[24] = 0;
  expect_refused(image);
}

TEST(SequencerErrors, StopsAtAnUnknownOpcode) {
  Image image(8, 1);
  image.rows[0][0] = 16;
  expect_refused(image);
}

TEST(SequencerErrors, StopsAtACounterThatDoesNotExist) {
  for (std::size_t byte : {6u, 9u, 13u, 17u}) {
    Image image(8, 1);
    image.rows[0][byte] = program::kMaxCounters;
    expect_refused(image);
  }
}

TEST(SequencerErrors, StopsAtAnErrorResponse) {
  EXPECT_TRUE(serve(Image(8, 1), Stall::kNone, 0).error);
  const Outcome outcome = serve(Image(8, 1), Stall::kNone, 1);
  EXPECT_TRUE(outcome.error);
  EXPECT_TRUE(outcome.dispatched.empty());
}

TEST(SequencerErrors, AProgramWithoutEndIsNotDone) {
  Image image(5, 2);
  image.rows[2][0] = static_cast<std::uint8_t>(Opcode::kLinear);
  const Outcome outcome = serve(image, Stall::kNone);
  EXPECT_FALSE(outcome.done);
  EXPECT_EQ(outcome.dispatched.back(), 4);
}

}  // namespace
}  // namespace edgemoe::test
