// SPDX-License-Identifier: Apache-2.0
/// Data sets as the M3ViT training code lays them out, one image at a time.
///
/// | layout | recognised by | files |
/// | Cityscapes, arrays | SPLIT/image | SPLIT/{image,label_7,depth}/N.npy |
/// | Cityscapes, pictures | leftImg8bit | leftImg8bit, gtFine, disparity / SPLIT/CITY/NAME_*.png |
/// | NYUD-v2 | gt_sets | images/NAME.jpg, segmentation/NAME.png, {depth,normals,edge}/NAME.npy |
/// | PASCAL-Context | ImageSets/Context | JPEGImages, semseg, human_parts, pascal-context, ... |
///
/// Pictures come at the model's size (bilinear, averaging when they shrink, whatever the aspect),
/// labels too (nearest pixel). Only what the model's tasks need is read. Errors: DataError that
/// names the file; ConfigError for a split or layout that is not there.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "models/datasets/ground_truth.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

struct DatasetItem {
  Image image;
  GroundTruth truth;
};

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::string layout() const = 0;  ///< for messages: "NYUD-v2"
  virtual std::size_t size() const = 0;
  virtual std::string name(std::size_t index) const = 0;  ///< unique, fit for a folder's name
  virtual DatasetItem load(std::size_t index) const = 0;
};

/// Recognises the layout and lists the split's images. `model` gives the size, the tasks and the
/// number of classes; it must outlive the data set.
std::unique_ptr<Dataset> open_dataset(const std::filesystem::path& folder, const std::string& split,
                                      const ModelConfig& model);

}  // namespace edgemoe::models
