// SPDX-License-Identifier: Apache-2.0
/// Single-task results that a multi-task gain (delta_m) is measured against.
///
/// ```yaml
/// schema: 1
/// semseg: {miou: 0.439}   # a task of the model, and its kind's metric
/// depth: {rmse: 0.585}
/// ```
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "models/schema/model_config.hpp"

namespace edgemoe::models {

/// The metric that a gain is computed from: miou (semseg, human_parts, saliency), rmse (depth),
/// mean_angle (normals, degrees), ods_f (edge).
const char* primary_metric(TaskKind kind);
bool higher_is_better(TaskKind kind);

/// Value of the primary metric by task; tasks may be left out. Throws ConfigError with all errors.
std::map<std::string, double> read_baseline(const std::filesystem::path& file,
                                            const ModelConfig& model);

}  // namespace edgemoe::models
