// SPDX-License-Identifier: Apache-2.0
/// Experiments with the cycle engine on M3ViT-tiny: routing drawn from a seed, compiled, simulated.
/// Shared by the cycle_* programs; weights are random, which time does not depend on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/compiler/describe.hpp"
#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::bench {

struct Experiment {
  models::DesignConfig design;
  models::BoardConfig board;
  int active = 12;
  int tasks = 1;
  std::uint64_t seed = 1;
  bool details = false;
};

struct Outcome {
  host::LoweredProgram lowered;
  sim::SimulationResult result;
  host::Roofline roofline;
  double wall_s = 0.0;
};

/// Prefetch policy by name; throws std::invalid_argument.
models::Prefetch policy(const std::string& name);

/// Compiles and simulates one frame.
Outcome measure(const Experiment& experiment);

inline double milliseconds(const Experiment& e, const Outcome& o) {
  return static_cast<double>(o.result.cycles) / e.design.clock_mhz * 1e-3;
}

}  // namespace edgemoe::bench
