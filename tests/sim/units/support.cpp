// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/units/support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "sim/units/shapes.hpp"

namespace edgemoe::sim {

using program::Command;
using program::Opcode;

Command& ProgramBuilder::add(Opcode opcode) {
  Command c;
  c.opcode = opcode;
  c.id = static_cast<std::uint16_t>(commands_.size());
  commands_.push_back(c);
  return commands_.back();
}

std::uint64_t ProgramBuilder::place(std::uint64_t rows) {
  const std::uint64_t at = address_;
  address_ += rows * program::kRowBytes;
  return at;
}

int ProgramBuilder::load(int in, int out, int signal) {
  Command& c = add(Opcode::kLoadWeights);
  c.param_rows = static_cast<std::uint16_t>(ceil_div(out, program::kParamsPerRow));
  c.rows = static_cast<std::uint32_t>(ceil_div(in, 16) * ceil_div(out, 16));
  c.address = place(c.param_rows + c.rows);
  c.tag = static_cast<std::uint16_t>(next_tag_++);
  signal_end(c, signal);
  return c.tag;
}

int ProgramBuilder::load_parameters(int channels, int signal) {
  Command& c = add(Opcode::kLoadWeights);
  c.param_rows = static_cast<std::uint16_t>(ceil_div(channels, program::kParamsPerRow));
  c.address = place(c.param_rows);
  c.tag = static_cast<std::uint16_t>(next_tag_++);
  signal_end(c, signal);
  return c.tag;
}

Command& ProgramBuilder::linear(int tag, int tokens, int in, int out, program::LoopOrder order) {
  Command& c = add(Opcode::kLinear);
  c.tag = static_cast<std::uint16_t>(tag);
  c.tokens = static_cast<std::uint16_t>(tokens);
  c.in_dim = static_cast<std::uint16_t>(in);
  c.out_dim = static_cast<std::uint16_t>(out);
  c.order = order;
  return c;
}

Command& ProgramBuilder::norm(int tag, int tokens, int dim) {
  Command& c = add(Opcode::kNorm);
  c.tag = static_cast<std::uint16_t>(tag);
  c.tokens = static_cast<std::uint16_t>(tokens);
  c.in_dim = static_cast<std::uint16_t>(dim);
  return c;
}

int ProgramBuilder::moe(int layer, int tokens, int dim, int hidden, int experts,
                        const std::vector<int>& list, int segments) {
  const auto tag = static_cast<std::uint16_t>(next_tag_++);
  const auto rows = static_cast<std::uint32_t>(2 * ceil_div(dim, 16) * ceil_div(hidden, 16));
  const auto params = static_cast<std::uint16_t>(ceil_div(dim, 32) + ceil_div(hidden, 32));
  const std::uint64_t base = place((rows + params) * static_cast<std::uint64_t>(experts));
  const auto loads = [&](Opcode opcode) -> Command& {
    Command& c = add(opcode);
    c.layer = static_cast<std::uint8_t>(layer);
    c.tag = tag;
    c.address = base;
    c.rows = rows;
    c.param_rows = params;
    c.expert_stride_rows = rows + params;
    c.in_dim = static_cast<std::uint16_t>(dim);
    c.hidden_dim = static_cast<std::uint16_t>(hidden);
    return c;
  };
  const auto set_list = [&](Command& c) {
    c.list_count = static_cast<std::uint8_t>(list.size());
    for (std::size_t i = 0; i < list.size(); ++i)
      c.expert_list[i] = static_cast<std::uint8_t>(list[i]);
  };
  if (!list.empty()) set_list(loads(Opcode::kPrefetchExperts));
  for (int s = 0; s < segments; ++s) {
    Command& route = add(Opcode::kRoute);
    route.layer = static_cast<std::uint8_t>(layer);
    route.tag = tag;
    route.task_slot = static_cast<std::uint8_t>(s);
    route.tokens = static_cast<std::uint16_t>(tokens);
    route.experts = static_cast<std::uint16_t>(experts);
    route.first_route = s == 0;
    route.last_route = s + 1 == segments;
    if (route.last_route) set_list(route);
    signal_end(route, 20);
  }
  loads(Opcode::kLoadExperts);
  Command& c = add(Opcode::kExperts);
  c.layer = static_cast<std::uint8_t>(layer);
  c.tag = tag;
  c.tokens = static_cast<std::uint16_t>(tokens);
  c.segments = static_cast<std::uint16_t>(segments);
  c.in_dim = c.out_dim = static_cast<std::uint16_t>(dim);
  c.hidden_dim = static_cast<std::uint16_t>(hidden);
  c.experts = static_cast<std::uint16_t>(experts);
  signal_end(c, 21);
  return c.id;
}

std::vector<Command> ProgramBuilder::finish() {
  add(Opcode::kEnd);
  return commands_;
}

namespace {

void add_wait(Command& command, program::WaitMode mode, int counter, int value) {
  for (program::Wait& w : command.wait) {
    if (w.mode != program::WaitMode::kNone) continue;
    w = {mode, static_cast<std::uint8_t>(counter), static_cast<std::uint16_t>(value)};
    return;
  }
  FAIL() << "no room for a wait";
}

}  // namespace

void wait_start(Command& command, int counter, int value) {
  add_wait(command, program::WaitMode::kStart, counter, value);
}

void wait_group(Command& command, int counter, int value) {
  add_wait(command, program::WaitMode::kGroup, counter, value);
}

void signal_end(Command& command, int counter) {
  command.signal_mode = program::SignalMode::kEnd;
  command.signal = static_cast<std::uint8_t>(counter);
}

void signal_groups(Command& command, int counter) {
  command.signal_mode = program::SignalMode::kGroup;
  command.signal = static_cast<std::uint8_t>(counter);
}

models::BoardConfig test_board() {
  models::BoardConfig board;
  board.name = "test";
  for (const char* name : {"HP0", "HP1", "HP2", "HP3"}) {
    models::PortConfig port;
    port.name = name;
    port.latency_cycles = 20;
    board.ports.push_back(port);
  }
  return board;
}

models::DesignConfig test_design() {
  models::DesignConfig design;
  design.name = "test";
  return design;
}

program::RoutingTrace routing_of(int layer, int tokens, const std::vector<int>& lengths) {
  program::SegmentRouting segment;
  segment.layer = static_cast<std::uint16_t>(layer);
  segment.tokens = static_cast<std::uint16_t>(tokens);
  segment.top_k = 1;
  for (std::size_t e = 0; e < lengths.size(); ++e) {
    for (int i = 0; i < lengths[e]; ++i)
      segment.choices.push_back({static_cast<std::uint16_t>(e), 65536, false});
  }
  while (segment.choices.size() < static_cast<std::size_t>(tokens))
    segment.choices.push_back({0, 0, true});
  return {{segment}};
}

SimulationResult run(const std::vector<Command>& commands, const program::RoutingTrace& routing,
                     const models::DesignConfig& design, const models::BoardConfig& board,
                     const SimulationOptions& options) {
  SimulationResult result = simulate(commands, routing, design, board, options);
  expect_consistent(result, commands);
  return result;
}

std::uint64_t duration(const SimulationResult& result, int id) {
  const CommandTiming& t = result.commands.at(static_cast<std::size_t>(id));
  return t.end - t.begin;
}

namespace {

template <class Map>
std::uint64_t sum(const Map& map) {
  return std::accumulate(
      map.begin(), map.end(), std::uint64_t{0},
      [](std::uint64_t total, const auto& entry) { return total + entry.second; });
}

void expect_slices_in_order(const SimulationResult& result) {
  std::map<std::string, std::uint64_t> reached;
  for (const Slice& slice : result.slices) {
    EXPECT_LE(slice.begin, slice.end);
    EXPECT_LE(reached[slice.track], slice.begin) << slice.track << ": slices overlap";
    reached[slice.track] = slice.end;
  }
}

}  // namespace

void expect_consistent(const SimulationResult& result, const std::vector<Command>& commands) {
  ASSERT_EQ(result.commands.size(), commands.size());
  for (const CommandTiming& t : result.commands) {
    EXPECT_LE(t.begin, t.end);
    EXPECT_LE(t.end, result.cycles);
    EXPECT_EQ(t.busy + sum(t.stall), t.end - t.begin) << "command " << t.id;
  }
  for (const UnitStalls& unit : result.stalls) {
    EXPECT_EQ(unit.busy + sum(unit.reasons), result.cycles) << unit.unit;
  }
  EXPECT_EQ(result.dram.read_bytes, result.dram.needed_bytes + result.dram.wasted_prefetch_bytes);
  std::uint64_t moved = 0;
  for (const CommandTiming& t : result.commands) moved += t.bytes;
  const std::uint64_t program_rows = ceil_div(commands.size(), 2) + 1;
  EXPECT_EQ(moved + program_rows * program::kRowBytes,
            result.dram.read_bytes + result.dram.write_bytes);
  EXPECT_EQ(result.events.axi_beats * 16, result.dram.read_bytes + result.dram.write_bytes);
  expect_slices_in_order(result);
}

void expect_same(const SimulationResult& a, const SimulationResult& b) {
  EXPECT_EQ(a.cycles, b.cycles);
  ASSERT_EQ(a.commands.size(), b.commands.size());
  for (std::size_t i = 0; i < a.commands.size(); ++i) {
    EXPECT_EQ(a.commands[i].begin, b.commands[i].begin) << i;
    EXPECT_EQ(a.commands[i].end, b.commands[i].end) << i;
    EXPECT_EQ(a.commands[i].stall, b.commands[i].stall) << i;
  }
  ASSERT_EQ(a.stalls.size(), b.stalls.size());
  for (std::size_t i = 0; i < a.stalls.size(); ++i) {
    EXPECT_EQ(a.stalls[i].busy, b.stalls[i].busy) << a.stalls[i].unit;
    EXPECT_EQ(a.stalls[i].reasons, b.stalls[i].reasons) << a.stalls[i].unit;
  }
}

}  // namespace edgemoe::sim
