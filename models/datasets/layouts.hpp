// SPDX-License-Identifier: Apache-2.0
/// Parts that the readers share. Not for use outside this folder.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/datasets/dataset.hpp"

namespace edgemoe::models {

std::unique_ptr<Dataset> open_cityscapes_arrays(const std::filesystem::path& folder,
                                                const std::string& split, const ModelConfig& model);
std::unique_ptr<Dataset> open_cityscapes_pictures(const std::filesystem::path& folder,
                                                  const std::string& split,
                                                  const ModelConfig& model);
std::unique_ptr<Dataset> open_nyud(const std::filesystem::path& folder, const std::string& split,
                                   const ModelConfig& model);
std::unique_ptr<Dataset> open_pascal_context(const std::filesystem::path& folder,
                                             const std::string& split, const ModelConfig& model);

/// Classes of the model's task of this kind; 0 when it has none.
int classes_of(const ModelConfig& model, TaskKind kind);
bool has_task(const ModelConfig& model, TaskKind kind);

/// The names in a split's file, one a line. Throws ConfigError when it is not there, DataError for
/// names that are no plain file names and for an empty list.
std::vector<std::string> read_split(const std::filesystem::path& file);

/// [H, W] or [H, W, 1] to [1, H, W]; [H, W, 3] to [3, H, W]; `channels` says which is wanted.
Tensor read_planes(const std::filesystem::path& file, std::int64_t channels);

/// A DataError `FILE: error: labels: expected the size of its image, ...` unless the sizes agree.
void require_size(const std::filesystem::path& file, std::int64_t height, std::int64_t width,
                  const Image& image);

/// Label picture with every value replaced; `map` returns 255 for values that do not count.
GrayImage mapped(GrayImage labels, const std::function<std::uint16_t(std::uint16_t)>& map);

/// Two-dimensional numbers of a MATLAB variable (stored by columns) as [1, H, W].
struct MatPlane {
  int height = 0, width = 0;
  std::vector<double> values;  ///< by rows
};
MatPlane mat_plane(const std::filesystem::path& file, const std::vector<std::int64_t>& shape,
                   const std::vector<double>& by_columns);

/// Edges between regions: pixels whose discrete Laplacian (4 neighbours, mirrored at the border) of
/// the region numbers is not zero, thinned to lines one pixel wide.
GrayImage region_edges(const MatPlane& regions);

/// Thinning with two sub-iterations until nothing changes (Guo and Hall 1989, conditions G1 to G3),
/// in place; not 0: set.
void thin(int height, int width, std::vector<std::uint16_t>* pixels);

}  // namespace edgemoe::models
