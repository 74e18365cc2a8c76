// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/layer_formats.hpp"

#include <cmath>

#include "host/compiler/tensors.hpp"

namespace edgemoe::host {
namespace {

class W8A8Formats : public LayerFormats {
 public:
  W8A8Formats(const models::ModelConfig& model, const models::TensorMap& weights)
      : model_(model), weights_(weights) {}

  program::Precision precision() const override { return program::Precision::kW8A8; }
  BlockScales scales(int block) const override { return read_block_scales(weights_, block); }
  double residual_step() const override { return 1.0 / 65536.0; }
  double logit_step() const override { return std::ldexp(1.0, -20); }
  bool folds_biases() const override { return true; }
  bool gate_has_planes() const override { return true; }

  LinearLayer embed() const override { return embed_layer(model_, weights_); }
  LinearLayer qkv(int block) const override {
    return qkv_layer(model_, weights_, block, scales(block));
  }
  LinearLayer proj(int block) const override {
    return proj_layer(model_, weights_, block, scales(block));
  }
  LinearLayer fc1(int block) const override { return fc1_layer(model_, weights_, block); }
  LinearLayer fc2(int block) const override {
    return fc2_layer(model_, weights_, block, scales(block));
  }
  ExpertLayers experts(int block) const override {
    return expert_layers(model_, weights_, block, scales(block));
  }
  GateLayer gate(int block, int task) const override {
    return gate_layer(model_, weights_, block, task);
  }
  NormLayer norm(int block, const std::string& name) const override {
    return norm_layer(model_, weights_, block_name(block, name));
  }
  AttentionConstants attention(int block) const override {
    return attention_constants(model_, scales(block), block);
  }
  ScaledFactor gelu(int block) const override { return gelu_factor(scales(block), block); }
  std::vector<std::int32_t> position_table() const override {
    return host::position_table(model_, weights_);
  }

 private:
  const models::ModelConfig& model_;
  const models::TensorMap& weights_;
};

}  // namespace

std::unique_ptr<LayerFormats> make_layer_formats(program::Precision precision,
                                                 const models::ModelConfig& model,
                                                 const models::TensorMap& weights) {
  switch (precision) {
    case program::Precision::kW16A16:
      return make_w16a16_formats(model, weights);
    case program::Precision::kW16A32:
      return make_w16a32_formats(model, weights);
    case program::Precision::kW8A8:
      break;
  }
  return std::make_unique<W8A8Formats>(model, weights);
}

}  // namespace edgemoe::host
