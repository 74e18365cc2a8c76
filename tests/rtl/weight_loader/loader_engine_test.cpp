// SPDX-License-Identifier: Apache-2.0
// The RTL against the cycle engine itself: the engine runs a program, and every row request and
// every readable row of its log happens in the same cycle in the RTL.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>

#include "Vloader3.h"
#include "sim/dram/memory.hpp"
#include "sim/units/memory_setup.hpp"
#include "sim/units/timing.hpp"
#include "tests/rtl/weight_loader/loader_replay.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::test {
namespace {

using program::Command;
using program::Opcode;

constexpr LoaderShape kShape{3, 8, 96, 8};

/// Three matrices that fit the model's rings without a free place, and their use. At most eight
/// commands, so that the sequencer asks for all program rows one after the other.
std::vector<Command> program_of_three() {
  sim::ProgramBuilder builder;
  const int first = builder.load(64, 128, 1);
  const int second = builder.load(64, 64, 2);
  const int third = builder.load(32, 64, 3);
  const auto order = program::LoopOrder::kTokenOuter;
  builder.linear(first, 20, 64, 128, order);
  builder.linear(second, 20, 64, 64, order);
  builder.linear(third, 20, 32, 64, order);
  return builder.finish();
}

/// Rows in load order; requests and readable cycles from the log.
struct EngineLoads {
  LoaderHistory history;
  std::vector<std::uint64_t> readable;
  std::vector<LoadJob> jobs;
};

EngineLoads loads_of(const std::vector<Command>& commands,
                     const std::vector<sim::UnitEvent>& events) {
  EngineLoads loads;
  std::map<std::uint32_t, std::uint64_t> requested, readable;
  for (const sim::UnitEvent& e : events) {
    if (e.kind == sim::EventKind::kRowRequest) requested[e.index] = e.cycle;
    if (e.kind == sim::EventKind::kRowReadable) readable[e.index] = e.cycle;
  }
  for (const auto& r : readable) loads.readable.push_back(r.second);
  for (const Command& c : commands) {
    if (c.opcode != Opcode::kLoadWeights) continue;
    const auto index = static_cast<std::uint32_t>(loads.history.rows.size());
    const std::uint64_t row = c.address / 256;
    loads.jobs.push_back({row, c.param_rows, static_cast<int>(c.rows), requested.at(index) - 1});
    for (std::uint32_t r = 0; r < c.param_rows + c.rows; ++r)
      loads.history.rows.push_back({requested.at(index + r), row + r, r < c.param_rows, 0});
  }
  EXPECT_EQ(loads.history.rows.size(), requested.size());
  EXPECT_EQ(loads.history.rows.size(), readable.size());
  return loads;
}

/// When each row's last beat is seen: the memory is a pure function of the requests, so it is asked
/// again with those of the log, and with the sequencer's (header in cycle 0, then a row a cycle).
void add_done_cycles(const sim::MemorySetup& setup, std::size_t program_rows,
                     std::vector<RowEvent>& rows) {
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
  const std::size_t ports = setup.load_ports.size();
  std::vector<std::size_t> next(ports);
  for (std::size_t p = 0; p < ports; ++p) next[p] = p;
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
      row += ports;
      ++answered;
    }
    if (c == 0) submit(setup.program_port, 0, 0);
    if (c >= header_done && program_sent < program_rows)
      submit(setup.program_port, 256 + 256 * program_sent++, c);
    for (; sent < rows.size() && rows[sent].cycle == c; ++sent)
      submit(setup.load_ports[sent % ports], rows[sent].row * 256, c);
  }
}

/// Readable counts by cycle. Nothing is freed.
void add_counts(EngineLoads& loads) {
  LoaderHistory& history = loads.history;
  std::uint32_t tiles = 0, params = 0;
  std::size_t shown = 0;
  for (std::uint64_t c = 0; shown < history.rows.size(); ++c) {
    for (; shown < history.rows.size() && loads.readable[shown] == c; ++shown)
      ++(history.rows[shown].param ? params : tiles);
    history.tiles.push_back(tiles);
    history.params.push_back(params);
  }
  history.tiles_freed.assign(history.tiles.size(), 0);
  history.params_freed.assign(history.tiles.size(), 0);
}

void expect_engine_and_rtl_agree(double cap) {
  models::DesignConfig design = sim::test_design();
  design.loader.ports = {0, 1, 3};
  design.loader.outstanding = kShape.outstanding;
  models::BoardConfig board = sim::test_board();
  board.dram.efficiency_cap = cap;
  const std::vector<Command> commands = program_of_three();
  ASSERT_LE(commands.size(), 2u * sim::timing::kFetchOutstanding);
  sim::SimulationOptions options;
  options.record_events = true;
  const sim::SimulationResult result = sim::run(commands, {}, design, board, options);

  EngineLoads loads = loads_of(commands, result.events_log);
  add_done_cycles(sim::setup_memory(design, board), (commands.size() + 1) / 2, loads.history.rows);
  std::uint64_t complete = 0;
  for (std::size_t i = 0; i < loads.readable.size(); ++i) {
    complete = std::max(complete, loads.history.rows[i].done);
    ASSERT_EQ(loads.readable[i], complete + sim::timing::kRingWrite) << "row " << i;
  }
  add_counts(loads);
  Replay<Vloader3>(kShape, loads.jobs, loads.history).run();
}

TEST(LoaderAgainstTheEngine, MakesEveryRequestInTheSameCycle) { expect_engine_and_rtl_agree(1.0); }

TEST(LoaderAgainstTheEngine, MakesEveryRequestInTheSameCycleUnderTheCap) {
  expect_engine_and_rtl_agree(0.75);
}

}  // namespace
}  // namespace edgemoe::test
