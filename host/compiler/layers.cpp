// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "hls/program/weight_layout.hpp"
#include "host/compiler/layer_parts.hpp"
#include "host/compiler/tensors.hpp"
#include "models/io/error.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

constexpr int kPixelMax = 255;
constexpr double kResidualSteps = 65536.0;  // LSB 2^-16
constexpr std::int64_t kInt24Max = (1 << 23) - 1;
constexpr std::int64_t kInt18Max = (1 << 17) - 1;
constexpr int kMaxGammaFrac = 20;
constexpr double kLog2E = 1.4426950408889634;

}  // namespace

std::vector<float> scaled_patch_weights(const models::ModelConfig& model,
                                        const models::Tensor& weight) {
  const int area = model.patch * model.patch;
  std::vector<float> scaled(weight.data.size());
  for (std::size_t i = 0; i < scaled.size(); ++i) {
    const std::size_t colour = (i / area) % 3;
    scaled[i] = static_cast<float>(weight.data[i] / (255.0 * model.image.std[colour]));
  }
  return scaled;
}

double mean_accumulator(const models::ModelConfig& model, const QuantMatrix& matrix, int channel) {
  const int area = model.patch * model.patch;
  double sum = 0.0;
  for (int i = 0; i < matrix.in; ++i) {
    const double mean = 255.0 * model.image.mean[static_cast<std::size_t>(i / area)];
    sum += mean * matrix.weights[static_cast<std::size_t>(channel) * matrix.in + i];
  }
  return sum;
}

BlockScales read_block_scales(const models::TensorMap& weights, int block) {
  const auto scalar = [&](const char* what) {
    return find_scalar(weights, block_name(block, what), true);
  };
  BlockScales scales;
  scales.q = scalar("attn.q_act");
  scales.k = scalar("attn.k_act");
  scales.v = scalar("attn.v_act");
  scales.out = scalar("attn.out_act");
  scales.hidden = scalar("mlp.hidden_act");
  const double zero = find_scalar(weights, block_name(block, "mlp.hidden_zero_point"), false);
  if (!(zero >= 0 && zero <= 255) || zero != std::round(zero)) {
    throw models::DataError(
        fmt::format("weights: error: quant.{}: expected an integer in 0..255, got {}",
                    block_name(block, "mlp.hidden_zero_point"), zero));
  }
  scales.zero_point = static_cast<int>(zero);
  scales.norm1 = scales.norm2 = std::ldexp(1.0, kTokenScaleExponent - 8);
  return scales;
}

LinearLayer embed_layer(const models::ModelConfig& model, const models::TensorMap& weights) {
  const std::string name = "patch_embed.proj";
  const int in = 3 * model.patch * model.patch;
  const models::Tensor& weight =
      find_weight(weights, name, {model.embed_dim, 3, model.patch, model.patch});
  const models::Tensor& bias = find_bias(weights, name, {model.embed_dim});
  const models::Tensor& scale = find_scale(weights, name, {model.embed_dim});
  for (const double deviation : model.image.std) {
    if (!(deviation > 0)) throw models::ConfigError({"error: image.std: expected values above 0"});
  }
  LinearLayer layer;
  const std::vector<float> scaled = scaled_patch_weights(model, weight);
  layer.matrix = quantise_matrix(scaled.data(), scale.data.data(), model.embed_dim, in);
  RequantRequest request = request_for(layer.matrix, name, kPixelMax);
  for (int n = 0; n < model.embed_dim; ++n) {
    if (request.bound[n] == 0) continue;
    request.factor[n] = layer.matrix.scale[n];
    const double fold = 2 * request.factor[n] * std::fabs(mean_accumulator(model, layer.matrix, n));
    request.bias_limit =
        std::max(request.bias_limit, kResidualSteps * (std::fabs(bias.data[n]) + fold));
  }
  layer.plan = plan_requant(request);
  for (int n = 0; n < model.embed_dim; ++n) {
    const double fold = layer.plan.effective_factor(n) * mean_accumulator(model, layer.matrix, n);
    layer.bias.push_back(layer.plan.bias(kResidualSteps * (bias.data[n] - fold)));
  }
  return layer;
}

