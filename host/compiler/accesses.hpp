// SPDX-License-Identifier: Apache-2.0
/// Which buffer regions each group of a command reads and writes. Not for use outside this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "hls/program/command.hpp"

namespace edgemoe::host {

/// Rows of one group of one segment; buffers that are not row-wise are one region (0, 0).
struct Region {
  program::Buffer buffer;
  int segment;
  int group;
  bool operator<(const Region& other) const {
    if (buffer != other.buffer) return buffer < other.buffer;
    if (segment != other.segment) return segment < other.segment;
    return group < other.group;
  }
};

struct GroupAccess {
  std::vector<Region> reads;
  std::vector<Region> writes;
};

/// Groups that the command steps through (1 for commands without group progress).
int group_count(const program::Command& command, int token_lanes);

/// Rows of 256 B that a command moves, between the address of the first and that of the last.
struct MemoryRun {
  std::uint64_t address;
  std::uint64_t rows;
};

/// What a tiled program's command reads or writes of the memory that such programs write. Loads of
/// weights are runs too: those of keys and values have been spilled before.
std::vector<MemoryRun> memory_runs_of(const program::Command& command);

GroupAccess accesses_of(const program::Command& command, int token_lanes, int group);

}  // namespace edgemoe::host
