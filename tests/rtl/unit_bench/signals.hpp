// SPDX-License-Identifier: Apache-2.0
/// Signals: what the event ports of a unit have said, held against the record of the engine.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "tests/rtl/unit_bench/unit_record.hpp"

namespace edgemoe::test {

class Signals {
 public:
  /// An event of cycle c; without `signal` it only ends a command, if it does.
  void event(std::uint64_t c, bool signal, int counter, std::uint64_t amount, bool done, int id) {
    if (signal) steps_[counter][c + sim::timing::kSignal] += amount;
    if (!done) return;
    EXPECT_EQ(ends_.count(id), 0u) << "command " << id << " ends again in cycle " << c;
    ends_[id] = c;
  }

  bool ended(int id) const { return ends_.count(id) != 0; }
  std::size_t ended() const { return ends_.size(); }

  /// Counters that the commands in `ids` signal, and nobody else; ends of the commands.
  void compare(const UnitScript& script, const UnitRecord& record) const {
    for (const UnitFront::Dispatch& d : script.dispatches) {
      ASSERT_EQ(ends_.count(d.id), 1u) << "command " << d.id;
      EXPECT_EQ(ends_.at(d.id), record.spans.at(d.id).second) << "end of command " << d.id;
      const program::Command& c = script.commands[static_cast<std::size_t>(d.id)];
      if (c.signal_mode != program::SignalMode::kNone) compare_counter(c.signal, record);
    }
  }

 private:
  void compare_counter(int counter, const UnitRecord& record) const {
    Track track;
    const auto at = steps_.find(counter);
    ASSERT_NE(at, steps_.end()) << "counter " << counter;
    std::uint64_t sum = 0;
    for (const auto& [cycle, amount] : at->second) track.set(cycle, sum += amount);
    EXPECT_EQ(track.points(), record.counters[static_cast<std::size_t>(counter)].points())
        << "counter " << counter;
  }

  std::map<int, std::map<std::uint64_t, std::uint64_t>> steps_;
  std::map<int, std::uint64_t> ends_;
};

}  // namespace edgemoe::test
