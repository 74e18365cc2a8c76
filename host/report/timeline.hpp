// SPDX-License-Identifier: Apache-2.0
/// Who did what when: the content of trace.json and of the page's timeline, free of the simulator's
/// types.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace edgemoe::host {

struct TimelineSlice {
  std::string track;  ///< unit
  std::string name;
  std::uint64_t begin = 0;  ///< cycle
  std::uint64_t end = 0;    ///< cycle after the last
};

struct TimelineCounter {
  std::string name;
  std::string unit;
  std::vector<std::pair<std::uint64_t, double>> points;  ///< (cycle, value), cycles ascending
};

struct Timeline {
  std::string name;  ///< what ran, e.g. image and tasks
  double clock_mhz = 1.0;
  std::uint64_t cycles = 0;
  std::vector<TimelineSlice> slices;
  std::vector<TimelineCounter> counters;
};

/// Slices of one track that never overlap, ordered by begin.
struct TimelineLane {
  std::string track;
  int number = 0;  ///< 0 for a track's first lane
  std::vector<const TimelineSlice*> slices;
};

/// Distributes every track's slices over as few lanes as needed; tracks in order of first
/// appearance. Pointers refer into `timeline`.
std::vector<TimelineLane> lanes_of(const Timeline& timeline);

/// Chrome trace event format: one process per timeline, one thread per lane, commands as complete
/// events, counters as counter events; times in microseconds from the doorbell. Loads in Perfetto.
std::string trace_json(const std::vector<Timeline>& timelines);

}  // namespace edgemoe::host
