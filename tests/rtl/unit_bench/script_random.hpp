// SPDX-License-Identifier: Apache-2.0
/// Random parts of a UnitScript: when commands come, what they wait for and signal.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

#include "tests/rtl/unit_bench/unit_record.hpp"
#include "tests/support/stalls.hpp"

namespace edgemoe::test {

/// Surroundings that never keep the unit waiting, that are late now and then, or late for long.
class ScriptRandom {
 public:
  ScriptRandom(Stall stall, std::uint64_t seed) : stall_(stall), random_(seed) {}

  int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
  int from(int low, int high) { return low + below(high - low + 1); }
  bool chance(int of) { return below(of) == 0; }

  /// Cycles by which the next thing is late.
  std::uint64_t pause() {
    if (stall_ == Stall::kNone) return 0;
    if (stall_ == Stall::kRandom) return chance(2) ? static_cast<std::uint64_t>(below(40)) : 0;
    return chance(3) ? 200 + static_cast<std::uint64_t>(below(800)) : 0;
  }

  /// The command's dispatch: behind the one before it.
  void dispatch(UnitScript* script, int id) {
    now_ += 1 + pause();
    script->dispatches.push_back({now_, id});
  }

  /// Waits of a command that has `groups` groups: for nothing, for a start, for its groups, which
  /// come one by one, or for both. Counters `first` and `first` + 1 are the command's own.
  void waits(UnitScript* script, program::Command* c, int first, int groups) {
    int place = 0;
    std::uint64_t at = now_;
    if (chance(2)) {
      const int value = from(1, 3);
      c->wait[place++] = {program::WaitMode::kStart, static_cast<std::uint8_t>(first),
                          static_cast<std::uint16_t>(value)};
      for (int i = 0; i < value; ++i) script->steps.push_back({at += 1 + pause(), first});
    }
    if (chance(3)) return;
    const int before = below(3);  // groups of a command before it
    c->wait[place] = {program::WaitMode::kGroup, static_cast<std::uint8_t>(first + 1),
                      static_cast<std::uint16_t>(before)};
    for (int g = 0; g < before + groups; ++g)
      script->steps.push_back({at += 1 + pause(), first + 1});
  }

  void signals(program::Command* c, int counter) {
    const program::SignalMode modes[] = {program::SignalMode::kNone, program::SignalMode::kEnd,
                                         program::SignalMode::kGroup};
    c->signal_mode = modes[below(3)];
    c->signal = static_cast<std::uint8_t>(counter);
  }

  std::uint64_t now() const { return now_; }
  std::mt19937_64& random() { return random_; }

 private:
  Stall stall_;
  std::mt19937_64 random_;
  std::uint64_t now_ = 0;
};

}  // namespace edgemoe::test
