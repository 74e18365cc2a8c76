// SPDX-License-Identifier: Apache-2.0
/// Models, designs and seeded weights for the compiler's tests, built in code.
#pragma once

#include <cstdint>

#include "models/io/tensor.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// 32 x 48 pixels in 16 x 16 patches (6 + 1 tokens), D 32, 2 heads, blocks mlp and moe in turn, two
/// tasks.
models::ModelConfig small_model(int depth = 4);
/// M3ViT-tiny as Edge-MoE runs it: 128 x 256, D 192, 12 blocks.
models::ModelConfig tiny_model();

/// Normal weights with the usual deviations, and `quant.*` with steps that suit them.
models::TensorMap sample_weights(const models::ModelConfig& model, std::uint64_t seed);

/// 8 x 16 x 16 lanes; buffers for two tasks of tiny.
models::DesignConfig sample_design();

}  // namespace edgemoe::host
