// SPDX-License-Identifier: Apache-2.0
/// Quantisation parameters of a model that brings none, from sample images, kept for the next run.
///
/// Kept:   as safetensors named after the precision and a hash of everything that the parameters
///         depend on (configuration, weights, images, rules), beside the model in `.calibration/`,
///         or, where that cannot be written, in the cache folder: $EDGEMOE_CACHE_DIR, else
///         $XDG_CACHE_HOME/edgemoe, else ~/.cache/edgemoe. A file appears as a whole or not at all;
///         one that cannot be used is made again. Not more than kKeptFiles are kept in a folder.
/// Errors: models::DataError for taps that are not finite; a cache that cannot be written is none.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hls/program/image.hpp"
#include "models/io/tensor.hpp"
#include "models/reference/network.hpp"

namespace edgemoe::host {

constexpr std::size_t kKeptFiles = 12;
constexpr std::size_t kCalibrationImages = 16;  ///< taken of a model's samples or a call's images

struct CalibrationInputs {
  program::Precision precision = program::Precision::kW8A8;
  const models::ModelConfig* model = nullptr;
  const models::TensorMap* weights = nullptr;
  const std::vector<models::Image>* images = nullptr;  ///< of the model's size
};

/// 32 hex digits: equal for equal inputs on every machine.
std::string calibration_key(const CalibrationInputs& inputs);

/// Folders in which parameters are looked for and kept, in this order.
std::vector<std::filesystem::path> calibration_folders(const models::ModelConfig& model);

/// The parameters, kept or made. `reference` has the same model and weights.
models::TensorMap calibrated(const CalibrationInputs& inputs, const models::Reference& reference);

}  // namespace edgemoe::host
