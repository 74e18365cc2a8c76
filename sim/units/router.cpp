// SPDX-License-Identifier: Apache-2.0
#include "sim/units/router.hpp"

#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

void Router::execute(const program::Command& c) {
  wait_start();
  const int lanes = machine_.design.array.token_lanes;
  const std::uint64_t groups = groups_of(c, lanes);
  for (std::uint64_t g = 0; g < groups; ++g) {
    wait_group(g);
    note(EventKind::kRouteGroup, g);
    issue(rows_in_group(c.tokens, g, lanes));
    signal_group(now() + timing::kRoutePipeline);
  }
  Cycle end = now() + timing::kRoutePipeline;
  if (c.last_route) {
    end += c.experts + timing::kPublish;
    publish(c, end);
  }
  complete(end);
}

void Router::publish(const program::Command& c, Cycle end) {
  const Cycle seen = end + timing::kSignal;
  machine_.published(c.tag).add_at(seen);
  const MoeBlock& block = machine_.index.block(c.tag);
  for (int expert : block.plan.guesses) {
    if (block.plan.active(expert)) continue;
    for (int matrix = 0; matrix < 2; ++matrix) {
      WeightEntry& entry = machine_.expert(c.tag, expert, matrix);
      entry.idle_at = seen;
      machine_.free_if_idle(entry);
    }
  }
}

}  // namespace edgemoe::sim
