// SPDX-License-Identifier: Apache-2.0
/// Makes a directory in the published float32 layout, with weights of the published shapes and
/// value ranges: what an importer meets, without anybody's weights.
///
/// Ranges are those measured on the published files: biases of qkv up to +-51, norm weights up to
/// 15.55, norm biases up to 13.4, attention projection biases -15.1..4.5, patch weights +-0.33,
/// gates -0.39..0.54 with columns that nearly tie, pixels k / 256. Channels with an outlying norm
/// weight get small columns in the matrices behind them, as in trained networks, so that
/// activations stay in the published range.
#pragma once

#include <cstdint>
#include <filesystem>

#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models::testing {

/// The published network: width 192, 129 tokens, 16 experts, top 2, two tasks, no heads.
ModelConfig published_model();

/// The same kind of network with 7 tokens of width 24, for quick tests. Not inferable: needs
/// --model.
ModelConfig small_published_model();

/// Weights with a class token of their own, under the names of a model folder.
TensorMap published_weights(const ModelConfig& model, std::uint64_t seed);

/// Pixels k / 256, as real values [3, H, W].
Tensor published_image(const ModelConfig& model, std::uint64_t seed);

/// Writes all files, the sample image and the last block's output for it (first task).
void write_published_layout(const std::filesystem::path& folder, const ModelConfig& model,
                            std::uint64_t seed);

}  // namespace edgemoe::models::testing
