// SPDX-License-Identifier: Apache-2.0
/// What is known about an image, for every kind of task, at the model's size.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "models/io/tensor.hpp"

namespace edgemoe::models {

struct GroundTruth {
  std::optional<GrayImage> semseg;       ///< class numbers; 255: ignored
  std::optional<GrayImage> human_parts;  ///< the same, 0 is background
  std::optional<GrayImage> saliency;     ///< not 0: salient
  std::optional<GrayImage> edge;         ///< not 0: an edge
  std::optional<Tensor> depth;           ///< [1, H, W], 0: no measurement
  std::optional<Tensor> normals;         ///< [3, H, W], a zero vector: none
};

/// Nearest pixel: labels must not be mixed with their neighbours.
GrayImage resize_nearest(const GrayImage& image, int height, int width);
/// The same for every plane of [C, H, W].
Tensor resize_nearest(const Tensor& planes, int height, int width);

/// 8-bit RGB to vectors: v = 2 k / 255 - 1. A pixel whose channels are all within half a step of 0
/// (127 or 128) holds none.
Tensor normals_of_picture(const Image& picture);

}  // namespace edgemoe::models
