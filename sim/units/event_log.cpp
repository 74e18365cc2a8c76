// SPDX-License-Identifier: Apache-2.0
#include "sim/units/event_log.hpp"

#include <algorithm>
#include <tuple>

namespace edgemoe::sim {
namespace {

const char* kind_name(EventKind kind) {
  switch (kind) {
    case EventKind::kDispatch:
      return "dispatch";
    case EventKind::kRowRequest:
      return "request";
    case EventKind::kRowReadable:
      return "readable";
    case EventKind::kBlock:
      return "block";
    case EventKind::kScores:
      return "scores";
    case EventKind::kNormPass:
      return "norm";
    case EventKind::kRouteGroup:
      return "route";
    case EventKind::kRowWrite:
      return "write";
  }
  return "unknown";
}

}  // namespace

std::string to_line(const UnitEvent& e) {
  return std::to_string(e.cycle) + " " + kind_name(e.kind) + " " + std::to_string(e.command) + " " +
         std::to_string(e.index);
}

std::vector<UnitEvent> EventLog::sorted() const {
  std::vector<UnitEvent> events = events_;
  std::sort(events.begin(), events.end(), [](const UnitEvent& a, const UnitEvent& b) {
    return std::tie(a.cycle, a.kind, a.command, a.index) <
           std::tie(b.cycle, b.kind, b.command, b.index);
  });
  return events;
}

}  // namespace edgemoe::sim
