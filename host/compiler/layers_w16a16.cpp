// SPDX-License-Identifier: Apache-2.0
// w16a16: int16 weights and activations; every step is a power of two, so that the requantiser's
// multipliers are powers of two and its one rounding is that of a shift.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/compiler/layer_formats.hpp"
#include "host/compiler/layer_parts.hpp"
#include "host/compiler/tensors.hpp"
#include "models/io/error.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

constexpr int kLimit = 32767;
constexpr int kPixelMax = 255;
constexpr int kResidualFraction = 16;
constexpr int kLogitFraction = 20;
constexpr int kGeluFraction = 22;
constexpr int kMantissaFraction = 20;  // of the reciprocal
constexpr int kUnityBits = 16;
constexpr int kMaxMultiplierBits = 15;
constexpr double kLargestSum = 35184372088832.0;  // 2^45
constexpr double kLargestBias = 2147483647.0;
constexpr int kMaxBiasShift = 30;
constexpr int kMaxR2 = 62;
constexpr std::int64_t kLargestLogit = 2147483647;
constexpr double kLog2E = 1.4426950408889634;

int exponent_of(double step, const std::string& name) {
  int exponent = 0;
  if (std::frexp(step, &exponent) != 0.5) {
    throw models::DataError(
        fmt::format("weights: error: quant.{}: expected a power of two, got {}", name, step));
  }
  return exponent - 1;
}

/// Channels of one matrix or of all experts': v = acc * 2^exponent + bias.
struct ShiftRequest {
  std::string name;
  std::vector<int> exponent;
  std::vector<double> bias;         ///< in steps of the result
  std::vector<std::int64_t> bound;  ///< largest |acc|; 0 for a channel without weights
};

void append(const QuantMatrix& matrix, int input_exponent, int output_exponent, int max_input,
            ShiftRequest* request) {
  for (int n = 0; n < matrix.out; ++n) {
    request->exponent.push_back(std::ilogb(matrix.scale[n]) + input_exponent - output_exponent);
    request->bound.push_back(matrix.accumulator_bound(n, max_input));
  }
}

int bias_shift_of(const ShiftRequest& request, int fraction) {
  double largest = 0.0;
  for (const double bias : request.bias) largest = std::max(largest, std::fabs(bias));
  int shift = 0;
  while (shift < kMaxBiasShift && std::ldexp(largest, fraction - shift) > kLargestBias - 1) ++shift;
  return shift;
}

void check_sums(const ShiftRequest& request, const RequantPlan& plan, int fraction) {
  for (std::size_t n = 0; n < request.bound.size(); ++n) {
    const double sum = static_cast<double>(request.bound[n]) * plan.multiplier[n] +
                       std::fabs(std::ldexp(request.bias[n], fraction));
    if (sum < kLargestSum) continue;
    throw models::ConfigError({fmt::format(
        "error: accumulator: channel {} of {} can reach {:.3g}, the w16a16 requantiser takes less "
        "than 2^45",
        n, request.name, sum)});
  }
}

/// M_n = 2^(exponent_n + r) with the smallest r that keeps every exponent at 0 or above; biases are
/// appended to `out`.
RequantPlan plan_shifts(const ShiftRequest& request, std::vector<std::int32_t>* out) {
  int lowest = 0, highest = -1000;
  for (std::size_t n = 0; n < request.exponent.size(); ++n) {
    if (request.bound[n] == 0) continue;
    lowest = std::min(lowest, request.exponent[n]);
    highest = std::max(highest, request.exponent[n]);
  }
  const int r = -lowest;
  if (highest + r > kMaxMultiplierBits || r + kUnityBits > kMaxR2) {
    throw models::DataError(fmt::format(
        "weights: error: {}: expected steps within 2^{} of each other, got 2^{} to 2^{}",
        request.name, kMaxMultiplierBits, lowest, highest));
  }
  RequantPlan plan;
  for (std::size_t n = 0; n < request.exponent.size(); ++n) {
    const int shift = request.bound[n] == 0 ? 0 : request.exponent[n] + r;
    plan.multiplier.push_back(static_cast<std::uint16_t>(1u << shift));
  }
  const int bias_shift = bias_shift_of(request, r);
  check_sums(request, plan, r);
  plan.shifts.r2 = static_cast<std::uint8_t>(r + kUnityBits);
  plan.shifts.bias_shift = static_cast<std::uint8_t>(bias_shift);
  for (const double bias : request.bias) {
    out->push_back(static_cast<std::int32_t>(std::llround(std::ldexp(bias, r - bias_shift))));
  }
  return plan;
}

