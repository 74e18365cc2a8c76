// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/hazards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "hls/program/print.hpp"
#include "host/compiler/accesses.hpp"

namespace edgemoe::host {
namespace {

using program::Command;
using program::Opcode;

constexpr int kMemory = 6;  ///< counts writes that are in DRAM, as a unit of its own
constexpr int kUnits = 7;

/// What is certain to have happened: per unit, how many group issues and how many group writes.
struct Clock {
  std::array<int, kUnits> issued{};
  std::array<int, kUnits> written{};

  void join(const Clock& other) {
    for (int u = 0; u < kUnits; ++u) {
      issued[u] = std::max(issued[u], other.issued[u]);
      written[u] = std::max(written[u], other.written[u]);
    }
  }
};

/// A past access of a region: the issue or write of `unit` that must be certain before a conflict.
struct Access {
  int unit = 0;
  int index = 0;
  int command = 0;
};

struct RegionState {
  bool has_write = false;
  Access write;
  std::vector<Access> reads;  ///< since the last write
};

class HazardCheck {
 public:
  explicit HazardCheck(int token_lanes) : token_lanes_(token_lanes) {}

  void add(const Command& c);
  std::vector<std::string> take_findings() { return std::move(findings_); }

 private:
  void wait(const Command& c, int group, program::WaitMode mode, Clock* clock);
  void read(const Command& c, const Region& region, const Clock& begin, int issue);
  void write(const Command& c, const Region& region, const Clock& begin, int index);
  void move(const Command& c, const Clock& begin);
  void finish(const Command& c, const std::vector<Clock>& begins);
  void report(const Command& c, const char* what, const Region& region, int other);

