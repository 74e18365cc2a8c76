// SPDX-License-Identifier: Apache-2.0
/// How a model whose tokens exceed a design's buffers is cut into tiles: hls/program/README.md
/// "Tiled programs".
///
/// A tile is a multiple of 16 tokens (K and V are spilled in tiles of 16 keys) and of token_lanes;
/// the last one of a segment holds what is left, one token at least.
#pragma once

#include <vector>

#include "models/schema/design_config.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

struct Tiling {
  bool on = false;
  int tile_tokens = 0;    ///< rows of a full tile
  int embed_patches = 0;  ///< patches of a full tile of the embedding: whole bands of the image
  int chunk_tokens = 0;   ///< entries of an expert's queue that are computed at a time
};

/// Off when all tokens of `tasks` tasks fit the buffers, or when the design does not tile. Fields
/// may be 0 where the design is too small for any tile; check_fit says so.
Tiling plan_tiling(const models::ModelConfig& model, const models::DesignConfig& design, int tasks);

}  // namespace edgemoe::host
