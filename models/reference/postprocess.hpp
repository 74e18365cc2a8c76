// SPDX-License-Identifier: Apache-2.0
/// From a head's raw output [C, H, W] to labels, gray maps and pictures.
///
/// Non-finite values never crash: they count as the smallest value. Shapes that do not fit throw
/// std::invalid_argument.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

/// Class of the largest channel per pixel, lower index wins ties; 8 bit.
GrayImage class_map(const Tensor& head);

/// Labels painted with one colour per class. Classes without a colour get one from a fixed wheel;
/// 255 is black.
Image paint_classes(const GrayImage& labels,
                    const std::vector<std::array<std::uint8_t, 3>>& colours);

/// One-channel values in [0, 1], clamped, as 16-bit gray: round(65535 v). Depth sample files use
/// the same scale.
GrayImage unit_to_gray16(const Tensor& head);

/// Logistic function of a one-channel output as 8-bit gray: round(255 sigmoid(v)). For saliency and
/// edges.
GrayImage sigmoid_to_gray8(const Tensor& head);

/// Normals: each pixel's vector to unit length, stored as round((v + 1) * 127.5). A zero vector
/// becomes 128s.
Image paint_normals(const Tensor& head);

/// Colour ramp from dark (low) over violet, red and orange to pale yellow (high), lightness rising
/// evenly.
std::array<std::uint8_t, 3> ramp_colour(double unit);

/// One-channel values painted with the ramp between `low` and `high` (low < high).
Image paint_ramp(const Tensor& values, double low, double high);

/// What is shown and what is stored for one task.
struct TaskPicture {
  Image colour;                   ///< always there
  std::optional<GrayImage> data;  ///< class ids, 16-bit depth, 8-bit probability; none for normals
};

/// By task kind. Depth is painted between 0 and 1.
TaskPicture render_task(const TaskConfig& task, const Tensor& head);

}  // namespace edgemoe::models