LinearLayer qkv_layer(const models::ModelConfig& model, const models::TensorMap& weights, int block,
                      const BlockScales& scales) {
  const std::string name = block_name(block, "attn.qkv");
  const int dim = model.embed_dim;
  LinearLayer layer;
  layer.matrix = read_matrix(weights, name, 3 * dim, dim);
  const models::Tensor& bias = find_bias(weights, name, {3 * dim});
  RequantRequest request = request_for(layer.matrix, name, kInt8Max);
  const double steps[] = {scales.q, scales.k, scales.v};
  for (int n = 0; n < 3 * dim; ++n) {
    if (request.bound[n] > 0) {
      request.factor[n] = std::ldexp(layer.matrix.scale[n] / steps[n / dim], kTokenScaleExponent);
    }
    if (n < dim)
      request.bias_limit = std::max(request.bias_limit, std::fabs(bias.data[n] / scales.q));
  }
  layer.plan = plan_requant(request);
  for (int n = 0; n < 3 * dim; ++n) {
    layer.bias.push_back(n < dim ? layer.plan.bias(bias.data[n] / scales.q) : 0);
  }
  return layer;
}

std::vector<double> folded_proj_bias(const models::ModelConfig& model,
                                     const models::TensorMap& weights, int block) {
  const std::string name = block_name(block, "attn.proj");
  const int dim = model.embed_dim;
  const models::Tensor& weight = find_weight(weights, name, {dim, dim});
  const models::Tensor& bias = find_bias(weights, name, {dim});
  const std::vector<float> value_bias = qkv_bias_part(model, weights, block, 2);
  std::vector<double> folded(bias.data.begin(), bias.data.end());
  for (int n = 0; n < dim; ++n) {
    for (int i = 0; i < dim; ++i) folded[n] += double(weight.data[n * dim + i]) * value_bias[i];
  }
  return folded;
}

LinearLayer proj_layer(const models::ModelConfig& model, const models::TensorMap& weights,
                       int block, const BlockScales& scales) {
  const std::string name = block_name(block, "attn.proj");
  const int dim = model.embed_dim;
  LinearLayer layer;
  layer.matrix = read_matrix(weights, name, dim, dim);
  const std::vector<double> folded = folded_proj_bias(model, weights, block);
  RequantRequest request = request_for(layer.matrix, name, kInt8Max);
  for (int n = 0; n < dim; ++n) {
    if (request.bound[n] > 0) request.factor[n] = layer.matrix.scale[n] * scales.out;
    request.bias_limit = std::max(request.bias_limit, kResidualSteps * std::fabs(folded[n]));
  }
  layer.plan = plan_requant(request);
  for (int n = 0; n < dim; ++n) layer.bias.push_back(layer.plan.bias(kResidualSteps * folded[n]));
  return layer;
}

void set_norm_constants(const models::ModelConfig& model, NormLayer* layer) {
  const double dim = model.embed_dim;
  layer->inv_d = static_cast<std::uint32_t>(std::llround(4294967296.0 / dim));
  layer->sqrt_d = static_cast<std::uint32_t>(std::llround(std::sqrt(dim) * 4096.0));
  layer->eps_acc = static_cast<std::uint64_t>(std::llround(model.norm_eps * 4294967296.0 * dim));
}

NormLayer norm_layer(const models::ModelConfig& model, const models::TensorMap& weights,
                     const std::string& name) {
  const int dim = model.embed_dim;
  const models::Tensor& gamma = find_weight(weights, name, {dim});
  const models::Tensor& beta = find_bias(weights, name, {dim});
  double largest = 0.0;
  for (const float g : gamma.data) largest = std::max(largest, std::fabs(double(g)));
  NormLayer layer;
  int frac = kMaxGammaFrac;
  while (frac > 0 && std::round(std::ldexp(largest, frac)) > kInt18Max) --frac;
  layer.gamma_frac = static_cast<std::uint8_t>(frac);
  for (int n = 0; n < dim; ++n) {
    layer.gamma.push_back(static_cast<std::int32_t>(
        round_checked(std::ldexp(double(gamma.data[n]), frac), kInt18Max, name + ".weight")));
    layer.beta.push_back(static_cast<std::int32_t>(
        round_checked(kResidualSteps * beta.data[n], kInt24Max, name + ".bias")));
  }
  set_norm_constants(model, &layer);
  return layer;
}

