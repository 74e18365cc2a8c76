// SPDX-License-Identifier: Apache-2.0
// Cityscapes as arrays of 128 x 256: pixels in [0, 1], labels -1..classes-1, inverse depth.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <system_error>

#include "models/datasets/layouts.hpp"
#include "models/io/error.hpp"
#include "models/io/resize.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;

/// Numbers of the .npy files of a folder, in order.
std::vector<std::string> numbered_arrays(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string stem = at->path().stem().string();
    const bool number =
        !stem.empty() && stem.size() <= 9 &&
        std::all_of(stem.begin(), stem.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
    if (number && at->path().extension() == ".npy") names.push_back(stem);
  }
  if (error || names.empty())
    throw DataError(folder.string() + ": error: --dataset: expected arrays N.npy, got none");
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return std::stoul(a) < std::stoul(b);
  });
  return names;
}

Image picture_of(const fs::path& file, const Tensor& planes) {
  Image image{static_cast<int>(planes.shape[1]), static_cast<int>(planes.shape[2]), {}};
  const std::size_t pixels = planes.size() / 3;
  image.rgb.reserve(planes.size());
  for (std::size_t p = 0; p < pixels; ++p) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float value = planes.data[c * pixels + p];
      if (!(value >= -1e-3F && value <= 1.001F)) {
        throw DataError(fmt::format("{}: error: array: expected pixels in [0, 1], got {}",
                                    file.string(), value));
      }
      image.rgb.push_back(
          static_cast<std::uint8_t>(std::lround(255.0F * std::clamp(value, 0.0F, 1.0F))));
    }
  }
  return image;
}

GrayImage labels_of(const fs::path& file, const Tensor& planes, int classes) {
  GrayImage labels{static_cast<int>(planes.shape[1]), static_cast<int>(planes.shape[2]), 8, {}};
  for (const float value : planes.data) {
    const bool ignored = value == -1.0F || value == 255.0F;
    if (!ignored &&
        !(value >= 0.0F && value < static_cast<float>(classes) && value == std::floor(value))) {
      throw DataError(fmt::format("{}: error: labels: expected classes 0..{}, -1 or 255, got {}",
                                  file.string(), classes - 1, value));
    }
    labels.data.push_back(ignored ? 255 : static_cast<std::uint16_t>(value));
  }
  return labels;
}

class CityscapesArrays : public Dataset {
 public:
  CityscapesArrays(const fs::path& folder, const std::string& split, const ModelConfig& model)
      : folder_(folder / split), model_(model), names_(numbered_arrays(folder_ / "image")) {}

  std::string layout() const override { return "Cityscapes arrays"; }
  std::size_t size() const override { return names_.size(); }
  std::string name(std::size_t index) const override { return names_.at(index); }

  DatasetItem load(std::size_t index) const override {
    const std::string leaf = names_.at(index) + ".npy";
    const int h = model_.image.height, w = model_.image.width;
    const fs::path file = folder_ / "image" / leaf;
    const Image picture = picture_of(file, read_planes(file, 3));
    DatasetItem item;
    item.image = resize_bilinear(picture, h, w);
    const int classes = classes_of(model_, TaskKind::kSemseg);
    if (classes > 0) {
      const fs::path labels = folder_ / fmt::format("label_{}", classes) / leaf;
      const Tensor planes = read_planes(labels, 1);
      require_size(labels, planes.shape[1], planes.shape[2], picture);
      item.truth.semseg = resize_nearest(labels_of(labels, planes, classes), h, w);
    }
    if (has_task(model_, TaskKind::kDepth)) {
      const fs::path depth = folder_ / "depth" / leaf;
      const Tensor planes = read_planes(depth, 1);
      require_size(depth, planes.shape[1], planes.shape[2], picture);
      item.truth.depth = resize_nearest(planes, h, w);
    }
    return item;
  }

 private:
  fs::path folder_;
  const ModelConfig& model_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Dataset> open_cityscapes_arrays(const fs::path& folder, const std::string& split,
                                                const ModelConfig& model) {
  return std::make_unique<CityscapesArrays>(folder, split, model);
}

}  // namespace edgemoe::models
