// SPDX-License-Identifier: Apache-2.0
/// A dense float32 tensor in C order, and a named set of them. The currency of weights, taps and
/// images.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace edgemoe::models {

struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> data;

  std::size_t size() const { return data.size(); }
};

using TensorMap = std::map<std::string, Tensor>;

/// 8-bit RGB, row-major, 3 bytes a pixel.
struct Image {
  int height = 0;
  int width = 0;
  std::vector<std::uint8_t> rgb;
};

/// 8- or 16-bit single-channel picture (labels, depth).
struct GrayImage {
  int height = 0;
  int width = 0;
  int bits = 8;
  std::vector<std::uint16_t> data;
};

}  // namespace edgemoe::models
