// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/prefetch.hpp"

#include <algorithm>
#include <numeric>

#include "hls/program/command.hpp"
#include "hls/program/weight_layout.hpp"
#include "host/compiler/precision.hpp"

namespace edgemoe::host {
namespace {

constexpr double kWorthFetching =
    0.5;  // a wrong guess costs what a right one gains: one expert's load

/// Fraction of images in which a task uses the expert; 1 where the model ships no such data.
double popularity(const models::ModelConfig& model, int task, int block, int expert) {
  const auto of_task = model.popularity.find(model.tasks[static_cast<std::size_t>(task)].name);
  if (of_task == model.popularity.end()) return 1.0;
  const auto of_block = of_task->second.find(block);
  if (of_block == of_task->second.end()) return 1.0;
  const std::size_t at = static_cast<std::size_t>(expert);
  return at < of_block->second.size() ? of_block->second[at] : 0.0;
}

/// How many experts may be listed: the second matrix of an active one, everything up to the next
/// active one, and that one's first matrix must fit the ring together. Between the two may be the
/// rest of the list, all of it in vain, and nothing of that is freed before.
int experts_in_ring(const models::ModelConfig& model, const models::DesignConfig& design) {
  const std::uint32_t rows =
      2 * program::tile_rows(model.moe.hidden, model.embed_dim, precision_of(design.precision));
  return static_cast<int>(static_cast<std::uint32_t>(design.buffers.weight_ring_rows) /
                          std::max<std::uint32_t>(rows, 1));
}

}  // namespace

std::vector<int> prefetch_list(const models::ModelConfig& model, const models::DesignConfig& design,
                               int block, const std::vector<int>& tasks) {
  // Token by token, an expert that came early would have to wait for its token.
  const bool queues = design.ablation.patch_reorder == models::PatchReorder::kQueues;
  if (design.loader.prefetch == models::Prefetch::kNone || !queues) return {};
  std::vector<double> used(static_cast<std::size_t>(model.moe.experts));
  for (int e = 0; e < model.moe.experts; ++e) {
    double idle = 1.0;
    for (const int task : tasks) idle *= 1.0 - popularity(model, task, block, e);
    used[e] = 1.0 - idle;
  }
  std::vector<int> order(used.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return used[a] > used[b]; });
  const auto unlikely =
      std::find_if(order.begin(), order.end(), [&](int e) { return used[e] < kWorthFetching; });
  order.erase(unlikely, order.end());
  const int most = std::min({design.loader.prefetch_experts, program::kMaxListedExperts,
                             experts_in_ring(model, design)});
  if (static_cast<int>(order.size()) > most)
    order.resize(static_cast<std::size_t>(std::max(most, 0)));
  return order;
}

}  // namespace edgemoe::host
