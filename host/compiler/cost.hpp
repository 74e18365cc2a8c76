// SPDX-License-Identifier: Apache-2.0
/// Closed-form work of commands: products of the network, padded products, array cycles.
///
/// Source: shared design notes, "m3: microarchitecture notes", section 5. Cycles are those of the
/// issuing loops,
///         without fill, drain and waiting; the cycle engine says what really happens.
#pragma once

#include <cstdint>

#include "hls/program/command.hpp"
#include "models/schema/design_config.hpp"

namespace edgemoe::host {

struct Work {
  std::uint64_t macs = 0;         ///< of the network, no padding
  std::uint64_t macs_padded = 0;  ///< array slots taken
  std::uint64_t cycles = 0;       ///< of the command's unit; 0 for the loader and the sequencer
};

/// Experts: 0 macs here, see expert_work.
Work work_of(const program::Command& command, const models::DesignConfig& design);

/// A kExperts command with queue lengths `queue[0..count)`.
Work expert_work(const program::Command& command, const models::DesignConfig& design,
                 const int* queue, int count);

/// Loads of an expert's record that a queue takes: one, or one per chunk of a tiled command.
std::uint64_t queue_chunks(const program::Command& command, int queue);

/// Bytes that a load or store moves, whole rows of 256 B as the memory sees them; expert loads:
/// of one expert.
std::uint64_t memory_bytes(const program::Command& command);

/// Rows that a command of a tile writes: its tokens, and the class row behind the last patches.
int tile_rows_of(const program::Command& command);

/// Groups of token_lanes rows in one segment.
int groups_of(int tokens, int token_lanes);

}  // namespace edgemoe::host
