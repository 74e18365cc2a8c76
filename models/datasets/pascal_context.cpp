// SPDX-License-Identifier: Apache-2.0
// PASCAL-Context with 21 classes, 6 human parts, distilled saliency and normals, edges of regions.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <system_error>

#include "models/datasets/layouts.hpp"
#include "models/io/error.hpp"
#include "models/io/jpeg.hpp"
#include "models/io/mat.hpp"
#include "models/io/png.hpp"
#include "models/io/resize.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;

constexpr int kPerson = 15;
/// Regions (numbers of PASCAL-Context's 459 classes) whose distilled normals count: those whose
/// name NYUD's class list has too, and the monitor.
constexpr std::array<int, 170> kNormalsRegions{
    3,   4,   6,   9,   10,  11,  13,  15,  17,  18,  22,  23,  29,  30,  33,  34,  36,  37,  38,
    39,  41,  43,  46,  49,  50,  51,  53,  55,  56,  59,  61,  62,  65,  66,  68,  69,  72,  73,
    78,  83,  84,  85,  87,  88,  95,  96,  101, 104, 105, 107, 111, 113, 115, 122, 124, 135, 141,
    142, 143, 146, 150, 154, 157, 158, 159, 165, 172, 174, 181, 183, 184, 191, 193, 195, 197, 199,
    202, 213, 215, 216, 219, 220, 223, 225, 228, 230, 232, 233, 238, 239, 242, 243, 246, 250, 251,
    252, 255, 260, 261, 263, 269, 272, 273, 275, 281, 283, 284, 285, 286, 287, 288, 290, 291, 292,
    293, 295, 304, 307, 309, 310, 314, 315, 319, 323, 329, 330, 331, 336, 342, 345, 349, 350, 351,
    352, 355, 357, 368, 370, 371, 374, 379, 380, 383, 384, 397, 401, 403, 405, 407, 408, 411, 412,
    413, 414, 417, 419, 421, 423, 427, 429, 430, 432, 440, 441, 442, 443, 444, 446, 454, 457};

bool has_normals(double region) {
  return std::any_of(kNormalsRegions.begin(), kNormalsRegions.end(),
                     [region](int r) { return r == region; });
}

/// Names of the annotated parts to six: head, torso, upper and lower arms, upper and lower legs.
int part_number(const std::string& name) {
  static const std::map<std::string, int> kParts{
      {"hair", 1},  {"head", 1},  {"lear", 1},   {"lebrow", 1}, {"leye", 1},  {"mouth", 1},
      {"nose", 1},  {"rear", 1},  {"rebrow", 1}, {"reye", 1},   {"neck", 2},  {"torso", 2},
      {"luarm", 3}, {"ruarm", 3}, {"llarm", 4},  {"rlarm", 4},  {"lhand", 4}, {"rhand", 4},
      {"luleg", 5}, {"ruleg", 5}, {"llleg", 6},  {"rlleg", 6},  {"lfoot", 6}, {"rfoot", 6}};
  const auto found = kParts.find(name);
  return found == kParts.end() ? -1 : found->second;
}

const MatArray& variable(const fs::path& file, const std::map<std::string, MatArray>& variables,
                         const char* name) {
  const auto found = variables.find(name);
  if (found != variables.end()) return found->second;
  throw DataError(
      fmt::format("{}: error: mat: expected a variable {}, got none", file.string(), name));
}

class PascalContext : public Dataset {
 public:
  PascalContext(fs::path folder, const std::string& split, const ModelConfig& model)
      : folder_(std::move(folder)),
        model_(model),
        names_(read_split(folder_ / "ImageSets" / "Context" / (split + ".txt"))) {}

  std::string layout() const override { return "PASCAL-Context"; }
  std::size_t size() const override { return names_.size(); }
  std::string name(std::size_t index) const override { return names_.at(index); }

