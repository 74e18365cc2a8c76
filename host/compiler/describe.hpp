// SPDX-License-Identifier: Apache-2.0
/// What a program will do, in closed form: work and cycles per command, roofline, use of buffers
/// and blocks. No simulation.
///
/// Source: shared design notes, "m3: microarchitecture notes", sections 1 and 5.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hls/program/routing.hpp"
#include "host/compiler/fit.hpp"
#include "host/compiler/lowered.hpp"
#include "host/compiler/resources.hpp"
#include "models/schema/board_config.hpp"

namespace edgemoe::host {

/// The two floors under a run's time. No run is faster than the larger one.
struct Roofline {
  std::uint64_t compute_cycles = 0;  ///< the array issuing the padded work without a pause
  std::uint64_t memory_bytes = 0;    ///< what this routing needs, read and written
  double compute_ms = 0.0;
  double memory_ms = 0.0;  ///< bytes over the lower of capped DRAM peak and ports
  double bound_ms() const { return compute_ms > memory_ms ? compute_ms : memory_ms; }
};

/// Queue length per MoE block (in program order) and expert: of a routing that happened, or an
/// assumed one.
using ExpertLoads = std::vector<std::vector<int>>;

/// Loads that a trace gives the program. Throws std::invalid_argument when the trace does not fit
/// it.
ExpertLoads loads_of(const LoweredProgram& program, const program::RoutingTrace& routing);

/// Loads without a run: as many experts active as the model's popularity lets expect for these
/// tasks (all without popularity data), the choices spread evenly over them.
ExpertLoads expected_loads(const models::ModelConfig& model, const LoweredProgram& program);

Roofline roofline_of(const LoweredProgram& program, const models::DesignConfig& design,
                     const models::BoardConfig& board, const ExpertLoads& loads);
/// The same for a routing that happened. Differs from the loads alone for designs that keep experts
/// in a cache, whose loads depend on the order of the tokens (loads alone: each active one once).
Roofline roofline_of(const LoweredProgram& program, const models::DesignConfig& design,
                     const models::BoardConfig& board, const program::RoutingTrace& routing);

/// The memory bus at its data rate, without a cap. Rates are multiples of 133 1/3 MT/s and named by
/// their whole part: 2133 means 2133.33.
double peak_bytes_per_second(const models::BoardConfig& board);

struct CommandDescription {
  int id = 0;
  std::string name, task, unit, opcode;
  std::string shape;       ///< e.g. `129 x 192 -> 576`
  std::uint64_t macs = 0;  ///< experts: with the loads given
  std::uint64_t macs_padded = 0;
  std::uint64_t cycles = 0;  ///< closed form, of the issuing loops
  std::uint64_t bytes = 0;   ///< DRAM
};

/// Work of one task's head.
struct HeadWork {
  std::string task;
  std::uint64_t macs = 0;
};

struct Description {
  std::string model, design, board;
  int tokens = 0;
  int tasks = 0;
  double clock_mhz = 0.0;
  std::vector<CommandDescription> commands;
  std::uint64_t macs = 0;
  std::uint64_t macs_padded = 0;
  double active_experts = 0.0;  ///< mean over MoE blocks, as assumed
  std::uint64_t spill_read_bytes = 0;   ///< of the roofline's bytes: tiles spilled before
  std::uint64_t spill_write_bytes = 0;
  std::uint64_t weight_reload_bytes = 0;  ///< matrices loaded again for each tile
  int tile_tokens = 0;                    ///< 0: all tokens are in the buffers
  std::vector<HeadWork> heads;            ///< on the host; part of no other figure
  Roofline roofline;
  std::vector<BufferUse> buffers;
  Resources resources;
  models::ResourceConfig available;
};

Description describe(const models::ModelConfig& model, const models::DesignConfig& design,
                     const models::BoardConfig& board, const LoweredProgram& program);

std::string to_text(const Description& description);
std::string to_json(const Description& description);  ///< one object, indented, ends with a newline

}  // namespace edgemoe::host
