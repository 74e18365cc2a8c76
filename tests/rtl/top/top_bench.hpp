// SPDX-License-Identifier: Apache-2.0
/// One compiled program on kernels, cycle engine and the verilated accelerator, for tests.
///
/// The verilated models lie below the build tree (`rtl-models`), one for each set of parameters,
/// and are built at their first use. With EDGEMOE_RTL_COVERAGE=FOLDER in the environment they are
/// built with line coverage and leave their counts in that folder (tests/rtl/tools/coverage.sh).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hls/program/routing.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/model_config.hpp"
#include "rtl/harness/memory_side.hpp"

namespace edgemoe::host {

struct TopCase {
  std::string name;  ///< with the seed: what is needed to make the case again
  models::ModelConfig model;
  models::TensorMap weights;
  models::DesignConfig design;
  models::BoardConfig board;
  models::Image image;
  std::vector<int> tasks;
  std::vector<std::vector<int>> next_tasks;  ///< of further frames, whose pixels are others
};

struct TopResult {
  program::RoutingTrace routing;  ///< of the kernels
  std::uint64_t cycles = 0;       ///< of the RTL
  std::uint64_t rows = 0, spans = 0, events = 0;  ///< compared
  std::uint64_t copies = 0;                       ///< COPY commands of the program
  std::string difference;                         ///< the first one of each kind; empty: equal
};

/// Never throws for what the executors say: it stands in `difference`. With manners of the memory
/// the cycles are not the engine's, and only bits are compared.
TopResult run_top(const TopCase& c, rtl::MemoryManners* manners = nullptr);

}  // namespace edgemoe::host