class W16A16Formats : public LayerFormats {
 public:
  W16A16Formats(const models::ModelConfig& model, const models::TensorMap& weights)
      : model_(model), weights_(weights) {}

  program::Precision precision() const override { return program::Precision::kW16A16; }
  BlockScales scales(int block) const override;
  double residual_step() const override { return std::ldexp(1.0, -kResidualFraction); }
  double logit_step() const override { return std::ldexp(1.0, -kLogitFraction); }
  bool folds_biases() const override { return true; }
  bool gate_has_planes() const override { return false; }

  LinearLayer embed() const override;
  LinearLayer qkv(int block) const override;
  LinearLayer proj(int block) const override;
  LinearLayer fc1(int block) const override;
  LinearLayer fc2(int block) const override;
  ExpertLayers experts(int block) const override;
  GateLayer gate(int block, int task) const override;
  NormLayer norm(int block, const std::string& name) const override;
  AttentionConstants attention(int block) const override;
  ScaledFactor gelu(int block) const override;
  std::vector<std::int32_t> position_table() const override {
    return host::position_table(model_, weights_);
  }

 private:
  /// log2 of the step that calibration chose.
  int exponent(int block, const char* what) const;
  QuantMatrix matrix(const std::string& name, int out, int in) const;
  /// A layer whose channels all have the same input and output step.
  LinearLayer plain(const std::string& name, int out, int in, int input_exponent,
                    int output_exponent, const std::vector<double>& bias) const;

  const models::ModelConfig& model_;
  const models::TensorMap& weights_;
};

std::vector<double> in_steps(const float* bias, std::size_t count, int output_exponent) {
  std::vector<double> steps(bias, bias + count);
  for (double& value : steps) value = std::ldexp(value, -output_exponent);
  return steps;
}

int W16A16Formats::exponent(int block, const char* what) const {
  const std::string name = "w16a16." + block_name(block, what);
  return exponent_of(find_scalar(weights_, name, true), name);
}

BlockScales W16A16Formats::scales(int block) const {
  const auto step = [&](const char* what) { return std::ldexp(1.0, exponent(block, what)); };
  BlockScales scales;
  scales.norm1 = step("norm1_act");
  scales.norm2 = step("norm2_act");
  scales.q = step("attn.q_act");
  scales.k = step("attn.k_act");
  scales.v = step("attn.v_act");
  scales.out = step("attn.out_act");
  scales.hidden = step("mlp.hidden_act");
  return scales;
}

QuantMatrix W16A16Formats::matrix(const std::string& name, int out, int in) const {
  const float* weight = find_weight(weights_, name, {out, in}).data.data();
  return quantise_matrix(weight, power_of_two_scales(weight, out, in).data(), out, in, kLimit);
}

LinearLayer W16A16Formats::plain(const std::string& name, int out, int in, int input_exponent,
                                 int output_exponent, const std::vector<double>& bias) const {
  LinearLayer layer;
  layer.matrix = matrix(name, out, in);
  ShiftRequest request;
  request.name = name;
  request.bias = bias;
  append(layer.matrix, input_exponent, output_exponent, kLimit, &request);
  layer.plan = plan_shifts(request, &layer.bias);
  return layer;
}

