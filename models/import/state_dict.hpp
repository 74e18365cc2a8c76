// SPDX-License-Identifier: Apache-2.0
/// Checkpoints as safetensors with the training code's own key names.
///
/// Source: m3vit's checkpoints: keys begin with `module.` (parallel wrapper), then `backbone.`,
/// `decoders.TASK.` (or `decoder.` with one task), `tam_model*` (training only). Training on
/// several processes leaves a file per rank; the files of ranks above 0 hold slices of the experts,
/// which are joined on dimension 0 in rank order.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/import/checkpoint.hpp"
#include "models/import/hints.hpp"

namespace edgemoe::models {

/// The .safetensors files of a source: the file itself, or a folder's in rank order (by the first
/// number in their names). Empty when there are none.
std::vector<std::filesystem::path> state_dict_files(const std::filesystem::path& source);

/// Reads, renames, joins, skips, folds batch normalisation into convolutions and turns
/// task-conditioned gates into per-task gates with a bias. `skip`: beginnings of names (after
/// renaming) that are left out. Throws DataError that lists all that does not fit together.
Checkpoint read_state_dict(const std::vector<std::filesystem::path>& files,
                           const std::vector<std::string>& skip);

/// Dimensions from the shapes.
NetworkHints state_dict_hints(const Checkpoint& checkpoint);

/// Name of a tensor in a model folder; empty for what inference does not need (auxiliary
/// branches, optimiser, counters of batches).
std::string canonical_name(const std::string& key);

}  // namespace edgemoe::models
