// SPDX-License-Identifier: Apache-2.0
// All load commands against the cycle engine: the engine runs a program, and every request,
// readable row, end and group of the loader happens in the same cycle in the RTL. The rings do not
// fill here; whole programs on the accelerator (--engine rtl) fill them.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>

#include "Vcommands.h"
#include "Vcommands2.h"
#include "hls/program/encoding.hpp"
#include "sim/dram/memory.hpp"
#include "sim/units/memory_setup.hpp"
#include "sim/units/program_index.hpp"
#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"
#include "tests/rtl/weight_loader/loader_bench.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::test {
namespace {

using program::Command;
using program::Opcode;

constexpr std::size_t kPorts = 3;
constexpr std::size_t kExperts = 8;

bool is_load(const Command& c) { return program::unit_of(c.opcode) == program::Unit::kLoader; }

struct Row {
  std::uint64_t cycle = 0, done = 0, readable = 0, address = 0;
  int command = 0;
};

/// A program with one MoE block, and what the engine makes of it.
struct Case {
  std::vector<Command> commands;
  program::RoutingTrace routing;
  models::DesignConfig design = sim::test_design();
  models::BoardConfig board = sim::test_board();
  sim::SimulationResult result;
  std::vector<Row> rows;
  sim::ExpertPlan plan;
  std::uint64_t published = 0;  ///< end of the last ROUTE

  void run() {
    design.loader.ports = {0, 1, 3};
    design.loader.outstanding = 8;
    ASSERT_LE(commands.size(), 2u * sim::timing::kFetchOutstanding);
    sim::SimulationOptions options;
    options.record_events = true;
    result = sim::run(commands, routing, design, board, options);
    const sim::ProgramIndex index(commands, routing, design);
    plan = index.blocks().begin()->second.plan;
    published = result.commands[index.blocks().begin()->second.last_route->id].end;
    collect_rows();
    add_done_cycles();
  }

 private:
  void collect_rows() {
    std::map<std::uint32_t, Row> found;
    for (const sim::UnitEvent& e : result.events_log) {
      if (e.kind == sim::EventKind::kRowRequest) {
        found[e.index].cycle = e.cycle;
        found[e.index].command = e.command;
      }
      if (e.kind == sim::EventKind::kRowReadable) found[e.index].readable = e.cycle;
    }
    std::map<int, std::uint64_t> place;  // rows of the command so far
    for (auto& [number, row] : found) {
      const Command& c = commands[static_cast<std::size_t>(row.command)];
      row.address = address_of(c, place[row.command]++);
      rows.push_back(row);
    }
  }

  std::uint64_t address_of(const Command& c, std::uint64_t r) const {
    if (c.opcode == Opcode::kLoadPixels) {
      const sim::PixelShape shape(c);
      const std::uint64_t turn = r / shape.rows_per_plane_band;
      return c.address + turn % 3 * shape.plane_bytes + turn / 3 * shape.bytes_per_plane_band +
             r % shape.rows_per_plane_band * 256;
    }
    if (c.opcode != Opcode::kPrefetchExperts && c.opcode != Opcode::kLoadExperts)
      return c.address + r * 256;
    const std::uint64_t each = c.rows + c.param_rows;
    std::vector<int> experts;
    if (c.opcode == Opcode::kLoadExperts) {
      for (const sim::ExpertLoad& load : plan.rest) experts.push_back(load.expert);
    } else {
      experts = fetched();
    }
    return c.address + 256 * (r % each + c.expert_stride_rows *
                                             static_cast<std::uint64_t>(experts.at(r / each)));
  }

  /// Guesses that were loaded: idle ones only as long as the routing was not public.
  std::vector<int> fetched() const {
    std::vector<int> experts;
    for (int e : plan.guesses)
      if (loaded_.empty() || loaded_.count(e)) experts.push_back(e);
    return experts;
  }