GateLayer gate_layer(const models::ModelConfig& model, const models::TensorMap& weights, int block,
                     int task) {
  const int dim = model.embed_dim, experts = model.moe.experts;
  const models::Tensor* bias = find_gate_bias(model, weights, block, task);
  const QuantGate gate = quantise_gate(find_gate(model, weights, block, task).data.data(),
                                       bias == nullptr ? nullptr : bias->data.data(), dim, experts,
                                       "backbone." + block_name(block, "mlp.gate"));
  GateLayer layer;
  layer.matrix.out = program::gate_channels(experts);
  layer.matrix.in = dim;
  layer.matrix.weights.assign(static_cast<std::size_t>(layer.matrix.out) * dim, 0);
  const auto low_begin = static_cast<std::ptrdiff_t>(program::gate_low_channel(experts)) * dim;
  std::copy(gate.high.begin(), gate.high.end(), layer.matrix.weights.begin());
  std::copy(gate.low.begin(), gate.low.end(), layer.matrix.weights.begin() + low_begin);
  layer.bias = gate.bias;
  layer.shift = static_cast<std::uint8_t>(gate.exponent + 5);
  return layer;
}

AttentionConstants attention_constants(const models::ModelConfig& model, const BlockScales& scales,
                                       int block) {
  const std::string name = block_name(block, "attn");
  const double head_dim = model.head_dim();
  AttentionConstants constants;
  constants.score = scaled_factor(scales.q * scales.k / std::sqrt(head_dim) * kLog2E * 1024.0, 47,
                                  "quant." + name + " scores");
  // out = acc / L * s_v / s_out, where the reciprocal of L carries 24 fraction bits. |acc| <= 127 *
  // 255 N.
  RequantRequest request;
  request.name = name + " (values)";
  request.factor = {std::ldexp(scales.v / scales.out, -24)};
  request.bound = {std::int64_t{kInt8Max} * 255 * model.tokens()};
  const RequantPlan plan = plan_requant(request);
  constants.out_mult = plan.multiplier[0];
  constants.r1 = plan.shifts.r1;
  constants.r2 = plan.shifts.r2;
  return constants;
}

ScaledFactor gelu_factor(const BlockScales& scales, int block) {
  return scaled_factor(std::ldexp(1.0 / scales.hidden, -15), 40,
                       "quant." + block_name(block, "mlp.hidden_act"));
}

std::vector<std::int32_t> position_table(const models::ModelConfig& model,
                                         const models::TensorMap& weights) {
  const int dim = model.embed_dim;
  const int tokens = model.tokens();
  const models::Tensor& pos = find_tensor(weights, "backbone.pos_embed", {1, tokens, dim});
  const models::Tensor& cls = find_tensor(weights, "backbone.cls_token", {1, 1, dim});
  std::vector<std::int32_t> table(static_cast<std::size_t>(tokens) * dim);
  for (int row = 0; row < tokens; ++row) {
    const bool is_class = row == tokens - 1;
    const int source = is_class ? 0 : row + 1;
    for (int d = 0; d < dim; ++d) {
      double value = pos.data[static_cast<std::size_t>(source) * dim + d];
      if (is_class) value += cls.data[d];
      table[static_cast<std::size_t>(row) * dim + d] = static_cast<std::int32_t>(
          round_checked(kResidualSteps * value, kInt24Max, "backbone.pos_embed"));
    }
  }
  return table;
}

std::vector<float> qkv_bias_part(const models::ModelConfig& model, const models::TensorMap& weights,
                                 int block, int part) {
  const int dim = model.embed_dim;
  const models::Tensor& bias = find_bias(weights, block_name(block, "attn.qkv"), {3 * dim});
  return {bias.data.begin() + part * dim, bias.data.begin() + (part + 1) * dim};
}

}  // namespace edgemoe::host
