// SPDX-License-Identifier: Apache-2.0
/// Programs within the scope of the RTL (dimensions of 16, rows of patches of whole groups).
#pragma once

#include <cstdint>
#include <vector>

#include "hls/program/routing.hpp"
#include "models/schema/board_config.hpp"
#include "tests/rtl/array_control/array_script.hpp"

namespace edgemoe::test {

struct ArrayProgram {
  std::vector<program::Command> commands;
  program::RoutingTrace routing;
  models::DesignConfig design;
  models::BoardConfig board;
};

/// A compiled network drawn at random: lanes of `shape`, rings, ports, latencies, routing.
ArrayProgram random_network(const ArrayShape& shape, int max_dim, std::uint64_t seed);

/// Commands of the array in any order, each between a NORM that it waits for, group by group or as
/// a whole, and one that waits for it: orders and pauses that no compiled network has.
ArrayProgram random_commands(const ArrayShape& shape, int max_dim, std::uint64_t seed);

/// EXPERTS after EXPERTS with the queue lengths drawn from 0 to all tokens.
ArrayProgram random_experts(const ArrayShape& shape, int max_dim, std::uint64_t seed);

models::DesignConfig design_of(const ArrayShape& shape);

}  // namespace edgemoe::test
