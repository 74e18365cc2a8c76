// SPDX-License-Identifier: Apache-2.0
/// Machine: what the units share during one simulation: channels between them, ring entries, and
/// the book of commands. Holds no behaviour of a unit.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "models/schema/design_config.hpp"
#include "sim/engine/counter.hpp"
#include "sim/engine/dram_client.hpp"
#include "sim/engine/simulation.hpp"
#include "sim/units/program_index.hpp"
#include "sim/units/row_ring.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::sim {

/// Rows of one matrix (or of norm parameters) in the rings: parameter rows first, then tiles.
struct WeightEntry {
  WeightEntry(Simulation& simulation, const std::string& name, std::uint64_t parameters,
              std::uint64_t tiles)
      : parameter_rows(parameters), tile_rows(tiles), arrived(simulation, name) {}

  std::uint64_t parameter_rows;
  std::uint64_t tile_rows;
  Counter arrived;  ///< rows readable, in load order
  int parameter_segment = -1;
  int tile_segment = -1;
  Cycle complete_at = kNoCycle;  ///< the last row is readable from here on
  Cycle idle_at = kNoCycle;      ///< known from here on that nobody will read it (wrong guess)
};

/// What the report says about one command, while it is being collected.
struct CommandBook {
  Cycle begin = kNoCycle;
  Cycle end = kNoCycle;
  Cycle issue_end = 0;  ///< end of the last issue
  Cycle busy = 0;
  std::uint64_t bytes = 0;
  std::vector<Cycle> stall;  ///< by reason index of the unit

  void stall_for(Reason reason, Cycle cycles) {
    const auto index = static_cast<std::size_t>(reason.index);
    if (stall.size() <= index) stall.resize(index + 1, 0);
    stall[index] += cycles;
  }
};

struct Machine {
  Machine(Simulation& simulation, DramClient& dram, const ProgramIndex& index,
          const models::DesignConfig& design, std::vector<int> load_ports, int program_port,
          std::uint64_t program_address, bool record_events);

  /// Progress counter of the program.
  Counter& progress(int counter) { return *counters_[static_cast<std::size_t>(counter)]; }
  /// Ring entry of a LOAD_WEIGHTS tag, and of one matrix (0, 1) of an expert load.
  WeightEntry& weights(int tag) { return *weights_.at(tag); }
  WeightEntry& expert(int tag, int slot, int matrix) { return *experts_.at({tag, slot, matrix}); }
  /// Rows that a tiled chunk of an expert's queue gathers.
  WeightEntry& gather(int tag, int slot) { return *experts_.at({tag, slot, 2}); }
  /// Chunks of a tiled EXPERTS that have left the staging buffer, that have been computed, and
  /// whose results have been read for DRAM.
  struct ChunkCounters {
    ChunkCounters(Simulation& s, const std::string& name)
        : staged(s, "staging of " + name),
          computed(s, "results of " + name),
          drained(s, "stores of " + name) {}
    Counter staged, computed, drained;
  };
  ChunkCounters& chunks(int tag) { return *chunks_.at(tag); }
  /// Commands of a half of the program memory that have ended; halves are counted on.
  Counter& half_done(std::size_t half) { return *halves_.at(half); }

  /// Shows 1 once active set and order of a block are public.
  Counter& published(int tag) { return *published_.at(tag); }

  /// Command `id` ends at `end` (now or later): books it, signals kEnd, tells the sequencer.
  void complete(int id, Cycle end);
  /// Records a part of EXPERTS or of an expert load for the trace: `l03.expert5` + what.
  void note_expert(const char* track, const program::Command& command, int expert,
                   const std::string& what, Cycle begin, Cycle end);
  /// Frees a wrong guess once it is both fully there and known to be idle.
  void free_if_idle(WeightEntry& entry);

  Simulation& simulation;
  DramClient& dram;
  const ProgramIndex& index;
  const models::DesignConfig& design;
  std::vector<int> load_ports;
  int program_port;
  std::uint64_t program_address;
  RowRing tiles;
  RowRing parameters;
  Counter commands_done;
  std::vector<CommandBook> book;
  EventCounts events;
  EventLog log;
  std::vector<Slice> phases;      ///< parts of commands, on tracks of their own
  std::uint64_t wasted_rows = 0;  ///< requested for experts that turned out idle

 private:
  void make_entries();
  void make_chunks(int tag, const MoeBlock& block, const std::string& name);

  std::vector<std::unique_ptr<Counter>> counters_;
  std::map<int, std::unique_ptr<WeightEntry>> weights_;
  std::map<std::tuple<int, int, int>, std::unique_ptr<WeightEntry>> experts_;
  std::map<int, std::unique_ptr<Counter>> published_;
  std::map<int, std::unique_ptr<ChunkCounters>> chunks_;
  std::vector<std::unique_ptr<Counter>> halves_;
};

}  // namespace edgemoe::sim
