// SPDX-License-Identifier: Apache-2.0
#include "models/datasets/ground_truth.hpp"

#include <cstdint>

namespace edgemoe::models {
namespace {

/// Source index of every destination index: the centre of the destination pixel falls into it.
std::vector<std::size_t> nearest(int from, int to) {
  std::vector<std::size_t> index;
  for (int i = 0; i < to; ++i)
    index.push_back(
        static_cast<std::size_t>(std::int64_t{2 * i + 1} * from / (2 * std::int64_t{to})));
  return index;
}

}  // namespace

GrayImage resize_nearest(const GrayImage& image, int height, int width) {
  if (image.height == height && image.width == width) return image;
  GrayImage result{height, width, image.bits, {}};
  result.data.reserve(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
  const std::vector<std::size_t> columns = nearest(image.width, width);
  for (const std::size_t y : nearest(image.height, height)) {
    for (const std::size_t x : columns)
      result.data.push_back(image.data[y * static_cast<std::size_t>(image.width) + x]);
  }
  return result;
}

Tensor resize_nearest(const Tensor& planes, int height, int width) {
  const int from_height = static_cast<int>(planes.shape.at(1));
  const int from_width = static_cast<int>(planes.shape.at(2));
  if (from_height == height && from_width == width) return planes;
  Tensor result{{planes.shape[0], height, width}, {}};
  const std::vector<std::size_t> columns = nearest(from_width, width);
  const std::vector<std::size_t> rows = nearest(from_height, height);
  const std::size_t plane =
      static_cast<std::size_t>(from_height) * static_cast<std::size_t>(from_width);
  for (std::size_t c = 0; c < static_cast<std::size_t>(planes.shape[0]); ++c) {
    for (const std::size_t y : rows) {
      for (const std::size_t x : columns)
        result.data.push_back(
            planes.data[c * plane + y * static_cast<std::size_t>(from_width) + x]);
    }
  }
  return result;
}

Tensor normals_of_picture(const Image& picture) {
  const std::size_t pixels = picture.rgb.size() / 3;
  Tensor normals{{3, picture.height, picture.width}, std::vector<float>(picture.rgb.size(), 0.0F)};
  for (std::size_t p = 0; p < pixels; ++p) {
    const std::uint8_t* rgb = picture.rgb.data() + 3 * p;
    const auto middle = [](std::uint8_t k) { return k == 127 || k == 128; };
    if (middle(rgb[0]) && middle(rgb[1]) && middle(rgb[2])) continue;
    for (std::size_t c = 0; c < 3; ++c)
      normals.data[c * pixels + p] = 2.0F * static_cast<float>(rgb[c]) / 255.0F - 1.0F;
  }
  return normals;
}

}  // namespace edgemoe::models
