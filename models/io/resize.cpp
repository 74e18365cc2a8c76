// SPDX-License-Identifier: Apache-2.0
#include "models/io/resize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "models/io/error.hpp"
#include "models/io/png.hpp"

namespace edgemoe::models {

namespace {

constexpr std::size_t kChannels = 3;

/// The source positions that one destination position blends, with weights that add up to 1.
struct Blend {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Blend> make_blends(int source, int destination) {
  const double scale = static_cast<double>(source) / destination;
  const double reach = std::max(1.0, scale);  // half width of the triangle
  std::vector<Blend> blends(static_cast<std::size_t>(destination));
  for (int i = 0; i < destination; ++i) {
    const double centre = std::clamp((i + 0.5) * scale - 0.5, 0.0, source - 1.0);
    const int first = std::max(0, static_cast<int>(std::ceil(centre - reach)));
    const int last = std::min(source - 1, static_cast<int>(std::floor(centre + reach)));
    Blend& blend = blends[static_cast<std::size_t>(i)];
    blend.first = first;
    double sum = 0.0;
    for (int j = first; j <= last; ++j) {
      const double weight = 1.0 - std::abs(j - centre) / reach;
      blend.weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : blend.weights) weight = static_cast<float>(weight / sum);
  }
  return blends;
}

/// Blends rows of bytes into one row of floats: out[i] = sum of weights[j] * rows[j * pitch + i].
void blend_rows(const std::uint8_t* rows, std::size_t pitch, const std::vector<float>& weights,
                std::vector<float>* out) {
  std::fill(out->begin(), out->end(), 0.0F);
  for (const float weight : weights) {
    for (std::size_t i = 0; i < pitch; ++i) (*out)[i] += weight * static_cast<float>(rows[i]);
    rows += pitch;
  }
}

/// Blends the columns of one row of floats into result pixels, rounding half up.
void blend_columns(const std::vector<float>& row, const std::vector<Blend>& blends,
                   std::uint8_t* out) {
  for (const Blend& blend : blends) {
    float sum[kChannels] = {0.5F, 0.5F, 0.5F};
    const float* pixel = row.data() + static_cast<std::size_t>(blend.first) * kChannels;
    for (const float weight : blend.weights) {
      for (std::size_t c = 0; c < kChannels; ++c) sum[c] += weight * *pixel++;
    }
    for (const float value : sum)
      *out++ = static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
  }
}

void check(const Image& image, int height, int width) {
  const auto side_ok = [](int side) { return side >= 1 && side <= kMaxImageSide; };
  const bool sizes =
      side_ok(height) && side_ok(width) && side_ok(image.height) && side_ok(image.width);
  if (!sizes || image.rgb.size() != static_cast<std::size_t>(image.height) *
                                        static_cast<std::size_t>(image.width) * kChannels) {
    throw DataError(fmt::format("image: error: size: expected sides of 1..{}, got {}x{} to {}x{}",
                                kMaxImageSide, image.height, image.width, height, width));
  }
}

}  // namespace

Image resize_bilinear(const Image& image, int height, int width) {
  check(image, height, width);
  if (image.height == height && image.width == width) return image;
  const std::vector<Blend> columns = make_blends(image.width, width);
  const std::vector<Blend> rows = make_blends(image.height, height);
  const std::size_t source_pitch = static_cast<std::size_t>(image.width) * kChannels;
  const std::size_t pitch = static_cast<std::size_t>(width) * kChannels;
  Image result{height, width, std::vector<std::uint8_t>(static_cast<std::size_t>(height) * pitch)};
  std::vector<float> row(source_pitch);
  std::uint8_t* out = result.rgb.data();
  for (const Blend& blend : rows) {
    const std::uint8_t* first =
        image.rgb.data() + static_cast<std::size_t>(blend.first) * source_pitch;
    blend_rows(first, source_pitch, blend.weights, &row);
    blend_columns(row, columns, out);
    out += pitch;
  }
  return result;
}

}  // namespace edgemoe::models
