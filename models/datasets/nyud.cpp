// SPDX-License-Identifier: Apache-2.0
// NYUD-v2 with 40 classes: labels 1..40 count from 0, label 0 is ignored; depth in metres.
#include "models/datasets/layouts.hpp"
#include "models/io/jpeg.hpp"
#include "models/io/png.hpp"
#include "models/io/resize.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;

class Nyud : public Dataset {
 public:
  Nyud(fs::path folder, const std::string& split, const ModelConfig& model)
      : folder_(std::move(folder)),
        model_(model),
        names_(read_split(folder_ / "gt_sets" / (split + ".txt"))) {}

  std::string layout() const override { return "NYUD-v2"; }
  std::size_t size() const override { return names_.size(); }
  std::string name(std::size_t index) const override { return names_.at(index); }

  DatasetItem load(std::size_t index) const override {
    const std::string& name = names_.at(index);
    const Image picture = read_jpeg(folder_ / "images" / (name + ".jpg"));
    const int h = model_.image.height, w = model_.image.width;
    DatasetItem item;
    item.image = resize_bilinear(picture, h, w);
    if (has_task(model_, TaskKind::kSemseg)) {
      const fs::path file = folder_ / "segmentation" / (name + ".png");
      const GrayImage labels = mapped(read_png_gray(file), [](std::uint16_t k) {
        return static_cast<std::uint16_t>(k == 0 ? 255 : k - 1);
      });
      require_size(file, labels.height, labels.width, picture);
      item.truth.semseg = resize_nearest(labels, h, w);
    }
    if (has_task(model_, TaskKind::kDepth)) item.truth.depth = planes("depth", name, 1, picture);
    if (has_task(model_, TaskKind::kNormals))
      item.truth.normals = planes("normals", name, 3, picture);
    if (has_task(model_, TaskKind::kEdge)) {
      const Tensor edges = planes("edge", name, 1, picture);
      item.truth.edge = GrayImage{h, w, 8, {}};
      for (const float value : edges.data) item.truth.edge->data.push_back(value > 0.5F ? 1 : 0);
    }
    return item;
  }

 private:
  Tensor planes(const char* part, const std::string& name, std::int64_t channels,
                const Image& picture) const {
    const fs::path file = folder_ / part / (name + ".npy");
    const Tensor tensor = read_planes(file, channels);
    require_size(file, tensor.shape[1], tensor.shape[2], picture);
    return resize_nearest(tensor, model_.image.height, model_.image.width);
  }

  fs::path folder_;
  const ModelConfig& model_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Dataset> open_nyud(const fs::path& folder, const std::string& split,
                                   const ModelConfig& model) {
  return std::make_unique<Nyud>(folder, split, model);
}

}  // namespace edgemoe::models
