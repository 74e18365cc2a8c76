// SPDX-License-Identifier: Apache-2.0
/// UnitFront: what edgemoe_unit_front shows to a unit, played from dispatches and progress counters
/// over time.
///
/// Cycle: drive(c) says whether a command starts (or is known, a cycle ahead); start_reached(c) and
///        group_reached(group, c) answer for the command in execution; pop(c, free) at its end.
/// Time:  sim/units/unit.cpp: a number is popped kQueue after its dispatch, starts kDecode later.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "hls/program/encoding.hpp"
#include "rtl/harness/bits.hpp"
#include "sim/units/timing.hpp"
#include "tests/rtl/unit_bench/track.hpp"

namespace edgemoe::test {

class UnitFront {
 public:
  struct Dispatch {
    std::uint64_t cycle;
    int id;
  };

  /// References must outlive the object.
  UnitFront(const std::vector<program::Command>& commands, const std::vector<Track>& counters,
            std::deque<Dispatch> queue)
      : commands_(commands), counters_(counters), queue_(std::move(queue)) {}

  /// Command that starts in this cycle, or -1.
  int starts(std::uint64_t c) {
    if (popped_ < 0 || c != start_at_) return -1;
    current_ = popped_;
    popped_ = -1;
    return current_;
  }
  /// Command that starts in the next cycle, or -1.
  int starts_next(std::uint64_t c) const {
    return popped_ >= 0 && c + 1 == start_at_ ? popped_ : -1;
  }
  int current() const { return current_; }
  const program::Command& command() const {
    return commands_[static_cast<std::size_t>(current_)];
  }

  bool start_reached(std::uint64_t c) const { return reached(program::WaitMode::kStart, 0, c); }
  bool group_reached(std::uint64_t group, std::uint64_t c) const {
    return reached(program::WaitMode::kGroup, group + 1, c);
  }

  /// The unit is free in this cycle, or not.
  void pop(std::uint64_t c, bool free) {
    if (popped_ >= 0 || !free || queue_.empty()) return;
    if (queue_.front().cycle + sim::timing::kQueue > c) return;
    popped_ = queue_.front().id;
    start_at_ = c + sim::timing::kDecode;
    queue_.pop_front();
  }
  bool empty() const { return queue_.empty() && popped_ < 0; }

  template <typename Port>
  void put_command(Port& port, int id) const {
    std::uint8_t bytes[program::kCommandBytes];
    program::encode_command(commands_[static_cast<std::size_t>(id)], bytes);
    for (std::size_t i = 0; i < program::kCommandBytes; ++i)
      rtl::put_bits(port, 8 * i, 8, bytes[i]);
  }

 private:
  bool reached(program::WaitMode mode, std::uint64_t more, std::uint64_t c) const {
    if (current_ < 0) return true;
    for (const program::Wait& w : command().wait) {
      if (w.mode == mode && counters_[w.counter].at(c) < w.value + more) return false;
    }
    return true;
  }

  const std::vector<program::Command>& commands_;
  const std::vector<Track>& counters_;
  std::deque<Dispatch> queue_;
  int current_ = -1, popped_ = -1;
  std::uint64_t start_at_ = 0;
};

}  // namespace edgemoe::test
