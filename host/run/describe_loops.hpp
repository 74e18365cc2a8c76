// SPDX-License-Identifier: Apache-2.0
/// What a design given as loops will do for one task, in closed form: stages, cycles of their
/// pipelines if nothing ever waits, bytes, roofline. No simulation; queues as if tokens were spread
/// evenly over all experts.
///
/// Errors:  models::ConfigError as sim::elaborate.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/schema/board_config.hpp"
#include "models/schema/loop_design.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// All runs of the stages that have one path.
struct LoopStageDescription {
  std::string path, group;
  std::uint64_t runs = 0;
  std::uint64_t pipeline_cycles = 0;
  std::uint64_t read_bytes = 0, write_bytes = 0;
};

struct LoopDescription {
  std::string model, design, source, board, precision;
  int tokens = 0;
  double clock_mhz = 0.0;
  std::vector<models::LoopPortConfig> ports;
  std::vector<LoopStageDescription> stages;
  std::uint64_t pipeline_cycles = 0, read_bytes = 0, write_bytes = 0;
  double compute_ms = 0.0;
  double memory_ms = 0.0;  ///< see memory_floor_ms
};

/// Time that the bytes take at the lower of the memory's usable peak (one bus for both directions)
/// and the ports (a channel for each direction).
double memory_floor_ms(std::uint64_t read_bytes, std::uint64_t write_bytes,
                       const models::LoopDesignConfig& design, const models::BoardConfig& board);

LoopDescription describe_loops(const models::ModelConfig& model,
                               const models::LoopDesignConfig& design,
                               const models::BoardConfig& board);

std::string to_text(const LoopDescription& description);
std::string to_json(const LoopDescription& description);  ///< one object, ends with a newline

}  // namespace edgemoe::host
