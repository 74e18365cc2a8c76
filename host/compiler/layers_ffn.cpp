// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "host/compiler/layer_parts.hpp"
#include "host/compiler/tensors.hpp"

namespace edgemoe::host {
namespace {

constexpr double kResidualSteps = 65536.0;
constexpr double kGeluSteps = 4096.0;  // GELU input LSB 2^-12

/// Adds one matrix' channels to a request: factors where the channel has weights, and the bias
/// limit. `steps` scales biases to units of v; `zero_point` is that of the matrix' input.
void add_channels(const QuantMatrix& matrix, const float* bias, double factor, double steps,
                  int zero_point, int max_input, RequantRequest* request) {
  for (int n = 0; n < matrix.out; ++n) {
    const std::int64_t bound = matrix.accumulator_bound(n, max_input);
    const double channel = bound > 0 ? matrix.scale[n] * factor : 0.0;
    request->bound.push_back(bound);
    request->factor.push_back(channel);
    // Twice the fold: the rounded multiplier of a very small channel can be up to that much larger.
    const double unit = request->bias_before_scale ? 1.0 : program::kUnityScale;
    const double fold = 2 * unit * channel * std::fabs(double(zero_point) * matrix.weight_sum(n));
    request->bias_limit = std::max(request->bias_limit, std::fabs(bias[n]) * steps + fold);
  }
}

/// b_n of one matrix whose channels begin at `first` of the plan.
void add_biases(const QuantMatrix& matrix, const float* bias, std::size_t first, double steps,
                int zero_point, const RequantPlan& plan, std::vector<std::int32_t>* out) {
  const double unit = plan.shifts.bias_before_scale ? 1.0 : program::kUnityScale;
  for (int n = 0; n < matrix.out; ++n) {
    const double fold =
        unit * plan.effective_factor(first + n) * double(zero_point) * matrix.weight_sum(n);
    out->push_back(plan.bias(bias[n] * steps - fold));
  }
}

double gelu_input_factor() { return std::ldexp(kGeluSteps, kTokenScaleExponent); }

QuantMatrix read_expert(const models::Tensor& weight, const models::Tensor& scale, int expert,
                        int out, int in) {
  const std::size_t size = static_cast<std::size_t>(out) * in;
  return quantise_matrix(weight.data.data() + expert * size,
                         scale.data.data() + static_cast<std::size_t>(expert) * out, out, in);
}

}  // namespace

QuantMatrix read_matrix(const models::TensorMap& weights, const std::string& name, int out,
                        int in) {
  const models::Tensor& weight = find_weight(weights, name, {out, in});
  const models::Tensor& scale = find_scale(weights, name, {out});
  return quantise_matrix(weight.data.data(), scale.data.data(), out, in);
}

RequantRequest request_for(const QuantMatrix& matrix, const std::string& name, int max_input) {
  RequantRequest request;
  request.name = name;
  request.factor.assign(matrix.out, 0.0);
  for (int n = 0; n < matrix.out; ++n) {
    request.bound.push_back(matrix.accumulator_bound(n, max_input));
  }
  return request;
}

std::vector<float> turned_gate(const models::ModelConfig& model, const models::TensorMap& weights,
                               int block, int task) {
  const std::size_t dim = model.embed_dim, experts = model.moe.experts;
  const models::Tensor& gate = find_gate(model, weights, block, task);
  std::vector<float> turned(gate.data.size());
  for (std::size_t d = 0; d < dim; ++d) {
    for (std::size_t e = 0; e < experts; ++e) turned[e * dim + d] = gate.data[d * experts + e];
  }
  return turned;
}

std::vector<float> gate_bias(const models::ModelConfig& model, const models::TensorMap& weights,
                             int block, int task) {
  const models::Tensor* bias = find_gate_bias(model, weights, block, task);
  const auto experts = static_cast<std::size_t>(model.moe.experts);
  return bias == nullptr ? std::vector<float>(experts, 0.0F) : bias->data;
}

LinearLayer fc1_layer(const models::ModelConfig& model, const models::TensorMap& weights,
                      int block) {
  const std::string name = block_name(block, "mlp.fc1");
  LinearLayer layer;
  layer.matrix = read_matrix(weights, name, model.mlp_hidden, model.embed_dim);
  const models::Tensor& bias = find_bias(weights, name, {model.mlp_hidden});
  RequantRequest request;
  request.name = name;
  add_channels(layer.matrix, bias.data.data(), gelu_input_factor(), kGeluSteps, 0, kInt8Max,
               &request);
  layer.plan = plan_requant(request);
  add_biases(layer.matrix, bias.data.data(), 0, kGeluSteps, 0, layer.plan, &layer.bias);
  return layer;
}

LinearLayer fc2_layer(const models::ModelConfig& model, const models::TensorMap& weights, int block,
                      const BlockScales& scales) {
  const std::string name = block_name(block, "mlp.fc2");
  LinearLayer layer;
  layer.matrix = read_matrix(weights, name, model.embed_dim, model.mlp_hidden);
  const models::Tensor& bias = find_bias(weights, name, {model.embed_dim});
  RequantRequest request;
  request.name = name;
  add_channels(layer.matrix, bias.data.data(), scales.hidden, kResidualSteps, scales.zero_point,
               kHiddenMax, &request);
  layer.plan = plan_requant(request);
  add_biases(layer.matrix, bias.data.data(), 0, kResidualSteps, scales.zero_point, layer.plan,
             &layer.bias);
  return layer;
}

ExpertLayers expert_layers(const models::ModelConfig& model, const models::TensorMap& weights,
                           int block, const BlockScales& scales) {
  const int dim = model.embed_dim, hidden = model.moe.hidden, experts = model.moe.experts;
  const std::string up = block_name(block, "mlp.experts.htoh4");
  const std::string down = block_name(block, "mlp.experts.h4toh");
  const models::Tensor& up_weight = find_weight(weights, up, {experts, hidden, dim});
  const models::Tensor& up_scale = find_scale(weights, up, {experts, hidden});
  const float* up_bias = find_bias(weights, up, {experts, hidden}).data.data();
  const models::Tensor& down_weight = find_weight(weights, down, {experts, dim, hidden});
  const models::Tensor& down_scale = find_scale(weights, down, {experts, dim});
  const float* down_bias = find_bias(weights, down, {experts, dim}).data.data();
  ExpertLayers layers;
  RequantRequest first, second;
  first.name = up;
  second.name = down;
  second.bias_before_scale = true;
  for (int e = 0; e < experts; ++e) {
    layers.up.push_back(read_expert(up_weight, up_scale, e, hidden, dim));
    layers.down.push_back(read_expert(down_weight, down_scale, e, dim, hidden));
    add_channels(layers.up[e], up_bias + e * hidden, gelu_input_factor(), kGeluSteps, 0, kInt8Max,
                 &first);
    // Score times output: S_t carries the 2^16 of the residual's step, so biases are in real units.
    add_channels(layers.down[e], down_bias + e * dim, scales.hidden, 1.0, scales.zero_point,
                 kHiddenMax, &second);
  }
  layers.up_plan = plan_requant(first);
  layers.down_plan = plan_requant(second);
  for (int e = 0; e < experts; ++e) {
    add_biases(layers.up[e], up_bias + e * hidden, std::size_t(e) * hidden, kGeluSteps, 0,
               layers.up_plan, &layers.up_bias);
    add_biases(layers.down[e], down_bias + e * dim, std::size_t(e) * dim, 1.0, scales.zero_point,
               layers.down_plan, &layers.down_bias);
  }
  return layers;
}

}  // namespace edgemoe::host
