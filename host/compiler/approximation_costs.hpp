// SPDX-License-Identifier: Apache-2.0
/// What each approximation costs on its own: the float network with one of them in it and the
/// reference's experts forced (noise_sites.hpp lists them, bounds.hpp has the model).
#pragma once

#include "host/compiler/bounds.hpp"
#include "host/compiler/noise_sites.hpp"

namespace edgemoe::host {

/// One run of the network.
struct ApproximateRun {
  TapNoise noise;         ///< noise over signal power per tap
  models::Tensor tokens;  ///< of the last block, [N, D], class token first
};

class ApproximationCosts {
 public:
  /// `weights` holds backbone and `quant.*` tensors; keeps two copies of the backbone. Throws
  /// DataError like compile().
  ApproximationCosts(const models::ModelConfig& model, const models::TensorMap& weights,
                     program::Precision precision);

  /// `reference`: all taps of the float network's run of this image and task.
  ApproximateRun run(const NoiseSites& sites, const models::Image& image, int task,
                     const models::TensorMap& reference) const;

 private:
  models::ModelConfig model_;
  program::Precision precision_;
  models::TensorMap float_, rounded_;  ///< backbone without and with rounded weights
  models::TensorMap quant_;
};

}  // namespace edgemoe::host
