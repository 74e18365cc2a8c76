// SPDX-License-Identifier: Apache-2.0
#include "models/io/error.hpp"
#include "models/io/safetensors.hpp"
#include "models/reference/weights.hpp"

namespace edgemoe::models {

TensorMap load_weights(const ModelConfig& model) {
  if (model.weight_files.empty()) {
    if (!model.synthetic_seed) {
      throw DataError("weights: error: expected weight files or a synthetic seed, got neither");
    }
    return synthetic_weights(model, *model.synthetic_seed);
  }
  TensorMap tensors = read_weights(model.weight_files);
  check_weights(model, tensors);
  return tensors;
}

}  // namespace edgemoe::models