  DatasetItem load(std::size_t index) const override {
    const std::string& name = names_.at(index);
    const Image picture = read_jpeg(folder_ / "JPEGImages" / (name + ".jpg"));
    const int h = model_.image.height, w = model_.image.width;
    DatasetItem item;
    item.image = resize_bilinear(picture, h, w);
    GroundTruth& truth = item.truth;
    if (has_task(model_, TaskKind::kSemseg))
      truth.semseg = resize_nearest(semseg(name, picture), h, w);
    if (has_task(model_, TaskKind::kHumanParts))
      truth.human_parts = resize_nearest(parts(name, picture), h, w);
    if (has_task(model_, TaskKind::kSaliency)) {
      const fs::path file = folder_ / "sal_distill" / (name + ".png");
      const GrayImage map = read_png_gray(file);
      require_size(file, map.height, map.width, picture);
      const std::uint16_t half = map.bits == 16 ? 32767 : 127;
      truth.saliency = resize_nearest(
          mapped(map,
                 [half](std::uint16_t k) { return static_cast<std::uint16_t>(k > half ? 1 : 0); }),
          h, w);
    }
    const bool edge = has_task(model_, TaskKind::kEdge),
               normals = has_task(model_, TaskKind::kNormals);
    if (!edge && !normals) return item;
    const MatPlane map = regions(name, picture);
    if (edge) truth.edge = resize_nearest(region_edges(map), h, w);
    if (normals) truth.normals = resize_nearest(normals_of(name, picture, map), h, w);
    return item;
  }

 private:
  GrayImage semseg(const std::string& name, const Image& picture) const {
    fs::path file = folder_ / "semseg" / "VOC12" / (name + ".png");
    std::error_code error;
    if (!fs::exists(file, error)) file = folder_ / "semseg" / "pascal-context" / (name + ".png");
    GrayImage labels = read_png_gray(file);
    require_size(file, labels.height, labels.width, picture);
    return labels;
  }

  MatPlane regions(const std::string& name, const Image& picture) const {
    const fs::path file = folder_ / "pascal-context" / "trainval" / (name + ".mat");
    const auto variables = read_mat(file);
    const MatArray& map = variable(file, variables, "LabelMap");
    MatPlane plane = mat_plane(file, map.shape, map.numbers);
    require_size(file, plane.height, plane.width, picture);
    return plane;
  }

  Tensor normals_of(const std::string& name, const Image& picture, const MatPlane& map) const {
    const fs::path file = folder_ / "normals_distill" / (name + ".png");
    const Image colours = read_png(file);
    require_size(file, colours.height, colours.width, picture);
    Tensor normals = normals_of_picture(colours);
    const std::size_t pixels = map.values.size();
    for (std::size_t p = 0; p < pixels; ++p) {
      if (has_normals(map.values[p])) continue;
      for (std::size_t c = 0; c < 3; ++c) normals.data[c * pixels + p] = 0.0F;
    }
    return normals;
  }

  /// anno.objects(i) is {class, class_ind, mask, parts}, parts(j) is {part_name, mask}.
  GrayImage parts(const std::string& name, const Image& picture) const {
    const fs::path file = folder_ / "human_parts" / (name + ".mat");
    const auto variables = read_mat(file);
    const MatArray* objects = variable(file, variables, "anno").field(0, 1);
    if (objects == nullptr)
      throw DataError(file.string() + ": error: mat: expected anno.objects, got none");
    GrayImage target{picture.height, picture.width, 8,
                     std::vector<std::uint16_t>(picture.rgb.size() / 3, 0)};
    for (std::size_t i = 0; i < objects->elements(); ++i) {
      const MatArray* kind = objects->field(i, 1);
      const MatArray* list = objects->field(i, 3);
      if (kind == nullptr || kind->numbers.empty() || kind->numbers[0] != kPerson ||
          list == nullptr)
        continue;
      for (std::size_t j = 0; list->kind == MatArray::Kind::kStruct && j < list->elements(); ++j)
        paint_part(file, *list, j, picture, &target);
    }
    return target;
  }

  static void paint_part(const fs::path& file, const MatArray& list, std::size_t j,
                         const Image& picture, GrayImage* target) {
    const MatArray *name = list.field(j, 0), *mask = list.field(j, 1);
    const int number = name == nullptr ? -1 : part_number(name->text());
    if (number < 0 || mask == nullptr) {
      throw DataError(fmt::format("{}: error: mat: expected a known part of a person, got \"{}\"",
                                  file.string(), name == nullptr ? "" : name->text()));
    }
    const MatPlane plane = mat_plane(file, mask->shape, mask->numbers);
    require_size(file, plane.height, plane.width, picture);
    for (std::size_t p = 0; p < plane.values.size(); ++p) {
      if (plane.values[p] != 0.0) target->data[p] = static_cast<std::uint16_t>(number);
    }
  }

  fs::path folder_;
  const ModelConfig& model_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Dataset> open_pascal_context(const fs::path& folder, const std::string& split,
                                             const ModelConfig& model) {
  return std::make_unique<PascalContext>(folder, split, model);
}

}  // namespace edgemoe::models