  /// As in loader_engine_test: the memory answers the same requests again.
  void add_done_cycles() {
    const sim::MemorySetup setup = sim::setup_memory(design, board);
    sim::Memory memory(setup.parameters);
    const std::uint64_t tick = memory.time_base().cycle;
    const auto submit = [&](int port, std::uint64_t address, std::uint64_t cycle) {
      sim::Request r;
      r.port = port;
      r.address = address;
      r.bytes = 256;
      r.arrival_tick = cycle * tick;
      memory.submit(r);
    };
    std::array<std::size_t, kPorts> next{0, 1, 2};
    std::deque<sim::Response> waiting;
    std::size_t sent = 0, answered = 0, program_sent = 0;
    std::uint64_t header_done = ~std::uint64_t{0};
    for (std::uint64_t c = 0; answered < rows.size(); ++c) {
      memory.advance(c * tick);
      for (sim::Response r; memory.pop_response(&r);) waiting.push_back(r);
      for (; !waiting.empty() && waiting.front().done_tick <= c * tick; waiting.pop_front()) {
        const auto port =
            std::find(setup.load_ports.begin(), setup.load_ports.end(), waiting.front().port);
        if (port == setup.load_ports.end()) {
          header_done = std::min(header_done, c);
          continue;
        }
        std::size_t& row = next[static_cast<std::size_t>(port - setup.load_ports.begin())];
        rows.at(row).done = c;
        row += kPorts;
        ++answered;
      }
      if (c == 0) submit(setup.program_port, 0, 0);
      if (c >= header_done && program_sent < (commands.size() + 1) / 2)
        submit(setup.program_port, 256 + 256 * program_sent++, c);
      for (; sent < rows.size() && rows[sent].cycle == c; ++sent)
        submit(setup.load_ports[sent % kPorts], rows[sent].address, c);
    }
    std::uint64_t complete = 0;
    for (const Row& row : rows) {
      complete = std::max(complete, row.done);
      ASSERT_EQ(row.readable, complete + sim::timing::kRingWrite);
    }
  }

 public:
  std::set<int> loaded_;  ///< guesses that were fetched; empty: all
};

/// The loader between a front, a memory and a router that behave as the engine's log says.
template <typename Model>
class Bench {
 public:
  explicit Bench(const Case& c)
      : case_(c), lanes_(c.design.array.token_lanes), dut_("loader") {
    for (const sim::UnitEvent& e : c.result.events_log) {
      if (e.kind == sim::EventKind::kDispatch && is_load(c.commands[e.command]))
        queue_.push_back({e.cycle + sim::timing::kQueue, e.command});
    }
    for (std::size_t p = 0; p < kPorts; ++p) next_beat_[p] = p;
    dut_.reset();
  }

  void run() {
    const std::uint64_t cycles = case_.result.cycles;
    for (std::uint64_t c = 0; c < cycles; ++c) {
      drive_front(c);
      drive_routing(c);
      drive_memory(c);
      dut_.settle();
      ASSERT_NO_FATAL_FAILURE(compare(c)) << "cycle " << c;
      step_front(c);
      dut_.tick();
    }
    EXPECT_EQ(requested_, case_.rows.size());
    EXPECT_EQ(readable_, case_.rows.size());
    for (const Command& c : case_.commands) {
      if (!is_load(c)) continue;
      EXPECT_EQ(ends_[c.id], case_.result.commands[c.id].end) << "end of command " << c.id;
      if (c.signal_mode == program::SignalMode::kGroup) {
        EXPECT_EQ(groups_[c.id], sim::groups_of(c, lanes_)) << "groups of command " << c.id;
      }
    }
  }

 private:
  struct Entry {
    std::uint64_t visible;
    std::size_t id;
  };

  template <typename Port>
  void put_command(Port& port, std::size_t id) {
    std::array<std::uint8_t, program::kCommandBytes> bytes{};
    program::encode_command(case_.commands[id], bytes.data());
    for (std::size_t w = 0; w < 32; ++w) {
      std::uint32_t word = 0;
      for (std::size_t b = 4; b-- > 0;) word = word << 8 | bytes[4 * w + b];
      port[w] = word;
    }
  }

  void drive_front(std::uint64_t c) {
    dut_->next_valid_i = starting_ == 1;
    if (starting_ == 1) put_command(dut_->next_cmd_i, next_);
    if (starting_ == 0) {
      put_command(dut_->cmd_i, next_);
      current_ = next_;
    }
    bool reached = true;
    for (const program::Wait& w : case_.commands[current_].wait) {
      if (w.mode == program::WaitMode::kStart)  // the only counter that loads wait for: routed
        reached = c >= case_.published + sim::timing::kSignal;
    }
    dut_->start_reached_i = reached;
  }

  void step_front(std::uint64_t c) {
    const bool blocked = starting_ == 1;
    if (starting_ >= 0) --starting_;
    if (blocked || !dut_->free_o || queue_.empty() || queue_.front().visible > c) return;
    next_ = queue_.front().id;
    queue_.pop_front();
    starting_ = 1;
  }

