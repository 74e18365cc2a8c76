// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/schema/config_file.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

/// model.yaml as it stands in the file: the configuration, with paths not yet resolved.
struct ModelFile {
  ModelConfig config;
  std::vector<std::string> weight_files;
  std::optional<HeadConfig> head;  ///< of every task that has none of its own
  std::string popularity;
  std::string samples;
};

/// The keys of model.yaml (model_keys.cpp).
void visit(ModelFile* file, Visitor* visitor);

/// The keys of popularity.yaml, which follow from the tasks and MoE blocks of `model`; fills
/// `model->popularity` (popularity_keys.cpp).
void visit_popularity(ModelConfig* model, Visitor* visitor);

/// The rules between the keys of model.yaml (model_rules.cpp).
void check(const ModelFile& file, Rules* rules);

}  // namespace edgemoe::models
