// SPDX-License-Identifier: Apache-2.0
#include "hls/program/expert_visits.hpp"

#include <algorithm>
#include <cstddef>

namespace edgemoe {
namespace program {
namespace {

/// The load that has the expert on the chip, searched among the youngest `resident`; their number
/// if none.
std::size_t find_load(const std::vector<std::uint16_t>& loads, int resident,
                      std::uint16_t expert) {
  const std::size_t kept = std::min(loads.size(), static_cast<std::size_t>(resident));
  for (std::size_t i = loads.size() - kept; i < loads.size(); ++i) {
    if (loads[i] == expert) return i;
  }
  return loads.size();
}

void mark_last(ExpertVisits& result) {
  std::vector<bool> read(result.loads.size(), false);
  for (std::size_t v = result.visits.size(); v-- > 0;) {
    ExpertVisit& visit = result.visits[v];
    visit.last = !read[visit.load];
    read[visit.load] = true;
  }
}

}  // namespace

ExpertVisits expert_visits(int layer, int segments, const RoutingTrace& routing, int resident) {
  ExpertVisits result;
  for (int s = 0; s < segments; ++s) {
    const SegmentRouting* segment = routing.find(layer, s);
    if (segment == nullptr) continue;
    for (const Choice& choice : segment->choices) {
      if (choice.dropped) continue;
      const std::size_t load = find_load(result.loads, resident, choice.expert);
      if (load == result.loads.size()) result.loads.push_back(choice.expert);
      result.visits.push_back({choice.expert, static_cast<std::uint32_t>(load), false});
    }
  }
  mark_last(result);
  return result;
}

}  // namespace program
}  // namespace edgemoe
