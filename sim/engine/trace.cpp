// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/trace.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace edgemoe::sim {

int Trace::intern(const std::string& text) {
  const auto inserted = ids_.emplace(text, static_cast<int>(texts_.size()));
  if (inserted.second) texts_.push_back(text);
  return inserted.first->second;
}

bool Trace::room() {
  if (slices_.size() + samples_.size() < max_events_) return true;
  ++dropped_;
  return false;
}

void Trace::slice(int track, int name, Cycle begin, Cycle end) {
  if (!enabled_) return;
  if (end < begin) throw std::logic_error(text(track) + ": a slice that ends before it begins");
  if (room()) slices_.push_back(TraceSlice{track, name, begin, end});
}

void Trace::sample(int counter, Cycle cycle, std::int64_t value) {
  if (enabled_ && room()) samples_.push_back(TraceSample{counter, cycle, value});
}

std::vector<TraceSlice> Trace::slices() const {
  std::vector<TraceSlice> sorted = slices_;
  std::stable_sort(sorted.begin(), sorted.end(), [this](const TraceSlice& a, const TraceSlice& b) {
    return std::forward_as_tuple(text(a.track), a.begin, a.end, text(a.name)) <
           std::forward_as_tuple(text(b.track), b.begin, b.end, text(b.name));
  });
  return sorted;
}

std::vector<TraceSample> Trace::samples() const {
  std::vector<TraceSample> sorted = samples_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [this](const TraceSample& a, const TraceSample& b) {
                     return std::forward_as_tuple(text(a.track), a.cycle) <
                            std::forward_as_tuple(text(b.track), b.cycle);
                   });
  return sorted;
}

}  // namespace edgemoe::sim
