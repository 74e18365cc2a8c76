// SPDX-License-Identifier: Apache-2.0
/// What an importer makes of a source: tensors under the names of models/README.md, and what had to
/// be left out or assumed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

struct Checkpoint {
  TensorMap tensors;
  /// Where a tensor came from, for messages: `FILE` or `FILE: KEY`.
  std::map<std::string, std::string> origin;
  std::vector<std::string> notes;  ///< one line each: what was skipped, merged, folded
  std::optional<Tensor> image;     ///< sample input [3, H, W], real pixel values
  std::optional<Tensor> golden;    ///< output of the last block for it and the first task, [N, D]
};

/// Every disagreement between checkpoint and configuration, one line each with file and expected
/// shape: missing, surplus, wrong shape, not finite. Empty when all is well.
std::vector<std::string> checkpoint_problems(const ModelConfig& model, const Checkpoint& checkpoint,
                                             const std::filesystem::path& source);

/// Throws DataError with all `problems`, one a line, unless there are none.
void throw_problems(const std::vector<std::string>& problems);

}  // namespace edgemoe::models
