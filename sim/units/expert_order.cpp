// SPDX-License-Identifier: Apache-2.0
#include "sim/units/expert_order.hpp"

#include <algorithm>
#include <string>

#include "hls/program/expert_visits.hpp"
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

std::vector<int> guesses_of(const program::Command* prefetch, models::Prefetch policy,
                            const std::vector<int>& active, int expert_count) {
  if (prefetch == nullptr || policy == models::Prefetch::kNone) return {};
  if (policy == models::Prefetch::kOracle) return active;
  std::vector<int> guesses;
  for (int i = 0; i < prefetch->list_count && i < program::kMaxListedExperts; ++i) {
    const int expert = prefetch->expert_list[i];
    const bool twice = std::find(guesses.begin(), guesses.end(), expert) != guesses.end();
    if (expert >= expert_count || twice) {
      throw models::ConfigError({"command " + std::to_string(prefetch->id) +
                                 ": expert list names " + std::to_string(expert) +
                                 " twice or beyond the block's experts"});
    }
    guesses.push_back(expert);
  }
  return guesses;
}

/// Queue by queue: guessed experts first, then the rest.
void plan_queues(const std::vector<int>& active, ExpertPlan* plan) {
  const auto add = [&](int expert) {
    plan->execution.push_back(
        {expert, plan->lengths[static_cast<std::size_t>(expert)], expert, true, 0});
  };
  for (int expert : plan->guesses) {
    if (plan->active(expert)) add(expert);
  }
  for (int expert : active) {
    if (plan->guessed(expert)) continue;
    add(expert);
    plan->rest.push_back({expert, expert});
  }
  plan->needed_loads = plan->execution.size();
  plan->slots = static_cast<int>(plan->lengths.size());
}

/// Token by token.
void plan_visits(const program::ExpertVisits& order, ExpertPlan* plan) {
  for (const program::ExpertVisit& visit : order.visits) {
    plan->execution.push_back({visit.expert, 1, static_cast<int>(visit.load), visit.last, 0});
  }
  for (std::size_t i = 0; i < order.loads.size(); ++i) {
    plan->rest.push_back({order.loads[i], static_cast<int>(i)});
  }
  plan->needed_loads = order.loads.size();
  plan->slots = static_cast<int>(order.loads.size());
}

}  // namespace

namespace {

/// Queues in the order in which the tiles were routed.
std::vector<std::vector<QueuedToken>> tiled_queues(
    const std::vector<const program::Command*>& routes, const program::RoutingTrace& routing,
    std::size_t experts) {
  std::vector<std::vector<QueuedToken>> queues(experts);
  for (const program::Command* route : routes) {
    const program::SegmentRouting* found = routing.find(route->layer, route->task_slot);
    const std::size_t end = std::size_t{route->token_begin} + route->tokens;
    if (found == nullptr || found->choices.size() < end * route->top_k) {
      throw models::ConfigError({"routing of block " + std::to_string(route->layer) + ", segment " +
                                 std::to_string(route->task_slot) + ": expected choices of " +
                                 std::to_string(end) + " tokens"});
    }
    for (std::size_t token = route->token_begin; token < end; ++token) {
      for (std::uint32_t k = 0; k < route->top_k; ++k) {
        const program::Choice& choice = found->choices[token * route->top_k + k];
        if (choice.dropped) continue;
        const std::size_t record = std::size_t{route->task_slot} * route->segment_stride + token;
        queues[choice.expert].push_back({static_cast<std::uint32_t>(record), k});
      }
    }
  }
  return queues;
}

/// Queue by queue in chunks, each of which loads the expert: its rows are freed as they are used.
void plan_chunks(const std::vector<int>& active, std::uint64_t chunk, ExpertPlan* plan) {
  for (int expert : active) {
    const std::uint64_t length = plan->lengths[static_cast<std::size_t>(expert)];
    for (std::uint64_t begin = 0; begin < length; begin += chunk) {
      const int slot = static_cast<int>(plan->execution.size());
      plan->execution.push_back({expert, std::min(chunk, length - begin), slot, true, begin});
      plan->rest.push_back({expert, slot});
    }
  }
  plan->needed_loads = plan->execution.size();
  plan->slots = static_cast<int>(plan->execution.size());
}

}  // namespace

bool ExpertPlan::guessed(int expert) const {
  return std::find(guesses.begin(), guesses.end(), expert) != guesses.end();
}

ExpertPlan plan_experts(const program::Command& experts, int expert_count,
                        const program::Command* prefetch, const program::RoutingTrace& routing,
                        const models::DesignConfig& design,
                        const std::vector<const program::Command*>& routes) {
  ExpertPlan plan;
  plan.lengths = queue_lengths(experts, expert_count, routing);
  if (experts.tiled) {
    plan.queues = tiled_queues(routes, routing, plan.lengths.size());
    plan_chunks(by_length(plan.lengths), experts.tokens, &plan);
    return plan;
  }
  const models::AblationConfig& ablation = design.ablation;
  if (ablation.patch_reorder != models::PatchReorder::kQueues) {
    const bool cache = ablation.patch_reorder == models::PatchReorder::kCache;
    plan_visits(program::expert_visits(experts.layer, experts.segments, routing,
                                       cache ? ablation.cache_experts : 0),
                &plan);
    return plan;
  }
  const std::vector<int> active = by_length(plan.lengths);
  plan.guesses = guesses_of(prefetch, design.loader.prefetch, active, expert_count);
  plan_queues(active, &plan);
  return plan;
}

}  // namespace edgemoe::sim
