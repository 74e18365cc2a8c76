// SPDX-License-Identifier: Apache-2.0
/// simulate: executes a program for time on the units of m3 (SystemC underneath). Values are not
/// computed; what depends on data (expert queues) comes from the routing trace.
///
/// Units:  cycles of the PL clock since the doorbell. Exactness rules: README.md of this folder.
/// Errors: sim::DeadlockError (with the report in words) when nothing can proceed,
/// sim::TimeoutError when max_cycles
///         is passed (both are sim::StuckError of sim/engine/errors.hpp); models::ConfigError for a
///         program, routing, design or board that cannot be executed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hls/program/command.hpp"
#include "hls/program/routing.hpp"
#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "sim/units/event_log.hpp"

namespace edgemoe::sim {

struct CommandTiming {
  std::uint16_t id = 0;
  std::uint64_t begin = 0;  ///< cycle of the first issue
  std::uint64_t end = 0;    ///< cycle after the last write
  std::uint64_t busy = 0;
  std::uint64_t bytes = 0;                     ///< DRAM bytes moved on behalf of this command
  std::map<std::string, std::uint64_t> stall;  ///< named reasons within begin..end
};

struct UnitStalls {
  std::string unit;
  std::uint64_t busy = 0;
  std::map<std::string, std::uint64_t> reasons;  ///< busy + sum(reasons) = cycles
};

struct Slice {
  std::string track;    ///< unit
  std::string name;     ///< what (command name is joined by id on the host)
  int command_id = -1;  ///< -1: a part of a command, on the tracks `experts` and `expert loads`
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct CounterTrack {
  std::string name;  ///< e.g. `dram read GB/s`, `ring rows`
  std::string unit;
  std::vector<std::pair<std::uint64_t, double>> points;  ///< (cycle, value)
};

/// Counted events, the input of the energy model.
struct EventCounts {
  std::uint64_t macs_issued = 0;  ///< array slots that were clocked, padding included
  std::uint64_t requantised = 0;  ///< results through the requantiser
  std::uint64_t gelu = 0, exponentials = 0, norm_elements = 0;
  std::uint64_t bram_read_bits = 0, bram_write_bits = 0;
  std::uint64_t axi_beats = 0;  ///< 128-bit beats
  std::uint64_t dram_activates = 0, dram_read_bits = 0, dram_write_bits = 0, dram_refreshes = 0;
};

struct DramSummary {
  std::uint64_t read_bytes = 0;
  std::uint64_t needed_bytes = 0;  ///< what the program needed with this routing
  std::uint64_t wasted_prefetch_bytes = 0;
  std::uint64_t write_bytes = 0;
  std::uint64_t spill_read_bytes = 0;   ///< of needed_bytes: what a tiled program spilled before
  std::uint64_t spill_write_bytes = 0;  ///< of write_bytes
  std::uint64_t row_hits = 0, row_misses = 0, row_conflicts = 0;
};

struct SimulationResult {
  std::uint64_t cycles =
      0;  ///< doorbell to the done flag: all results are in DRAM, END is executed
  std::vector<CommandTiming> commands;
  std::vector<UnitStalls> stalls;
  std::vector<Slice> slices;
  std::vector<CounterTrack> counters;
  EventCounts events;
  DramSummary dram;
  std::uint64_t macs_padded = 0;
  std::vector<UnitEvent> events_log;  ///< per-tile log, when asked for
};

struct SimulationOptions {
  bool record_trace = true;
  bool record_events = false;  ///< the per-tile log (event_log.hpp)
  std::uint64_t max_cycles = 4'000'000'000ull;
  std::function<void(std::uint64_t)>
      progress;  ///< called now and then with the current cycle; may be empty
  std::uint64_t program_address = 256;  ///< where the program lies in the memory image
  std::uint64_t shuffle_seed =
      0;  ///< not 0: start the units in a random order; results must not change
  int refresh_phase = 0;  ///< where the memory's refresh timer stands (sim/dram/parameters.hpp)
  /// oracle prefetch and popular lists: the popular lists are in the program; the oracle takes them
  /// from `routing`.
};

SimulationResult simulate(const std::vector<program::Command>& commands,
                          const program::RoutingTrace& routing, const models::DesignConfig& design,
                          const models::BoardConfig& board, const SimulationOptions& options = {});

}  // namespace edgemoe::sim
