// SPDX-License-Identifier: Apache-2.0
/// The per-tile log: one line for everything that a unit does as a whole. The RTL writes the same
/// lines, so that the first difference between the two can be found with a text diff.
///
/// Order: by cycle, kind, command, index. Cost: 24 bytes an event, about 200,000 for a tiny frame;
/// off by default.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace edgemoe::sim {

enum class EventKind : std::uint8_t {
  kDispatch,     ///< index: command id
  kRowRequest,   ///< loader; index: number of the row in the load stream
  kRowReadable,  ///< index: the same number
  kBlock,        ///< first issue of a block; index: blocks of the command before it
  kScores,       ///< first issue of a pair's QK; index: pair
  kNormPass,     ///< first cycle of a pass; index: passes of the command before it
  kRouteGroup,   ///< first token of a group; index: group
  kRowWrite,     ///< writer's address at the port; index: row
};

struct UnitEvent {
  std::uint64_t cycle = 0;
  EventKind kind = EventKind::kDispatch;
  std::uint16_t command = 0;
  std::uint32_t index = 0;
};

/// `cycle kind command index`, e.g. `5031 block 3 0`.
std::string to_line(const UnitEvent& event);

class EventLog {
 public:
  explicit EventLog(bool enabled) : enabled_(enabled) {}
  void add(std::uint64_t cycle, EventKind kind, std::uint16_t command, std::uint64_t index) {
    if (enabled_) events_.push_back({cycle, kind, command, static_cast<std::uint32_t>(index)});
  }
  std::vector<UnitEvent> sorted() const;

 private:
  bool enabled_;
  std::vector<UnitEvent> events_;
};

}  // namespace edgemoe::sim
