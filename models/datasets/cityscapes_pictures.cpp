// SPDX-License-Identifier: Apache-2.0
// Cityscapes as published: pictures of 2048 x 1024, label numbers 0..33, 16-bit disparity.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "models/datasets/layouts.hpp"
#include "models/io/error.hpp"
#include "models/io/png.hpp"
#include "models/io/resize.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kNone = 255;
constexpr std::size_t kLabels = 34;
/// Category of every label number: flat, construction, object, nature, sky, human, vehicle.
constexpr std::array<std::uint16_t, kLabels> kCategories{
    kNone, kNone, kNone, kNone, kNone, kNone, kNone, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1,
    2,     2,     2,     2,     3,     3,     4,     5, 5, 6, 6, 6, 6, 6, 6, 6, 6};
/// The 19 classes that the benchmark evaluates.
constexpr std::array<std::uint16_t, kLabels> kTrainIds{
    kNone, kNone, kNone, kNone, kNone, kNone, kNone, 0,  1,  kNone, kNone, 2,
    3,     4,     kNone, kNone, kNone, 5,     kNone, 6,  7,  8,     9,     10,
    11,    12,    13,    14,    15,    kNone, kNone, 16, 17, 18};
/// Disparity in pixels = (k - 1) / 256 for k > 0; the largest that 16 bits hold becomes 2.
constexpr float kDisparityScale = 1.0F / (256.0F * 128.0F);

constexpr const char* kImageEnding = "_leftImg8bit.png";

struct Name {
  std::string city, frame;
};

std::vector<Name> list_frames(const fs::path& folder) {
  std::vector<Name> names;
  std::error_code error;
  const std::string ending = kImageEnding;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string leaf = at->path().filename().string();
    if (leaf.size() <= ending.size() ||
        leaf.compare(leaf.size() - ending.size(), ending.size(), ending) != 0)
      continue;
    names.push_back({at->path().parent_path().filename().string(),
                     leaf.substr(0, leaf.size() - ending.size())});
  }
  if (error || names.empty()) {
    throw ConfigError(
        {folder.string() + ": error: --split: expected CITY/NAME" + ending + ", got none"});
  }
  std::sort(names.begin(), names.end(),
            [](const Name& a, const Name& b) { return a.frame < b.frame; });
  return names;
}

class CityscapesPictures : public Dataset {
 public:
  CityscapesPictures(fs::path folder, std::string split, const ModelConfig& model)
      : folder_(std::move(folder)),
        split_(std::move(split)),
        model_(model),
        names_(list_frames(folder_ / "leftImg8bit" / split_)) {
    const int classes = classes_of(model, TaskKind::kSemseg);
    if (classes != 0 && classes != 7 && classes != 19) {
      throw ConfigError(
          {fmt::format("{}: error: model.tasks: expected 7 or 19 classes for Cityscapes, got {}",
                       folder_.string(), classes)});
    }
    table_ = classes == 19 ? &kTrainIds : &kCategories;
  }

  std::string layout() const override { return "Cityscapes"; }
  std::size_t size() const override { return names_.size(); }
  std::string name(std::size_t index) const override { return names_.at(index).frame; }

  DatasetItem load(std::size_t index) const override {
    const Name& name = names_.at(index);
    const int h = model_.image.height, w = model_.image.width;
    const Image picture = read_png(file("leftImg8bit", name, kImageEnding));
    DatasetItem item;
    item.image = resize_bilinear(picture, h, w);
    if (has_task(model_, TaskKind::kSemseg)) {
      const fs::path path = file("gtFine", name, "_gtFine_labelIds.png");
      const GrayImage labels = mapped(read_png_gray(path), [this](std::uint16_t k) {
        return k < kLabels ? (*table_)[k] : kNone;
      });
      require_size(path, labels.height, labels.width, picture);
      item.truth.semseg = resize_nearest(labels, h, w);
    }
    if (has_task(model_, TaskKind::kDepth)) item.truth.depth = depth(name, picture);
    return item;
  }

 private:
  fs::path file(const char* part, const Name& name, const std::string& ending) const {
    return folder_ / part / split_ / name.city / (name.frame + ending);
  }
  Tensor depth(const Name& name, const Image& picture) const {
    const fs::path path = file("disparity", name, "_disparity.png");
    const GrayImage disparity = read_png_gray(path);
    require_size(path, disparity.height, disparity.width, picture);
    if (disparity.bits != 16)
      throw DataError(path.string() + ": error: image: expected 16 bits of disparity, got 8");
    const GrayImage small = resize_nearest(disparity, model_.image.height, model_.image.width);
    Tensor depth{{1, small.height, small.width}, {}};
    for (const std::uint16_t k : small.data)
      depth.data.push_back(k == 0 ? 0.0F : static_cast<float>(k - 1) * kDisparityScale);
    return depth;
  }

  fs::path folder_;
  std::string split_;
  const ModelConfig& model_;
  std::vector<Name> names_;
  const std::array<std::uint16_t, kLabels>* table_ = nullptr;
};

}  // namespace

std::unique_ptr<Dataset> open_cityscapes_pictures(const fs::path& folder, const std::string& split,
                                                  const ModelConfig& model) {
  return std::make_unique<CityscapesPictures>(folder, split, model);
}

}  // namespace edgemoe::models