LinearLayer W16A16Formats::embed() const {
  const std::string name = "patch_embed.proj";
  const int in = 3 * model_.patch * model_.patch, dim = model_.embed_dim;
  const models::Tensor& bias = find_bias(weights_, name, {dim});
  const std::vector<float> scaled = scaled_patch_weights(
      model_, find_weight(weights_, name, {dim, 3, model_.patch, model_.patch}));
  LinearLayer layer;
  layer.matrix = quantise_matrix(scaled.data(), power_of_two_scales(scaled.data(), dim, in).data(),
                                 dim, in, kLimit);
  ShiftRequest request;
  request.name = name;
  append(layer.matrix, 0, -kResidualFraction, kPixelMax, &request);
  for (int n = 0; n < dim; ++n) {
    const double fold = mean_accumulator(model_, layer.matrix, n) * layer.matrix.scale[n];
    request.bias.push_back(std::ldexp(bias.data[n] - fold, kResidualFraction));
  }
  layer.plan = plan_shifts(request, &layer.bias);
  return layer;
}

LinearLayer W16A16Formats::qkv(int block) const {
  const std::string name = block_name(block, "attn.qkv");
  const int dim = model_.embed_dim;
  LinearLayer layer;
  layer.matrix = matrix(name, 3 * dim, dim);
  const models::Tensor& bias = find_bias(weights_, name, {3 * dim});
  ShiftRequest request;
  request.name = name;
  append(layer.matrix, exponent(block, "norm1_act"), 0, kLimit, &request);
  const int steps[] = {exponent(block, "attn.q_act"), exponent(block, "attn.k_act"),
                       exponent(block, "attn.v_act")};
  for (int n = 0; n < 3 * dim; ++n) {
    request.exponent[n] -= steps[n / dim];
    request.bias.push_back(n < dim ? std::ldexp(double(bias.data[n]), -steps[0]) : 0.0);
  }
  layer.plan = plan_shifts(request, &layer.bias);
  return layer;
}

LinearLayer W16A16Formats::proj(int block) const {
  std::vector<double> bias = folded_proj_bias(model_, weights_, block);
  for (double& value : bias) value = std::ldexp(value, kResidualFraction);
  return plain(block_name(block, "attn.proj"), model_.embed_dim, model_.embed_dim,
               exponent(block, "attn.out_act"), -kResidualFraction, bias);
}

LinearLayer W16A16Formats::fc1(int block) const {
  const std::string name = block_name(block, "mlp.fc1");
  const models::Tensor& bias = find_bias(weights_, name, {model_.mlp_hidden});
  return plain(name, model_.mlp_hidden, model_.embed_dim, exponent(block, "norm2_act"),
               -kGeluFraction, in_steps(bias.data.data(), bias.data.size(), -kGeluFraction));
}

LinearLayer W16A16Formats::fc2(int block) const {
  const std::string name = block_name(block, "mlp.fc2");
  const models::Tensor& bias = find_bias(weights_, name, {model_.embed_dim});
  return plain(name, model_.embed_dim, model_.mlp_hidden, exponent(block, "mlp.hidden_act"),
               -kResidualFraction,
               in_steps(bias.data.data(), bias.data.size(), -kResidualFraction));
}

ExpertLayers W16A16Formats::experts(int block) const {
  const int dim = model_.embed_dim, hidden = model_.moe.hidden, experts = model_.moe.experts;
  ExpertLayers layers;
  const auto make = [&](const char* what, int out, int in, int input_exponent, int output_exponent,
                        std::vector<QuantMatrix>* matrices, std::vector<std::int32_t>* biases) {
    const std::string name = block_name(block, what);
    const float* weight = find_weight(weights_, name, {experts, out, in}).data.data();
    const models::Tensor& bias = find_bias(weights_, name, {experts, out});
    const std::vector<float> scale = power_of_two_scales(weight, experts * out, in);
    ShiftRequest request;
    request.name = name;
    request.bias = in_steps(bias.data.data(), bias.data.size(), output_exponent);
    for (std::size_t e = 0; e < static_cast<std::size_t>(experts); ++e) {
      matrices->push_back(
          quantise_matrix(weight + e * out * in, scale.data() + e * out, out, in, kLimit));
      append(matrices->back(), input_exponent, output_exponent, kLimit, &request);
    }
    return plan_shifts(request, biases);
  };
  layers.up_plan = make("mlp.experts.htoh4", hidden, dim, exponent(block, "norm2_act"),
                        -kGeluFraction, &layers.up, &layers.up_bias);
  layers.down_plan = make("mlp.experts.h4toh", dim, hidden, exponent(block, "mlp.hidden_act"),
                          -kResidualFraction, &layers.down, &layers.down_bias);
  return layers;
}

