// SPDX-License-Identifier: Apache-2.0
/// Trace: what happened when, recorded for a later writer (host/report makes the Perfetto file).
///
/// Slices lie on tracks (one per unit), samples on counter tracks. Names are resolved to numbers at
/// set-up; recording is two stores. When off, recording does nothing and costs a branch.
/// Order:    slices() and samples() are sorted by (track name, time, ...), so they do not depend on
///           the order in which processes ran.
/// Limits:   at most `max_events` are kept, the rest is counted in dropped().
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/engine/types.hpp"

namespace edgemoe::sim {

struct TraceSlice {
  int track = 0;
  int name = 0;
  Cycle begin = 0;
  Cycle end = 0;  ///< exclusive
};

struct TraceSample {
  int track = 0;
  Cycle cycle = 0;
  std::int64_t value = 0;
};

class Trace {
 public:
  explicit Trace(bool enabled = false, std::size_t max_events = 4000000)
      : enabled_(enabled), max_events_(max_events) {}

  bool enabled() const { return enabled_; }
  int add_track(const std::string& name) { return intern(name); }
  int add_counter(const std::string& name) { return intern(name); }
  /// The same text gives the same number, whether used for tracks, counters or slices.
  int intern(const std::string& text);
  const std::string& text(int id) const { return texts_.at(static_cast<std::size_t>(id)); }

  /// Records [begin, end); an empty slice is kept (a command that took no time did happen).
  void slice(int track, int name, Cycle begin, Cycle end);
  void sample(int counter, Cycle cycle, std::int64_t value);

  std::vector<TraceSlice> slices() const;
  std::vector<TraceSample> samples() const;
  std::uint64_t dropped() const { return dropped_; }

 private:
  bool room();

  bool enabled_;
  std::size_t max_events_;
  std::uint64_t dropped_ = 0;
  std::map<std::string, int> ids_;
  std::vector<std::string> texts_;
  std::vector<TraceSlice> slices_;
  std::vector<TraceSample> samples_;
};

}  // namespace edgemoe::sim