  int token_lanes_;
  std::array<Clock, kUnits> unit_issue_;  ///< after the last issue of the unit
  std::array<Clock, kUnits> unit_write_;  ///< after its last write
  Clock barrier_;
  std::map<int, std::vector<Clock>> signals_;  ///< counter -> clock at which it reached 1, 2, ...
  std::map<int, Clock> loads_;                 ///< tag -> clock after its load
  std::map<Region, RegionState> regions_;
  std::unordered_map<std::uint64_t, RegionState> rows_;  ///< of the memory that was written
  int spills_ = 0;
  std::vector<std::string> findings_;
};

void HazardCheck::report(const Command& c, const char* what, const Region& region, int other) {
  findings_.push_back(
      fmt::format("command {} ({}): {} {} of segment {} group {}, which command {} "
                  "may not have finished",
                  c.id, program::name_of(c.opcode), what, program::name_of(region.buffer),
                  region.segment, region.group, other));
}

void HazardCheck::wait(const Command& c, int group, program::WaitMode mode, Clock* clock) {
  for (const program::Wait& w : c.wait) {
    if (w.mode != mode) continue;
    const int value = w.value + (mode == program::WaitMode::kGroup ? group + 1 : 0);
    const std::vector<Clock>& reached = signals_[w.counter];
    if (value > static_cast<int>(reached.size())) {
      findings_.push_back(fmt::format(
          "command {} ({}): waits for counter {} to reach {}, earlier commands bring it to {}",
          c.id, program::name_of(c.opcode), w.counter, value, reached.size()));
    } else if (value > 0) {
      clock->join(reached[static_cast<std::size_t>(value) - 1]);
    }
  }
}

void HazardCheck::read(const Command& c, const Region& region, const Clock& begin, int issue) {
  RegionState& state = regions_[region];
  const int unit = static_cast<int>(program::unit_of(c.opcode));
  if (!state.has_write) {
    report(c, "reads", region, -1);
  } else if (begin.written[state.write.unit] < state.write.index) {
    // Of the own unit too: an issue may overtake the drain of what it needs.
    report(c, "reads", region, state.write.command);
  }
  state.reads.push_back({unit, issue, c.id});
}

void HazardCheck::write(const Command& c, const Region& region, const Clock& begin, int index) {
  RegionState& state = regions_[region];
  const int unit = static_cast<int>(program::unit_of(c.opcode));
  for (const Access& reader : state.reads) {
    const bool in_order = reader.unit == unit;  // its issue precedes this one, hence this write
    if (!in_order && begin.issued[reader.unit] < reader.index) {
      report(c, "overwrites", region, reader.command);
    }
  }
  const bool drains_in_order = state.has_write && state.write.unit == unit;
  if (state.has_write && !drains_in_order && begin.written[state.write.unit] < state.write.index) {
    report(c, "overwrites", region, state.write.command);
  }
  state.has_write = true;
  state.write = {unit, index, c.id};
  state.reads.clear();
}

/// Rows of memory that one command writes and another reads: the read begins after the write is in
/// DRAM, which a writer's signal per group does not say, and a write after all earlier reads.
void HazardCheck::move(const Command& c, const Clock& begin) {
  const int unit = static_cast<int>(program::unit_of(c.opcode));
  const bool writes = unit == static_cast<int>(program::Unit::kWriter);
  const std::vector<MemoryRun> runs = memory_runs_of(c);
  if (writes && !runs.empty()) ++spills_;
  for (const MemoryRun& run : runs) {
    for (std::uint64_t r = 0; r < run.rows; ++r) {
      const std::uint64_t row = run.address / program::kRowBytes + r;
      const Region region{program::Buffer::kNone, 0, static_cast<int>(row)};
      const auto found = rows_.find(row);
      if (!writes && found == rows_.end()) continue;  // a constant of the image
      RegionState& state = writes ? rows_[row] : found->second;
      if (!writes) {
        if (begin.written[kMemory] < state.write.index)
          report(c, "reads", region, state.write.command);
        state.reads.push_back({unit, unit_issue_[unit].issued[unit] + 1, c.id});
        continue;
      }
      for (const Access& reader : state.reads) {
        if (begin.issued[reader.unit] < reader.index)
          report(c, "overwrites", region, reader.command);
      }
      state = {true, {kMemory, spills_, c.id}, {}};
    }
  }
}

/// Issue ends, writes and signals of a command whose groups may begin at `begins`.
void HazardCheck::finish(const Command& c, const std::vector<Clock>& begins) {
  const int unit = static_cast<int>(program::unit_of(c.opcode));
  const bool passes = c.order == program::LoopOrder::kWeightOuter;
  for (std::size_t g = 0; g < begins.size(); ++g) {
    Clock& issue = unit_issue_[unit];
    issue.join(passes ? begins.back() : begins[g]);
    ++issue.issued[unit];
    const bool last = g + 1 == begins.size();
    const auto load = loads_.find(c.tag);
    if (last && load != loads_.end() && unit != static_cast<int>(program::Unit::kLoader)) {
      issue.join(load->second);
    }
    Clock& write = unit_write_[unit];
    write.join(issue);
    ++write.written[unit];
    const bool in_memory = unit == static_cast<int>(program::Unit::kWriter) &&
                           c.signal_mode == program::SignalMode::kEnd && last;
    if (in_memory) write.written[kMemory] = spills_;
    if (c.signal_mode == program::SignalMode::kGroup ||
        (c.signal_mode == program::SignalMode::kEnd && last)) {
      signals_[c.signal].push_back(write);
    }
  }
  if (unit == static_cast<int>(program::Unit::kLoader)) loads_[c.tag].join(unit_write_[unit]);
  // What stores the experts' results ends after them.
  if (c.opcode == Opcode::kExperts && c.tiled) loads_[c.tag].join(unit_write_[unit]);
}

void HazardCheck::add(const Command& c) {
  const int unit = static_cast<int>(program::unit_of(c.opcode));
  Clock clock = barrier_;
  wait(c, 0, program::WaitMode::kStart, &clock);
  if (unit == static_cast<int>(program::Unit::kSequencer)) {
    if (c.opcode == Opcode::kBarrier) barrier_.join(clock);
    return;
  }
  clock.join(unit_issue_[unit]);
  const int groups = group_count(c, token_lanes_);
  const int first_issue = unit_issue_[unit].issued[unit];
  const int first_write = unit_write_[unit].written[unit];
  std::vector<Clock> begins;
  for (int g = 0; g < groups; ++g) {
    wait(c, g, program::WaitMode::kGroup, &clock);
    begins.push_back(clock);
    const GroupAccess access = accesses_of(c, token_lanes_, g);
    for (const Region& r : access.reads) read(c, r, clock, first_issue + g + 1);
    for (const Region& r : access.writes) write(c, r, clock, first_write + g + 1);
  }
  move(c, begins.front());
  finish(c, begins);
}

}  // namespace

std::vector<std::string> verify_hazards(const std::vector<Command>& commands, int token_lanes) {
  HazardCheck check(token_lanes);
  for (const Command& c : commands) check.add(c);
  return check.take_findings();
}

}  // namespace edgemoe::host
