// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/bounds.hpp"

#include <string>

#include "host/compiler/noise_formats.hpp"
#include "host/compiler/noisy_network.hpp"

namespace edgemoe::host {

using models::TensorMap;

NoisePredictor::NoisePredictor(const models::ModelConfig& model, const TensorMap& weights,
                               program::Precision precision, int draws)
    : model_(model), precision_(precision) {
  for (models::TaskConfig& task : model_.tasks) task.head.reset();  // heads are not predicted
  TensorMap backbone;
  for (const auto& [name, tensor] : weights) {
    if (name.rfind("backbone.", 0) == 0) backbone[name] = tensor;
    if (name.rfind("quant.", 0) == 0 && tensor.data.size() == 1) quant_[name] = tensor;
  }
  const models::Weights checked(model_, backbone);  // throws unless all sizes are right
  for (int draw = 0; draw < draws; ++draw) {
    noisy_.push_back(backbone);
    disturb_weights(precision, model_, weights, draw, &noisy_.back());
  }
}

TapNoise NoisePredictor::predict(const models::Image& image, int task,
                                 const TensorMap& reference) const {
  TapNoise mean;
  for (std::size_t draw = 0; draw < noisy_.size(); ++draw) {
    NoisyNetwork network(model_, precision_, noisy_[draw], quant_, task, reference,
                         static_cast<int>(draw));
    for (const auto& [tap, noise] : network.run(image)) {
      mean[tap] += noise / static_cast<double>(noisy_.size());
    }
  }
  return mean;
}

void annotate_noise(const TapNoise& noise, LoweredProgram* program) {
  for (TapInfo& tap : program->taps) {
    const auto at = noise.find(tap.name);
    if (at != noise.end()) tap.noise = at->second;
  }
}

}  // namespace edgemoe::host