  void drive_routing(std::uint64_t c) {
    const bool ordered = c >= case_.published;
    const bool is_public = c >= case_.published + sim::timing::kSignal;
    std::uint32_t active = 0;
    for (std::size_t e = 0; e < kExperts; ++e) active |= (case_.plan.lengths[e] != 0) << e;
    dut_->pub_count_i = is_public;
    dut_->pub_active_i = static_cast<std::uint8_t>(is_public ? active : random_());
    std::uint32_t list = 0;
    for (std::size_t i = 0; i < case_.plan.rest.size(); ++i)
      list |= static_cast<std::uint32_t>(case_.plan.rest[i].expert) << (3 * i);
    dut_->rest_count_i =
        static_cast<std::uint8_t>(ordered ? case_.plan.rest.size() : random_() % 9);
    dut_->rest_list_i = ordered ? list : random_() & 0xffffff;
  }

  void drive_memory(std::uint64_t c) {
    dut_->arready_i = 7;
    std::uint32_t valid = 0, last = 0;
    for (std::size_t p = 0; p < kPorts; ++p) {
      std::size_t& i = next_beat_[p];
      if (i < case_.rows.size() && case_.rows[i].done <= c) i += kPorts;
      if (i >= case_.rows.size() || case_.rows[i].done > c + kBeats) continue;
      const int beat = static_cast<int>(c + kBeats - case_.rows[i].done);
      valid |= 1u << p;
      if (beat == kBeats - 1) last |= 1u << p;
      set_beat(*dut_, static_cast<int>(p), case_.rows[i].address / 256, beat);
    }
    dut_->rvalid_i = static_cast<std::uint8_t>(valid);
    dut_->rlast_i = static_cast<std::uint8_t>(last);
  }

  void compare(std::uint64_t c) {
    std::uint32_t expected = 0;
    for (; requested_ < case_.rows.size() && case_.rows[requested_].cycle == c; ++requested_) {
      const std::size_t port = requested_ % kPorts;
      expected |= 1u << port;
      ASSERT_EQ(get_bits(dut_->araddr_o, port * 48, 48), case_.rows[requested_].address)
          << "row " << requested_;
    }
    ASSERT_EQ(dut_->arvalid_o, expected) << "requests up to row " << requested_;
    std::size_t now = 0;
    for (; readable_ < case_.rows.size() && case_.rows[readable_].readable == c; ++readable_, ++now)
      ASSERT_EQ(get_bits(dut_->ev_id_o, 16 * now, 16), case_.rows[readable_].command);
    ASSERT_EQ(dut_->trc_readable_valid_o, (1u << now) - 1) << "readable up to row " << readable_;
    for (std::size_t e = 0; e <= kPorts; ++e) note_event(c, e);
    if (now != 0) {
      ASSERT_NO_FATAL_FAILURE(check_groups());
    }
    check_write();
  }

  void note_event(std::uint64_t c, std::size_t e) {
    if (!(dut_->ev_valid_o >> e & 1)) return;
    const auto id = static_cast<int>(get_bits(dut_->ev_id_o, 16 * e, 16));
    const Command& command = case_.commands[static_cast<std::size_t>(id)];
    const bool done = dut_->ev_done_o >> e & 1, signal = dut_->ev_signal_o >> e & 1;
    if (done) {
      EXPECT_EQ(ends_.count(id), 0u) << "command " << id << " ends twice";
      ends_[id] = c;
    }
    if (signal) {
      EXPECT_EQ(get_bits(dut_->ev_counter_o, 8 * e, 8), command.signal);
      EXPECT_NE(command.signal_mode, program::SignalMode::kNone);
      groups_[id] += get_bits(dut_->ev_amount_o, 9 * e, 9);
    }
    if (command.signal_mode == program::SignalMode::kEnd) {
      EXPECT_EQ(signal, done);
    }
  }

  /// Groups that are complete with the rows that are readable.
  void check_groups() {
    std::map<int, std::uint64_t> rows;
    for (std::size_t i = 0; i < readable_; ++i) ++rows[case_.rows[i].command];
    for (const auto& [id, there] : rows) {
      const Command& c = case_.commands[static_cast<std::size_t>(id)];
      if (c.signal_mode != program::SignalMode::kGroup) continue;
      std::uint64_t groups = there * 64 / (std::uint64_t{c.out_dim ? c.out_dim : 1u} * lanes());
      if (c.opcode == Opcode::kLoadPixels) {
        const sim::PixelShape shape(c);
        groups = there / (3 * shape.rows_per_plane_band) * (shape.patches_per_band / lanes());
      }
      if (there == sim::static_rows(c)) groups = sim::groups_of(c, lanes_);
      ASSERT_EQ(groups_[id], groups) << "groups of command " << id;
    }
  }

  /// Rows go where their kind says; buffers in order of arrival in the stream.
  void check_write() {
    if (!dut_->wvalid_o) return;
    ++written_;
    ASSERT_LT(dut_->wslot_o, dut_->wkind_o == 2 ? 384u : dut_->wkind_o == 3 ? 388u : 6144u);
  }

