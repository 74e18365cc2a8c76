// SPDX-License-Identifier: Apache-2.0
/// Configurations and pictures for the tests of the reference.
#pragma once

#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models::testing {

/// 32x48 pixels, 7 tokens, D 24, 3 heads, 4 blocks, 5 experts top-2, two tasks with heads: odd
/// sizes on purpose.
ModelConfig small_model();

/// The published tiny network at 128x256 with light heads.
ModelConfig tiny_model();

/// Seeded blobs and noise over the whole range of levels, so that patches differ.
Image test_image(int height, int width, unsigned seed);

}  // namespace edgemoe::models::testing