/// One step for all experts' columns: their logits are compared with each other.
GateLayer W16A16Formats::gate(int block, int task) const {
  const int dim = model_.embed_dim, experts = model_.moe.experts;
  const std::vector<float> turned = turned_gate(model_, weights_, block, task);
  const float scale = power_of_two_scales(turned.data(), 1, dim * experts)[0];
  GateLayer layer;
  const std::vector<float> scales(static_cast<std::size_t>(experts), scale);
  layer.matrix = quantise_matrix(turned.data(), scales.data(), experts, dim, kLimit);
  const int shift = kUnityBits - kLogitFraction - std::ilogb(scale) - exponent(block, "norm2_act");
  if (shift < 0) {
    throw models::DataError(fmt::format(
        "weights: error: backbone.{}: expected a gate whose logits fit 32 bits, got weights and "
        "inputs that do not",
        block_name(block, "mlp.gate")));
  }
  layer.shift = static_cast<std::uint8_t>(shift);
  for (const float bias : gate_bias(model_, weights_, block, task)) {
    layer.bias.push_back(static_cast<std::int32_t>(
        round_checked(std::ldexp(double(bias), kLogitFraction), kLargestLogit,
                      "backbone." + block_name(block, "mlp.gate bias"))));
  }
  return layer;
}

NormLayer W16A16Formats::norm(int block, const std::string& name) const {
  NormLayer layer = norm_layer(model_, weights_, block_name(block, name));
  const int shift = exponent(block, (name + "_act").c_str()) + kResidualFraction;
  if (shift < 0) {
    throw models::DataError(fmt::format(
        "weights: error: quant.w16a16.{}_act: expected a step of 2^-{} or more, got 2^{}",
        block_name(block, name), kResidualFraction, shift - kResidualFraction));
  }
  layer.output_shift = static_cast<std::uint8_t>(shift);
  return layer;
}

AttentionConstants W16A16Formats::attention(int block) const {
  const BlockScales steps = scales(block);
  AttentionConstants constants;
  constants.score =
      scaled_factor(steps.q * steps.k / std::sqrt(double(model_.head_dim())) * kLog2E * 4194304.0,
                    47, "quant.w16a16." + block_name(block, "attn") + " scores");
  constants.out_mult = 1;
  const int shift =
      kMantissaFraction + exponent(block, "attn.out_act") - exponent(block, "attn.v_act");
  constants.r2 = static_cast<std::uint8_t>(std::clamp(shift, 0, 31));
  if (constants.r2 != shift) {
    throw models::DataError(
        fmt::format("weights: error: quant.w16a16.{}: expected a step near that of V, got 2^{}",
                    block_name(block, "attn.out_act"), exponent(block, "attn.out_act")));
  }
  return constants;
}

ScaledFactor W16A16Formats::gelu(int block) const {
  const int shift = exponent(block, "mlp.hidden_act") + kGeluFraction;
  if (shift < 0 || shift > 40) {
    throw models::DataError(
        fmt::format("weights: error: quant.w16a16.{}: expected a step of 2^-{} or more, got 2^{}",
                    block_name(block, "mlp.hidden_act"), kGeluFraction, shift - kGeluFraction));
  }
  return {1, static_cast<std::uint8_t>(shift)};
}

}  // namespace

std::unique_ptr<LayerFormats> make_w16a16_formats(const models::ModelConfig& model,
                                                  const models::TensorMap& weights) {
  return std::make_unique<W16A16Formats>(model, weights);
}

}  // namespace edgemoe::host
