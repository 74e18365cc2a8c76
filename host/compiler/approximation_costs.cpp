// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/approximation_costs.hpp"

#include "host/compiler/noise_formats.hpp"
#include "host/compiler/noisy_network.hpp"

namespace edgemoe::host {

ApproximationCosts::ApproximationCosts(const models::ModelConfig& model,
                                       const models::TensorMap& weights,
                                       program::Precision precision)
    : model_(model), precision_(precision) {
  for (models::TaskConfig& task : model_.tasks) task.head.reset();  // heads run elsewhere
  for (const auto& [name, tensor] : weights) {
    if (name.rfind("backbone.", 0) == 0) float_[name] = tensor;
    if (name.rfind("quant.", 0) == 0 && tensor.data.size() == 1) quant_[name] = tensor;
  }
  const models::Weights checked(model_, float_);  // throws unless all sizes are right
  rounded_ = float_;
  round_weights(precision, model_, weights, &rounded_);
}

ApproximateRun ApproximationCosts::run(const NoiseSites& sites, const models::Image& image,
                                       int task, const models::TensorMap& reference) const {
  NoisyNetwork network(model_, precision_, sites.weights ? rounded_ : float_, quant_, task,
                       reference, 0, sites);
  ApproximateRun result;
  result.noise = network.run(image);
  result.tokens = network.tokens();
  return result;
}

}  // namespace edgemoe::host
