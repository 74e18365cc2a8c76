// SPDX-License-Identifier: Apache-2.0
/// Input images: finding them, bringing them to the model's size, and the labels beside them.
///
/// NAME.png is an image; beside it lie what is known about it, of the same size:
/// NAME.labels.png and NAME.parts.png (class numbers, 255 = ignore), NAME.depth.png (16 bit, 65535
/// = 1.0, 0 = no measurement), NAME.normals.png (RGB, v = 2 k / 255 - 1, gray 127 or 128 = none),
/// NAME.saliency.png and NAME.edge.png (not 0 = yes). Errors: models::DataError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/datasets/ground_truth.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// Images narrower or wider than this are refused: resizing them would distort the scene.
constexpr double kMinAspect = 4.0 / 3.0;
constexpr double kMaxAspect = 3.0;

struct InputImage {
  std::string given;          ///< as it shall appear in reports
  std::string name;           ///< unique short name, for folders: file name without the ending
  models::Image pixels;       ///< of the model's size
  models::GroundTruth truth;  ///< of the model's size
  std::string note;           ///< not empty when something was changed: "resized from ..."
};

struct ImageFile {
  std::filesystem::path path;
  std::string given;
  std::string name;
};

/// Files as they are, folders as all their *.png in alphabetical order without those
/// labels. Images of one name, or of a report's, get `-2`, `-3`, ... A folder without images
/// and a missing path are errors.
std::vector<ImageFile> list_images(const std::vector<std::string>& paths);

/// Reads, checks and resizes. Sizes with equal aspect ratio as the model's are always accepted.
InputImage load_image(const ImageFile& file, const models::ImageConfig& size);

/// A smooth seeded picture for models without samples: the same on every platform.
InputImage generated_image(const models::ImageConfig& size, std::uint64_t seed);

}  // namespace edgemoe::host
