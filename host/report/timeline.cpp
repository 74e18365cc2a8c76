// SPDX-License-Identifier: Apache-2.0
#include "host/report/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

namespace edgemoe::host {
namespace {

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string lane_name(const TimelineLane& lane) {
  return lane.number == 0 ? lane.track : fmt::format("{} ({})", lane.track, lane.number + 1);
}

class TraceWriter {
 public:
  void process(int pid, const Timeline& timeline) {
    pid_ = pid;
    microseconds_per_cycle_ = 1.0 / timeline.clock_mhz;
    meta("process_name", 0, timeline.name);
    int tid = 0;
    for (const TimelineLane& lane : lanes_of(timeline)) {
      ++tid;
      meta("thread_name", tid, lane_name(lane));
      event(
          R"({{"ph":"M","name":"thread_sort_index","pid":{},"tid":{},"args":{{"sort_index":{}}}}})",
          pid_, tid, tid);
      for (const TimelineSlice* slice : lane.slices) {
        event(R"({{"ph":"X","name":{},"cat":{},"pid":{},"tid":{},"ts":{:.5f},"dur":{:.5f},)"
              R"("args":{{"begin_cycle":{},"end_cycle":{}}}}})",
              quoted(slice->name), quoted(slice->track), pid_, tid, time(slice->begin),
              time(slice->end) - time(slice->begin), slice->begin, slice->end);
      }
    }
    for (const TimelineCounter& counter : timeline.counters) {
      const std::string name = quoted(counter.name);
      const std::string unit = quoted(counter.unit.empty() ? "value" : counter.unit);
      for (const auto& [cycle, value] : counter.points) {
        if (!std::isfinite(value)) continue;
        event(R"({{"ph":"C","name":{},"pid":{},"tid":0,"ts":{:.5f},"args":{{{}:{:.6g}}}}})", name,
              pid_, time(cycle), unit, value);
      }
    }
  }

  std::string finish() {
    return "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n" + text_ + "\n]}\n";
  }

 private:
  double time(std::uint64_t cycle) const {
    return static_cast<double>(cycle) * microseconds_per_cycle_;
  }

  void meta(const char* what, int tid, const std::string& name) {
    event(R"({{"ph":"M","name":"{}","pid":{},"tid":{},"args":{{"name":{}}}}})", what, pid_, tid,
          quoted(name));
  }

  template <class... Args>
  void event(fmt::format_string<Args...> format, Args&&... args) {
    if (!text_.empty()) text_ += ",\n";
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }

  std::string text_;
  int pid_ = 0;
  double microseconds_per_cycle_ = 1.0;
};

}  // namespace

std::vector<TimelineLane> lanes_of(const Timeline& timeline) {
  std::vector<const TimelineSlice*> ordered;
  std::vector<std::string> tracks;
  for (const TimelineSlice& slice : timeline.slices) {
    ordered.push_back(&slice);
    if (std::find(tracks.begin(), tracks.end(), slice.track) == tracks.end()) {
      tracks.push_back(slice.track);
    }
  }
  std::stable_sort(
      ordered.begin(), ordered.end(),
      [](const TimelineSlice* a, const TimelineSlice* b) { return a->begin < b->begin; });
  std::vector<TimelineLane> lanes;
  for (const std::string& track : tracks) {
    const std::size_t first = lanes.size();
    for (const TimelineSlice* slice : ordered) {
      if (slice->track != track) continue;
      std::size_t lane = first;
      while (lane < lanes.size() && lanes[lane].slices.back()->end > slice->begin) ++lane;
      if (lane == lanes.size()) lanes.push_back({track, static_cast<int>(lane - first), {}});
      lanes[lane].slices.push_back(slice);
    }
  }
  return lanes;
}

std::string trace_json(const std::vector<Timeline>& timelines) {
  TraceWriter writer;
  int pid = 0;
  for (const Timeline& timeline : timelines) writer.process(++pid, timeline);
  return writer.finish();
}

}  // namespace edgemoe::host
