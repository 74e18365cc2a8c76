// SPDX-License-Identifier: Apache-2.0
/// DirectionControl: when the data bus turns from reads to writes and back.
///
/// Writes are collected and drained in batches. A drain starts when write_high are waiting, when
/// the oldest is write_max_age old, or when no read was waiting for write_idle. It takes all down
/// to write_low (or all that waited, if it did not start by level), goes on while no read waits,
/// and after it as many reads as a full batch go before the next drain, so neither side starves.
#pragma once

#include <algorithm>
#include <cstddef>

#include "sim/dram/parameters.hpp"

namespace edgemoe::sim {

class DirectionControl {
 public:
  DirectionControl(const ControllerParameters& p, Tick tck, Tick start)
      : high_(static_cast<std::size_t>(p.write_high)),
        low_(static_cast<std::size_t>(p.write_low)),
        idle_(static_cast<Tick>(p.write_idle_tck) * tck),
        max_age_(static_cast<Tick>(p.write_max_age_tck) * tck),
        reads_idle_from_(start) {}

  bool writing() const { return writing_; }

  /// Decides at edge t; `oldest_write` is since when the oldest waits (if there is one).
  void decide(Tick t, std::size_t reads, std::size_t writes, Tick oldest_write) {
    if (writing_ && (writes == 0 || (drain_left_ == 0 && reads > 0))) {
      writing_ = false;
      reads_owed_ = high_ - low_;
    }
    if (writing_ || writes == 0) return;
    const bool by_level = writes >= high_;
    if (t < next_drain(reads, by_level, oldest_write)) return;
    writing_ = true;
    drain_left_ = by_level ? writes - low_ : writes;
  }

  /// From when on a drain may start with the window as it is; kNever: not without a change.
  Tick next_drain(std::size_t reads, bool by_level, Tick oldest_write) const {
    const Tick aged = by_level ? 0 : oldest_write + max_age_;
    if (reads == 0) return std::min(aged, reads_idle_from_ + idle_);
    return reads_owed_ > 0 ? kNever : aged;
  }
  /// The same as an edge to wake at; kNever when no write waits or a drain is on.
  Tick wake(std::size_t reads, std::size_t writes, Tick oldest_write) const {
    if (writing_ || writes == 0) return kNever;
    return next_drain(reads, writes >= high_, oldest_write);
  }

  void served_read(Tick t) {
    reads_idle_from_ = t;
    if (reads_owed_ > 0) --reads_owed_;
  }
  void served_write() {
    if (drain_left_ > 0) --drain_left_;
  }

 private:
  std::size_t high_;
  std::size_t low_;
  Tick idle_;
  Tick max_age_;
  Tick reads_idle_from_;
  bool writing_ = false;
  std::size_t drain_left_ = 0;
  std::size_t reads_owed_ = 0;
};

}  // namespace edgemoe::sim
