// SPDX-License-Identifier: Apache-2.0
/// Small programs by hand, a board, routings, and checks that hold for every run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/units/simulate.hpp"

namespace edgemoe::sim {

/// Adds commands in id order. References stay valid until the next add.
class ProgramBuilder {
 public:
  program::Command& add(program::Opcode opcode);
  /// LOAD_WEIGHTS of an [out][in] matrix under the next tag; counter `signal` +1 at the end.
  /// Returns the tag.
  int load(int in, int out, int signal = 0);
  /// LOAD_WEIGHTS of parameter rows only (norm).
  int load_parameters(int channels, int signal = 0);
  program::Command& linear(int tag, int tokens, int in, int out, program::LoopOrder order);
  program::Command& norm(int tag, int tokens, int dim);
  /// ROUTE, LOAD_EXPERTS, EXPERTS of one block, after PREFETCH of `list` when it is not empty.
  /// Routed: counter 20, experts done: counter 21. Returns the id of EXPERTS.
  int moe(int layer, int tokens, int dim, int hidden, int experts, const std::vector<int>& list,
          int segments = 1);
  /// END and the whole program.
  std::vector<program::Command> finish();

 private:
  std::uint64_t place(std::uint64_t rows);
  std::vector<program::Command> commands_;
  std::uint64_t address_ = 1 << 20;
  int next_tag_ = 0;
};

/// Adds a wait to the first free place.
void wait_start(program::Command& command, int counter, int value);
void wait_group(program::Command& command, int counter, int value);
void signal_end(program::Command& command, int counter);
void signal_groups(program::Command& command, int counter);

/// Four 128-bit ports, DDR4-2133.
models::BoardConfig test_board();
models::DesignConfig test_design();

/// One block: queue lengths per expert, for one segment of `tokens` with one choice a token (as
/// many dropped ones as the lengths leave over).
program::RoutingTrace routing_of(int layer, int tokens, const std::vector<int>& lengths);

SimulationResult run(const std::vector<program::Command>& commands,
                     const program::RoutingTrace& routing = {},
                     const models::DesignConfig& design = test_design(),
                     const models::BoardConfig& board = test_board(),
                     const SimulationOptions& options = {});

/// Cycles from begin to end of a command.
std::uint64_t duration(const SimulationResult& result, int id);

/// Everything that must hold for any run: sums, bytes, order, slices. Reports through GoogleTest.
void expect_consistent(const SimulationResult& result,
                       const std::vector<program::Command>& commands);

/// Equal in every cycle of every command and unit.
void expect_same(const SimulationResult& a, const SimulationResult& b);

}  // namespace edgemoe::sim
