// SPDX-License-Identifier: Apache-2.0
// What frames of a stream do for one another.
#include "host/compiler/lower.hpp"

namespace edgemoe::host {
namespace {

constexpr std::uint64_t kParameterRing = 512;  // rows, of every design

}  // namespace

/// Whether the next frame's start is loaded ahead of the experts that are not on the list of the
/// last block: there the loader waits for the routing. Behind them, the embedding would wait for
/// what this frame left to load, and a frame's time would depend on the one before it. The ring is
/// freed in load order, so all those experts must fit behind the embedding's weights.
bool Lowering::next_starts_here(int block, std::size_t listed) const {
  const bool queues = design_.ablation.patch_reorder == models::PatchReorder::kQueues;
  const bool last_block = block + 1 == model_.depth();
  if (frame_ + 1 >= static_cast<int>(frames_.size()) || !last_block || !queues) return false;
  const Placement& embed = linears_.at("embed").placement;
  const ExpertPlacement& experts = experts_.at(tap_name(block, "experts")).placement;
  const std::uint64_t rest = static_cast<std::uint64_t>(model_.moe.experts) - listed;
  const auto ring = static_cast<std::uint64_t>(design_.buffers.weight_ring_rows);
  return embed.rows + rest * experts.first.rows <= ring &&
         embed.param_rows + rest * experts.first.param_rows <= kParameterRing;
}

void Lowering::load_next_start() {
  const int frame = frame_, segments = segments_;
  name_frame(frame + 1);
  segments_ = 1;
  load_start();
  name_frame(frame);
  segments_ = segments;
}

}  // namespace edgemoe::host
