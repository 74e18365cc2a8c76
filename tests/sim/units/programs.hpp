// SPDX-License-Identifier: Apache-2.0
/// Whole programs for the units: compiled networks with drawn routing, and the bounds that every
/// run must meet.
#pragma once

#include <cstdint>
#include <vector>

#include "host/compiler/lowered.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::sim {

struct Workload {
  models::ModelConfig model;
  models::DesignConfig design;
  models::BoardConfig board;
  std::vector<program::Command> commands;
  program::RoutingTrace routing;
};

/// M3ViT-tiny on the default design; `active` experts a block.
Workload tiny_workload(int tasks, int active, std::uint64_t seed);

/// A random network on a random design and board: lanes, ring, ports, policy, cap, routing.
Workload random_workload(std::uint64_t seed);

SimulationResult run(const Workload& workload, std::uint64_t shuffle_seed = 0);

/// Issue cycles of the array in closed form (without anything that makes it wait).
std::uint64_t array_cycles(const Workload& workload);
/// The least cycles in which ports and DRAM move the bytes that were moved.
double memory_cycles(const Workload& workload, const SimulationResult& result);

}  // namespace edgemoe::sim
