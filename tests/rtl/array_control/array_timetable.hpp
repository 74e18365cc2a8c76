// SPDX-License-Identifier: Apache-2.0
/// What the array's control must do in each cycle: the script of every command in the cycles in
/// which the engine issued it, and the pulses, events and freed rows that follow from these.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/rtl/array_control/array_script.hpp"

namespace edgemoe::test {

struct TimedTile {
  const ScriptBlock* block = nullptr;
  const Tile* tile = nullptr;
};
struct TimedIssue {  ///< a line of the per-tile log
  bool scores = false;
  int id = 0;
  std::uint64_t index = 0;
};
struct TimedEvent {
  bool signal = false;
  int counter = 0, amount = 0;
  bool done = false;
  int id = 0;
};
struct TimedRows {
  int segment = 0;
  std::uint64_t rows = 0;
};
struct TimedSoftmax {
  int buffer = 0, half = 0, keys = 0;
};
struct TimedGather {
  int expert = 0, index = 0, rows = 0, half = 0, words = 0;
};
struct TimedClassRow {
  int row = 0, words = 0;
};

class Timetable {
 public:
  Timetable(const EngineRecord& record, const ArrayShape& shape);

  using Cycle = std::uint64_t;
  std::map<Cycle, TimedTile> tiles;
  std::map<Cycle, TimedIssue> issues;
  std::map<Cycle, TimedEvent> events[2];  ///< plain, GELU
  std::map<Cycle, TimedRows> tile_rows;
  std::map<Cycle, TimedRows> param_rows[2];
  std::map<Cycle, TimedSoftmax> softmax;
  std::map<Cycle, TimedGather> gathers;
  std::map<Cycle, TimedClassRow> class_rows;
  std::vector<std::string> findings;  ///< where script and engine do not fit together

 private:
  struct Placed {
    const ScriptBlock* block;
    Cycle start;
    Cycle end() const { return start + static_cast<Cycle>(block->cycles); }
  };

  void place(const program::Command& c);
  void place_block(const program::Command& c, const Placed& p);
  void place_class_row(const program::Command& c, const Placed& p);
  void place_softmax(const program::Command& c, const std::vector<Placed>& blocks);
  void place_gathers(const program::Command& c, const std::vector<Placed>& blocks);
  void place_empty_experts(const program::Command& c);
  Cycle written(const Placed& p) const;
  int amount(const program::Command& c) const;
  Cycle published(const program::Command& c) const;
  bool group_reached(const program::Command& c, std::uint64_t group, Cycle cycle) const;
  void check_end(const program::Command& c, Cycle end);

  const EngineRecord& record_;
  ArrayShape shape_;
  std::vector<std::vector<ScriptBlock>> scripts_;
};

}  // namespace edgemoe::test
