// SPDX-License-Identifier: Apache-2.0
/// What a routing means for time: queue lengths, active experts, which are fetched before the gate
/// has spoken, and in which order the active ones are executed (hls/program/README.md "Ring tags").
#pragma once

#include <cstdint>
#include <vector>

#include "hls/program/command.hpp"
#include "hls/program/routing.hpp"
#include "models/schema/design_config.hpp"

namespace edgemoe::sim {

/// Tokens that one expert serves in one go, with the weights that one load brought.
struct ExpertQueue {
  int expert = 0;
  std::uint64_t length = 0;  ///< > 0
  int slot = 0;              ///< ring entries of the load: the expert's own, or one for each load
  bool last = true;          ///< nobody after it reads that load
  std::uint64_t begin = 0;   ///< first entry of the queue (a tiled command takes chunks)
};

/// A token in a queue: the number of its record, and which of its choices this is.
struct QueuedToken {
  std::uint32_t record = 0;
  std::uint32_t choice = 0;
};

struct ExpertLoad {
  int expert = 0;
  int slot = 0;
};

struct ExpertPlan {
  std::vector<std::uint64_t> lengths;  ///< per expert, over all segments
  std::vector<int> guesses;            ///< fetched before the gate, in list order (policy applied)
  std::vector<ExpertQueue>
      execution;  ///< active: guessed ones in list order, then by length, ties by index
  std::vector<ExpertLoad> rest;                  ///< loaded once the routing is known, in order
  std::uint64_t needed_loads = 0;                ///< expert records that the execution reads
  std::vector<std::vector<QueuedToken>> queues;  ///< per expert; tiled commands only
  int slots = 0;                                 ///< loads that may happen, guesses included

  bool active(int expert) const { return lengths[static_cast<std::size_t>(expert)] != 0; }
  bool guessed(int expert) const;
};

/// `prefetch` is the block's kPrefetchExperts command or null; without patch reordering nothing is
/// guessed, and the execution is token by token (hls/program/expert_visits.hpp). Throws
/// models::ConfigError when the trace lacks a segment of the block or names an expert beyond
/// `experts`.
ExpertPlan plan_experts(const program::Command& experts, int expert_count,
                        const program::Command* prefetch, const program::RoutingTrace& routing,
                        const models::DesignConfig& design,
                        const std::vector<const program::Command*>& routes = {});

}  // namespace edgemoe::sim
