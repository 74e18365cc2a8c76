// SPDX-License-Identifier: Apache-2.0
/// What the layers of attention and feed-forward share. Not for use outside this folder.
#pragma once

#include <string>

#include "host/compiler/layers.hpp"

namespace edgemoe::host {

constexpr int kInt8Max = 127;
constexpr int kHiddenMax = 255;
constexpr int kTokenScaleExponent = -17;  ///< z8 * S_t * 2^-17

/// Quantised `backbone.NAME.weight` [out][in] with its `quant.NAME.scale`.
QuantMatrix read_matrix(const models::TensorMap& weights, const std::string& name, int out, int in);

/// Bounds of all channels for inputs up to max_input; factors are left at 0.
RequantRequest request_for(const QuantMatrix& matrix, const std::string& name, int max_input);

}  // namespace edgemoe::host
