// SPDX-License-Identifier: Apache-2.0
/// Task heads: tokens to a map. Light enough to run on the host in float.
#pragma once

#include <cstdint>

#include "models/io/tensor.hpp"
#include "models/reference/weights.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

/// Bilinear resize of [C, h, w] (align_corners = false, clamped at the edges, no antialias):
/// source = (destination + 0.5) * size / new_size - 0.5.
Tensor resize_planes(const Tensor& planes, int height, int width);

/// Convolution of [in, h, w] with zero padding kernel / 2: [out, h, w]. Kernel 1 or 3.
Tensor convolve(const Tensor& planes, const ConvView& layer);

/// Products of the head's convolutions on one image; 0 without a head.
std::uint64_t head_macs(const ModelConfig& model, const TaskConfig& task);

/// Drops the class token, then LayerNorm, 3x3 convolutions with ReLU, x2 after each but the last, a
/// 1x1 convolution, and a resize to the image. Tokens [N, D] -> [C, H, W]. Throws
/// std::invalid_argument for tokens of another shape.
Tensor run_head(const ModelConfig& model, const HeadView& head, const Tensor& tokens);

}  // namespace edgemoe::models
