// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/tiling.hpp"

#include <algorithm>
#include <numeric>

#include "hls/program/command.hpp"
#include "host/compiler/cost.hpp"

namespace edgemoe::host {

Tiling plan_tiling(const models::ModelConfig& model, const models::DesignConfig& design,
                   int tasks) {
  Tiling tiling;
  const models::BufferConfig& buffers = design.buffers;
  const int lanes = std::max(design.array.token_lanes, 1);
  const std::int64_t stride = std::int64_t{groups_of(model.tokens(), lanes)} * lanes;
  tiling.on = stride * tasks > buffers.max_tokens && buffers.max_frame_tokens > 0;
  if (!tiling.on) return tiling;
  const int step = std::lcm(int{program::kTile}, lanes);
  tiling.tile_tokens = buffers.max_tokens / step * step;
  const int band = std::max(model.grid_width(), 1);
  tiling.embed_patches = (buffers.max_tokens - 1) / band * band;  // one row for the class token
  tiling.chunk_tokens = std::min(tiling.tile_tokens, buffers.staging_tokens / 2 / lanes * lanes);
  return tiling;
}

}  // namespace edgemoe::host
