// SPDX-License-Identifier: Apache-2.0
#include "sim/units/expert_order.hpp"

#include <algorithm>
#include <string>

#include "models/schema/error.hpp"

namespace edgemoe::sim {
namespace {

std::vector<std::uint64_t> queue_lengths(const program::Command& experts, int expert_count,
                                         const program::RoutingTrace& routing) {
  std::vector<std::uint64_t> lengths(static_cast<std::size_t>(expert_count), 0);
  for (int segment = 0; segment < experts.segments; ++segment) {
    const std::string where = "routing of block " + std::to_string(experts.layer) + ", segment " +
                              std::to_string(segment);
    const program::SegmentRouting* found = routing.find(experts.layer, segment);
    if (found == nullptr) throw models::ConfigError({where + ": missing"});
    for (const program::Choice& choice : found->choices) {
      if (choice.dropped) continue;
      if (choice.expert >= expert_count) {
        throw models::ConfigError({where + ": expert " + std::to_string(choice.expert) + " of " +
                                   std::to_string(expert_count)});
      }
      ++lengths[choice.expert];
    }
  }
  return lengths;
}

/// Active experts by descending queue length, ties by index.
std::vector<int> by_length(const std::vector<std::uint64_t>& lengths) {
  std::vector<int> order;
  for (std::size_t e = 0; e < lengths.size(); ++e) {
    if (lengths[e] != 0) order.push_back(static_cast<int>(e));
  }
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return lengths[static_cast<std::size_t>(a)] > lengths[static_cast<std::size_t>(b)];
  });
  return order;
}

}  // namespace

bool ExpertPlan::guessed(int expert) const {
  return std::find(guesses.begin(), guesses.end(), expert) != guesses.end();
}

ExpertPlan plan_experts(const program::Command& experts, int expert_count,
                        const program::Command* prefetch, const program::RoutingTrace& routing,
                        models::Prefetch policy) {
  ExpertPlan plan;
  plan.lengths = queue_lengths(experts, expert_count, routing);
  const std::vector<int> active = by_length(plan.lengths);
  if (policy == models::Prefetch::kOracle && prefetch != nullptr) {
    plan.guesses = active;
  } else if (policy == models::Prefetch::kPopular && prefetch != nullptr) {
    for (int i = 0; i < prefetch->list_count && i < program::kMaxListedExperts; ++i) {
      const int expert = prefetch->expert_list[i];
      if (expert >= expert_count || plan.guessed(expert)) {
        throw models::ConfigError({"command " + std::to_string(prefetch->id) +
                                   ": expert list names " + std::to_string(expert) +
                                   " twice or beyond the block's experts"});
      }
      plan.guesses.push_back(expert);
    }
  }
  for (int expert : plan.guesses) {
    if (plan.active(expert)) {
      plan.execution.push_back({expert, plan.lengths[static_cast<std::size_t>(expert)]});
    }
  }
  for (int expert : active) {
    if (!plan.guessed(expert)) {
      plan.execution.push_back({expert, plan.lengths[static_cast<std::size_t>(expert)]});
    }
  }
  return plan;
}

}  // namespace edgemoe::sim