  std::uint64_t lanes() const { return static_cast<std::uint64_t>(lanes_); }

  const Case& case_;
  int lanes_;
  Dut<Model> dut_;
  std::mt19937 random_{3};
  std::deque<Entry> queue_;
  int starting_ = -1;
  std::size_t next_ = 0, current_ = 0;
  std::array<std::size_t, kPorts> next_beat_{};
  std::size_t requested_ = 0, readable_ = 0, written_ = 0;
  std::map<int, std::uint64_t> ends_, groups_;
};

struct Shape {
  int dim, hidden;
  std::vector<int> list, lengths;
  bool early_route;  ///< the routing is public while the list is fetched
  bool wait_for_route = true;
};

template <typename Model = Vcommands>
void expect_agreement(const Shape& shape, double cap, const std::set<int>& loaded = {},
                      int lanes = 8) {
  Case c;
  c.design.array.token_lanes = lanes;
  c.loaded_ = loaded;
  c.board.dram.efficiency_cap = cap;
  sim::ProgramBuilder builder;
  Command& pixels = builder.add(Opcode::kLoadPixels);
  pixels.image_width = static_cast<std::uint16_t>(16 * lanes);
  pixels.image_height = 48;
  pixels.address = 256 * 1000;
  sim::signal_groups(pixels, 3);
  Command& tokens = builder.add(Opcode::kLoadTokens);
  tokens.tokens = 25;
  tokens.out_dim = static_cast<std::uint16_t>(shape.dim);
  tokens.address = 256 * 3000;
  sim::signal_groups(tokens, 4);
  builder.load(64, 48, 5);
  builder.moe(0, 40, shape.dim, shape.hidden, kExperts, shape.list);
  c.commands = builder.finish();
  for (Command& command : c.commands) {
    if (command.opcode == Opcode::kRoute)
      sim::wait_start(command, shape.early_route ? 3 : 5, shape.early_route ? 2 : 1);
    if (command.opcode == Opcode::kLoadExperts && shape.wait_for_route)
      sim::wait_start(command, 20, 1);
  }
  c.routing = sim::routing_of(0, 40, shape.lengths);
  c.run();
  if (::testing::Test::HasFatalFailure()) return;
  Bench<Model>(c).run();
}

TEST(LoadCommands, AgreeWithTheEngineWhenGuessesAreRight) {
  expect_agreement({32, 64, {1, 3}, {0, 9, 0, 7, 5, 0, 0, 1}, false}, 1.0);
  expect_agreement({32, 64, {1, 3}, {0, 9, 0, 7, 5, 0, 0, 1}, false}, 0.75);
}

TEST(LoadCommands, FreeWrongGuessesAndLoadTheRest) {
  expect_agreement({48, 16, {0, 2, 5}, {0, 9, 0, 7, 5, 0, 0, 1}, false, false}, 1.0);
}

TEST(LoadCommands, EndAtOnceWhenNothingIsLeftToLoad) {
  expect_agreement({16, 16, {7, 6}, {0, 0, 0, 0, 0, 0, 4, 9}, false}, 1.0);
}

TEST(LoadCommands, LoadEverythingWithoutAList) {
  expect_agreement({64, 32, {}, {5, 5, 5, 5, 5, 5, 5, 5}, false}, 1.0);
}

TEST(LoadCommands, SkipIdleExpertsOnceTheRoutingIsPublic) {
  // Public before the list is begun: idle ones are skipped, at the start, between and at the end.
  expect_agreement({32, 32, {0, 1, 2, 3, 4}, {0, 9, 0, 7, 0, 0, 0, 1}, true}, 1.0, {1, 3});
  expect_agreement({32, 32, {1, 0, 3}, {0, 9, 0, 7, 0, 0, 0, 1}, true}, 0.75, {1, 3});
}

// A plane's band has two rows: three ports ask for parts of three planes in one cycle.
TEST(LoadCommands, PixelsOfAnImageOfTwoPatchesTurnTwiceInACycle) {
  expect_agreement<Vcommands2>({32, 64, {1, 3}, {0, 9, 0, 7, 5, 0, 0, 1}, false}, 1.0, {}, 2);
  expect_agreement<Vcommands2>({48, 16, {0, 2}, {0, 9, 0, 7, 5, 0, 0, 1}, false}, 0.75, {}, 2);
}

TEST(LoadCommands, ListsOfIdleExpertsOnlyCostACycleEach) {
  expect_agreement({32, 32, {0, 2}, {0, 9, 0, 7, 0, 0, 0, 1}, true}, 1.0, {-1});
}

}  // namespace
}  // namespace edgemoe::test
