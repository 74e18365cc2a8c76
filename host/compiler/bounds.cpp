// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/bounds.hpp"

#include <string>

#include "host/compiler/noise_source.hpp"
#include "host/compiler/noisy_network.hpp"
#include "host/compiler/tensors.hpp"

namespace edgemoe::host {
namespace {

using models::Tensor;
using models::TensorMap;

/// One step of noise, per output channel.
void disturb_matrix(const std::string& layer, const Shape& scale_shape, int draw,
                    TensorMap* backbone, const TensorMap& weights) {
  Tensor& weight = backbone->at("backbone." + layer + ".weight");
  const Tensor& scale = find_scale(weights, layer, scale_shape);
  const std::size_t inner = weight.data.size() / scale.data.size();
  NoiseSource noise(layer, draw);
  for (std::size_t n = 0; n < scale.data.size(); ++n) {
    add_step_noise(weight.data.data() + n * inner, inner, scale.data[n], -127, 127, &noise);
  }
}

/// The patch weights' steps hold 1 / (255 std) of their colour.
void disturb_patch(const models::ModelConfig& model, int draw, TensorMap* backbone,
                   const TensorMap& weights) {
  const std::string layer = "patch_embed.proj";
  Tensor& weight = backbone->at("backbone." + layer + ".weight");
  const Tensor& scale = find_scale(weights, layer, {model.embed_dim});
  const std::size_t area = static_cast<std::size_t>(model.patch) * model.patch;
  NoiseSource noise(layer, draw);
  for (std::size_t i = 0; i < weight.data.size(); i += area) {
    const std::size_t colour = (i / area) % 3;
    const double step = scale.data[i / (3 * area)] * 255.0 * model.image.std[colour];
    add_step_noise(weight.data.data() + i, area, static_cast<float>(step), -127, 127, &noise);
  }
}

void disturb_block(const models::ModelConfig& model, int block, int draw, TensorMap* backbone,
                   const TensorMap& weights) {
  const std::int64_t dim = model.embed_dim;
  disturb_matrix(block_name(block, "attn.qkv"), {3 * dim}, draw, backbone, weights);
  disturb_matrix(block_name(block, "attn.proj"), {dim}, draw, backbone, weights);
  if (model.blocks[static_cast<std::size_t>(block)] == models::BlockKind::kMlp) {
    disturb_matrix(block_name(block, "mlp.fc1"), {model.mlp_hidden}, draw, backbone, weights);
    disturb_matrix(block_name(block, "mlp.fc2"), {dim}, draw, backbone, weights);
    return;
  }
  const std::int64_t experts = model.moe.experts;
  disturb_matrix(block_name(block, "mlp.experts.htoh4"), {experts, model.moe.hidden}, draw,
                 backbone, weights);
  disturb_matrix(block_name(block, "mlp.experts.h4toh"), {experts, dim}, draw, backbone, weights);
}

}  // namespace

NoisePredictor::NoisePredictor(const models::ModelConfig& model, const TensorMap& weights,
                               int draws)
    : model_(model) {
  for (models::TaskConfig& task : model_.tasks) task.head.reset();  // heads are not predicted
  TensorMap backbone;
  for (const auto& [name, tensor] : weights) {
    if (name.rfind("backbone.", 0) == 0) backbone[name] = tensor;
    if (name.rfind("quant.", 0) == 0 && tensor.data.size() == 1) quant_[name] = tensor;
  }
  const models::Weights checked(model_, backbone);  // throws unless all sizes are right
  for (int draw = 0; draw < draws; ++draw) {
    noisy_.push_back(backbone);
    disturb_patch(model_, draw, &noisy_.back(), weights);
    for (int i = 0; i < model_.depth(); ++i) {
      disturb_block(model_, i, draw, &noisy_.back(), weights);
    }
  }
}

TapNoise NoisePredictor::predict(const models::Image& image, int task,
                                 const TensorMap& reference) const {
  TapNoise mean;
  for (std::size_t draw = 0; draw < noisy_.size(); ++draw) {
    NoisyNetwork network(model_, noisy_[draw], quant_, task, reference, static_cast<int>(draw));
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
