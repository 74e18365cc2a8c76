// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/bounds.hpp"

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <string>
#include <vector>

#include "host/compiler/noise_formats.hpp"
#include "host/compiler/noisy_network.hpp"

namespace edgemoe::host {
namespace {

using models::TensorMap;

constexpr double kMany = 1e5;  // independent values: the quantile is 1.03, below any factor

/// Mean and spread of the powers of a tap's draws.
Prediction prediction_of(const std::vector<double>& powers) {
  const auto count = static_cast<double>(powers.size());
  Prediction result;
  result.draws = static_cast<int>(powers.size());
  for (const double power : powers) result.noise += power / count;
  double variance = 0.0;
  for (const double power : powers)
    variance += (power - result.noise) * (power - result.noise) / (count - 1.0);
  if (variance > 0.0) result.values = std::max(1.0, 2.0 * result.noise * result.noise / variance);
  return result;
}

}  // namespace

NoisePredictor::NoisePredictor(const models::ModelConfig& model, const TensorMap& weights,
                               program::Precision precision)
    : model_(model), precision_(precision) {
  for (models::TaskConfig& task : model_.tasks) task.head.reset();  // heads are not predicted
  for (const auto& [name, tensor] : weights) {
    if (name.rfind("backbone.", 0) == 0) rounded_[name] = tensor;
    if (name.rfind("quant.", 0) == 0 && tensor.data.size() == 1) quant_[name] = tensor;
  }
  const models::Weights checked(model_, rounded_);  // throws unless all sizes are right
  round_weights(precision, model_, weights, &rounded_);
}

TapPredictions NoisePredictor::predict(const models::Image& image, int task,
                                       const TensorMap& reference, int draws) const {
  std::map<std::string, std::vector<double>> powers;
  for (int draw = 0; draw < draws; ++draw) {
    NoisyNetwork network(model_, precision_, rounded_, quant_, task, reference, draw);
    for (const auto& [tap, noise] : network.run(image)) powers[tap].push_back(noise);
  }
  TapPredictions predictions;
  for (const auto& [tap, values] : powers) predictions[tap] = prediction_of(values);
  return predictions;
}

double bound_of(const Prediction& prediction, double factor) {
  if (!(prediction.values < kMany)) return factor * prediction.noise;
  const boost::math::fisher_f distribution(prediction.values, prediction.draws * prediction.values);
  const double chance = boost::math::quantile(boost::math::complement(distribution, kFalseAlarm));
  return std::max(factor, chance) * prediction.noise;
}

}  // namespace edgemoe::host
