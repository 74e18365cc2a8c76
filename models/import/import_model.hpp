// SPDX-License-Identifier: Apache-2.0
/// A checkpoint into a model folder: model.yaml, weights as float32 safetensors, samples.
///
/// Errors: ConfigError for a configuration that the source does not determine or that is wrong,
/// DataError for files; nothing is left behind then. The weights keep their values: float32 stays
/// bit for bit, narrower types are widened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/schema/model_config.hpp"
#include "models/schema/override.hpp"

namespace edgemoe::models {

struct ImportRequest {
  std::filesystem::path source;  ///< published directory, .safetensors file, or folder of them
  std::filesystem::path out;     ///< new model folder
  std::string name;              ///< of the model; empty: the folder's
  /// Dimensions and tasks; its weights, popularity and samples do not count. Without it, they
  /// follow from the source and from what is published.
  std::optional<ModelConfig> model;
  Overrides overrides;                         ///< of the configuration that is inferred
  std::vector<std::string> skip;               ///< beginnings of tensor names that are left out
  std::vector<std::filesystem::path> samples;  ///< PNG files, with labels beside them
};

struct ImportResult {
  ModelConfig model;
  std::string kind;                  ///< what the source was
  std::vector<std::string> notes;    ///< what was skipped, merged, folded
  std::vector<std::string> assumed;  ///< what the source does not say
  std::size_t tensors = 0;
  std::uint64_t parameters = 0;
  /// Of the source's own result for its sample image, against the reference's.
  std::optional<double> golden_sqnr_db;
};

ImportResult import_model(const ImportRequest& request);

}  // namespace edgemoe::models
