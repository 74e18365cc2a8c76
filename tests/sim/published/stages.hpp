// SPDX-License-Identifier: Apache-2.0
/// Small stages and machines to build tests from.
#pragma once

#include <string>
#include <vector>

#include "models/schema/board_config.hpp"
#include "models/schema/loop_design.hpp"
#include "models/schema/model_config.hpp"
#include "sim/published/run_design.hpp"

namespace edgemoe::tests {

inline std::string repository(const std::string& path) {
  return std::string(EDGEMOE_SOURCE_DIR) + "/" + path;
}

/// Two masters of 256 bit behind ports of `port_bytes`, without refresh: times have closed forms.
inline sim::MachineParameters machine(int port_bytes = 16) {
  sim::MachineParameters machine;
  machine.dram.trefi = 0;
  machine.dram.ports.assign(2, {port_bytes, 27, 27, 16});
  machine.masters = {{"a", 32, 16, 16}, {"b", 32, 16, 16}};
  return machine;
}

inline sim::StageLoop loop(std::uint64_t trips, std::uint64_t ii, std::uint64_t depth) {
  sim::StageLoop loop;
  loop.name = "loop";
  loop.trips = trips;
  loop.ii = ii;
  loop.depth = depth;
  return loop;
}

inline sim::StageTokens pop(int stream, std::uint64_t every = 1, std::uint64_t count = 1) {
  sim::StageTokens tokens;
  tokens.stream = stream;
  tokens.every = every;
  tokens.count = count;
  return tokens;
}

inline sim::StageTokens push(int stream, std::uint64_t every = 1, std::uint64_t count = 1) {
  sim::StageTokens tokens = pop(stream, every, count);
  tokens.push = true;
  return tokens;
}

inline sim::StageAccess access(int port, bool write, std::uint64_t bytes = 32) {
  sim::StageAccess access;
  access.port = port;
  access.write = write;
  access.bytes = bytes;
  access.run = std::uint64_t{1} << 62;
  access.span = sim::kWindowBytes;
  return access;
}

/// Processes "p0", "p1", ... of one loop each; streams "s0", "s1", ... of the given depths.
inline sim::Stage stage(const std::vector<sim::StageLoop>& loops,
                        const std::vector<std::uint64_t>& depths = {}) {
  sim::Stage stage;
  stage.path = "region";
  for (std::size_t i = 0; i < depths.size(); ++i) {
    stage.streams.push_back({"s" + std::to_string(i), depths[i], false});
  }
  for (std::size_t i = 0; i < loops.size(); ++i) {
    stage.processes.push_back({"p" + std::to_string(i), 1, {loops[i]}});
  }
  return stage;
}

/// Control cycles of a stage of single loops: one loop and the region.
constexpr sim::Cycle kControl = 4;

}  // namespace edgemoe::tests
