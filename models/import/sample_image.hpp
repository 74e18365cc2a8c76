// SPDX-License-Identifier: Apache-2.0
/// Sample pictures of an imported model. Not for use outside this folder.
#pragma once

#include <filesystem>

#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

struct SampleImage {
  Image image;
  double largest_error = 0.0;  ///< of a pixel, in steps of the 8-bit image
};

/// Real pixel values [3, H, W] to the 8-bit picture that the model's mean and std turn back into
/// them: k = round(255 (v std + mean)), clamped to 0..255.
SampleImage quantise_image(const Tensor& real, const ImageConfig& config);

/// Copies a PNG and the labels beside it (NAME.labels.png, NAME.depth.png) after decoding each.
/// Throws DataError for what is no such picture, or when the name is taken.
void copy_sample(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace edgemoe::models
