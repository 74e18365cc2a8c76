// SPDX-License-Identifier: Apache-2.0
#include "host/run/routing_bridge.hpp"

#include <algorithm>

namespace edgemoe::host {
namespace {

constexpr float kScoreStep = 1.0F / 65536.0F;

models::BlockRouting block_of(const program::SegmentRouting& segment) {
  models::BlockRouting block;
  block.tokens = segment.tokens;
  block.top_k = segment.top_k;
  block.index.assign(segment.choices.size(), -1);
  block.score.assign(segment.choices.size(), 0.0F);
  for (int row = 0; row < segment.tokens; ++row) {
    for (int slot = 0; slot < segment.top_k; ++slot) {
      const program::Choice& choice =
          segment.choices[static_cast<std::size_t>(row * segment.top_k + slot)];
      if (choice.dropped) continue;
      const auto to =
          static_cast<std::size_t>(reference_row(row, segment.tokens) * segment.top_k + slot);
      block.index[to] = choice.expert;
      block.score[to] = static_cast<float>(choice.score) * kScoreStep;
    }
  }
  return block;
}

/// Whether `entry` is all that its layer has.
bool routed_once(const program::RoutingTrace& trace, const program::SegmentRouting& entry) {
  return std::none_of(trace.segments.begin(), trace.segments.end(),
                      [&entry](const program::SegmentRouting& other) {
                        return other.layer == entry.layer && other.segment != entry.segment;
                      });
}

/// Slots that the reference left empty are dropped choices. They must name experts that differ from
/// the token's others: the lowest free ones.
void name_dropped(program::Choice* choices, int top_k) {
  for (int slot = 0; slot < top_k; ++slot) {
    if (!choices[slot].dropped) continue;
    const auto taken = [&](std::uint16_t expert) {
      return std::any_of(choices, choices + top_k, [&](const program::Choice& other) {
        return &other != &choices[slot] && other.expert == expert &&
               (!other.dropped || &other < &choices[slot]);
      });
    };
    choices[slot].expert = 0;
    while (taken(choices[slot].expert)) ++choices[slot].expert;
  }
}

program::SegmentRouting segment_of(const models::BlockRouting& block, int layer, int segment) {
  program::SegmentRouting result;
  result.layer = static_cast<std::uint16_t>(layer);
  result.segment = static_cast<std::uint16_t>(segment);
  result.tokens = static_cast<std::uint16_t>(block.tokens);
  result.top_k = static_cast<std::uint8_t>(block.top_k);
  for (int row = 0; row < block.tokens; ++row) {
    for (int slot = 0; slot < block.top_k; ++slot) {
      const std::int32_t expert = block.index[static_cast<std::size_t>(
          reference_row(row, block.tokens) * block.top_k + slot)];
      program::Choice choice;
      choice.expert = static_cast<std::uint16_t>(std::max(expert, 0));
      choice.dropped = expert < 0;
      result.choices.push_back(choice);
    }
    name_dropped(&result.choices[static_cast<std::size_t>(row * block.top_k)], block.top_k);
  }
  return result;
}

}  // namespace

models::Routing routing_of_segment(const program::RoutingTrace& trace, int segment) {
  models::Routing routing;
  for (const program::SegmentRouting& entry : trace.segments) {
    if (entry.segment == segment || routed_once(trace, entry))
      routing.blocks[entry.layer] = block_of(entry);
  }
  return routing;
}

program::RoutingTrace trace_of_routings(const std::vector<models::Routing>& routings) {
  program::RoutingTrace trace;
  for (std::size_t s = 0; s < routings.size(); ++s) {
    for (const auto& [layer, block] : routings[s].blocks) {
      trace.segments.push_back(segment_of(block, layer, static_cast<int>(s)));
    }
  }
  std::stable_sort(trace.segments.begin(), trace.segments.end(),
                   [](const program::SegmentRouting& a, const program::SegmentRouting& b) {
                     return a.layer != b.layer ? a.layer < b.layer : a.segment < b.segment;
                   });
  return trace;
}

}  // namespace edgemoe::host
