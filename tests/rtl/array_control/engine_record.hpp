// SPDX-License-Identifier: Apache-2.0
/// The cycle engine's run of a program with everything that the array sees from outside, as it
/// changes from cycle to cycle: progress counters, rows that may be read, published routing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/units/program_index.hpp"
#include "sim/units/simulate.hpp"
#include "tests/rtl/unit_bench/track.hpp"

namespace edgemoe::test {

/// One matrix in the rings.
struct RecordedEntry {
  std::uint64_t found_at = 0;  ///< the cycle after its opening, at the latest
  bool found = false;
  std::uint64_t tile_count0 = 0;   ///< tile rows loaded before its own
  std::uint64_t param_count0 = 0;  ///< parameter rows loaded before its own
  std::uint64_t tile_rows = 0;
  std::uint64_t param_rows = 0;
  int tile_segment = -1;
  int param_segment = -1;
  std::uint64_t idle_at = ~std::uint64_t{0};  ///< a wrong guess, consumed in this cycle
};

/// One MoE block, in the order of publishing.
struct RecordedBlock {
  int tag = 0;
  std::uint64_t published_at = 0;
  std::vector<std::uint64_t> lengths;  ///< by expert
  std::vector<int> execution;
};

struct EngineRecord {
  std::vector<program::Command> commands;
  sim::SimulationResult result;
  std::vector<Track> counters;  ///< what a waiting unit sees
  Track tile_rows;              ///< rows of the tile ring that may be read
  Track tiles_freed;            ///< as the loader sees it
  std::map<int, RecordedEntry> weights;                        ///< by tag
  std::map<std::tuple<int, int, int>, RecordedEntry> experts;  ///< by tag, expert, matrix
  std::vector<RecordedBlock> blocks;
};

EngineRecord record_engine(const std::vector<program::Command>& commands,
                           const program::RoutingTrace& routing,
                           const models::DesignConfig& design, const models::BoardConfig& board);

}  // namespace edgemoe::test
