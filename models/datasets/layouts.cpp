// SPDX-License-Identifier: Apache-2.0
#include "models/datasets/layouts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <system_error>

#include "models/io/error.hpp"
#include "models/io/file.hpp"
#include "models/io/npy.hpp"
#include "models/io/shape.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSplitBytes = std::size_t{64} << 20;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

}  // namespace

int classes_of(const ModelConfig& model, TaskKind kind) {
  for (const TaskConfig& task : model.tasks) {
    if (task.kind == kind) return task.output_channels();
  }
  return 0;
}

bool has_task(const ModelConfig& model, TaskKind kind) { return classes_of(model, kind) > 0; }

std::vector<std::string> read_split(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    throw ConfigError({file.string() + ": error: --split: expected this list of images, got none"});
  }
  std::istringstream lines(read_file(file, kMaxSplitBytes));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty()) continue;
    const bool plain = line.size() <= 200 && line[0] != '.' &&
                       std::all_of(line.begin(), line.end(), [](unsigned char c) {
                         return c > 32 && c < 127 && c != '/' && c != '\\';
                       });
    if (!plain) {
      throw DataError(fmt::format("{}:{}: error: split: expected a plain name, got another text",
                                  file.string(), names.size() + 1));
    }
    names.push_back(line);
  }
  if (names.empty()) throw DataError(file.string() + ": error: split: expected names, got none");
  return names;
}

Tensor read_planes(const fs::path& file, std::int64_t channels) {
  Tensor tensor = read_npy(file);
  const std::vector<std::int64_t> shape = tensor.shape;
  const bool flat = shape.size() == 2 && channels == 1;
  const bool deep = shape.size() == 3 && shape[2] == channels;
  if ((!flat && !deep) || tensor.size() == 0) {
    throw DataError(fmt::format("{}: error: array: expected shape [height, width, {}], got {}",
                                file.string(), channels, shape_text(shape)));
  }
  Tensor planes{{channels, shape[0], shape[1]}, std::vector<float>(tensor.size())};
  const std::size_t pixels = tensor.size() / static_cast<std::size_t>(channels);
  const auto step = static_cast<std::size_t>(channels);
  for (std::size_t c = 0; c < step; ++c) {
    for (std::size_t p = 0; p < pixels; ++p)
      planes.data[c * pixels + p] = tensor.data[p * step + c];
  }
  return planes;
}

void require_size(const fs::path& file, std::int64_t height, std::int64_t width,
                  const Image& image) {
  if (height == image.height && width == image.width) return;
  throw DataError(
      fmt::format("{}: error: labels: expected the size of its image, {} x {}, got {} x {}",
                  file.string(), image.width, image.height, width, height));
}

GrayImage mapped(GrayImage labels, const std::function<std::uint16_t(std::uint16_t)>& map) {
  for (std::uint16_t& value : labels.data) value = map(value);
  return labels;
}

MatPlane mat_plane(const fs::path& file, const std::vector<std::int64_t>& shape,
                   const std::vector<double>& by_columns) {
  const bool valid = shape.size() == 2 && shape[0] >= 1 && shape[1] >= 1 && shape[0] <= 16384 &&
                     shape[1] <= 16384 &&
                     by_columns.size() == static_cast<std::size_t>(shape[0] * shape[1]);
  if (!valid) {
    throw DataError(fmt::format("{}: error: mat: expected a picture [height, width], got {}",
                                file.string(), shape_text(shape)));
  }
  MatPlane plane{static_cast<int>(shape[0]), static_cast<int>(shape[1]), {}};
  for (std::size_t y = 0; y < static_cast<std::size_t>(shape[0]); ++y) {
    for (std::size_t x = 0; x < static_cast<std::size_t>(shape[1]); ++x)
      plane.values.push_back(by_columns[x * static_cast<std::size_t>(shape[0]) + y]);
  }
  return plane;
}

std::unique_ptr<Dataset> open_dataset(const fs::path& folder, const std::string& split,
                                      const ModelConfig& model) {
  if (!is_folder(folder))
    throw DataError(folder.string() + ": error: --dataset: expected a folder, got none");
  const bool plain = !split.empty() && split[0] != '.' && split.find('/') == std::string::npos;
  if (!plain)
    throw ConfigError({"--split: error: expected the name of a split, got \"" + split + "\""});
  if (is_folder(folder / "ImageSets" / "Context")) return open_pascal_context(folder, split, model);
  if (is_folder(folder / "gt_sets")) return open_nyud(folder, split, model);
  if (is_folder(folder / "leftImg8bit")) return open_cityscapes_pictures(folder, split, model);
  if (is_folder(folder / split / "image")) return open_cityscapes_arrays(folder, split, model);
  throw ConfigError(
      {fmt::format("{}: error: --dataset: expected SPLIT/image (Cityscapes arrays), leftImg8bit "
                   "(Cityscapes), gt_sets "
                   "(NYUD-v2) or ImageSets/Context (PASCAL-Context), got a folder with none of "
                   "them for split \"{}\"",
                   folder.string(), split)});
}

}  // namespace edgemoe::models
