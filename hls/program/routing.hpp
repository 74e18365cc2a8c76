// SPDX-License-Identifier: Apache-2.0
/// What the gates chose: the data that timing depends on. Written by the kernels, read by the cycle
/// engine; also the form in which a routing is forced upon the kernels.
///
/// Token order is the accelerator's (patches, class token last). Scores 17 bit, LSB 2^-16.
#pragma once

#include <cstdint>
#include <vector>

namespace edgemoe {
namespace program {

struct Choice {
  std::uint16_t expert = 0;
  std::uint32_t score = 0;
  bool dropped = false;  ///< below the threshold: not queued

  bool operator==(const Choice& other) const {
    return expert == other.expert && score == other.score && dropped == other.dropped;
  }
};

/// One MoE block of one segment (task).
struct SegmentRouting {
  std::uint16_t layer = 0;
  std::uint16_t segment = 0;
  std::uint16_t tokens = 0;
  std::uint8_t top_k = 0;
  std::vector<Choice> choices;  ///< [tokens][top_k], descending score
};

struct RoutingTrace {
  std::vector<SegmentRouting> segments;  ///< ordered by (layer, segment)

  const SegmentRouting* find(int layer, int segment) const {
    for (const SegmentRouting& s : segments) {
      if (s.layer == layer && s.segment == segment) return &s;
    }
    return nullptr;
  }
};

}  // namespace program
}  // namespace edgemoe
