// SPDX-License-Identifier: Apache-2.0
/// From board and design to the parameters of the memory model and the assignment of its ports.
#pragma once

#include <vector>

#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "sim/dram/parameters.hpp"

namespace edgemoe::sim {

struct MemorySetup {
  DramParameters parameters;
  std::vector<int>
      load_ports;        ///< of the loader, in its order; the writer uses their write channels
  int program_port = 0;  ///< of the sequencer alone
};

/// The sequencer gets the lowest port that the loader does not use, or, if it uses all, one more
/// like the first. Throws models::ConfigError for ports that the board lacks and for parameters
/// that the memory model refuses.
MemorySetup setup_memory(const models::DesignConfig& design, const models::BoardConfig& board);

}  // namespace edgemoe::sim
