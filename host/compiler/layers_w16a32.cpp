// SPDX-License-Identifier: Apache-2.0
// w16a32: the formats of the published Edge-MoE design; everything is truncated towards minus
// infinity. Source: shared design notes, "Published facts" 1.1 and 1.6.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/compiler/layer_formats.hpp"
#include "host/compiler/layer_parts.hpp"
#include "host/compiler/tensors.hpp"
#include "models/io/error.hpp"

namespace edgemoe::host {
namespace {

constexpr int kFeatureFraction = 22;       // 32 bits, 10 of them integer
constexpr int kWeightFraction = 14;        // linear weights: 16, 2
constexpr int kPatchFraction = 16;         // patch weights: 16, 0
constexpr int kAttentionBiasFraction = 9;  // 16, 7
constexpr int kBiasFraction = 11;          // 16, 5: other biases, norm weights and biases
constexpr int kPixelFraction = 8;

/// floor(value * 2^fraction) as `bits`-bit two's complement; DataError when it does not fit.
std::int64_t truncate(double value, int fraction, int bits, const std::string& name) {
  const double steps = std::floor(std::ldexp(value, fraction));
  const double limit = std::ldexp(1.0, bits - 1);
  if (!(steps >= -limit && steps < limit)) {
    throw models::DataError(fmt::format(
        "weights: error: {}: expected values within +-{} (the published w16a32 format), got {}",
        name, std::ldexp(limit, -fraction), value));
  }
  return static_cast<std::int64_t>(steps);
}

QuantMatrix truncate_matrix(const float* weights, int out, int in, int fraction,
                            const std::string& name) {
  QuantMatrix matrix;
  matrix.out = out;
  matrix.in = in;
  matrix.scale.assign(static_cast<std::size_t>(out), std::ldexp(1.0, -fraction));
  const std::size_t size = static_cast<std::size_t>(out) * in;
  for (std::size_t i = 0; i < size; ++i) {
    matrix.weights.push_back(static_cast<std::int16_t>(truncate(weights[i], fraction, 16, name)));
  }
  return matrix;
}

/// Sums of weight times feature, LSB 2^-36, truncated to features; then times S_t.
RequantPlan feature_plan(std::size_t channels, int bias_fraction) {
  RequantPlan plan;
  plan.multiplier.assign(channels, 1);
  plan.shifts.r1 = kWeightFraction;
  plan.shifts.r2 = 16;
  plan.shifts.bias_shift =
      static_cast<std::uint8_t>(kFeatureFraction + kWeightFraction - bias_fraction);
  return plan;
}

void append_bias(const float* bias, std::size_t count, int fraction, const std::string& name,
                 std::vector<std::int32_t>* out) {
  for (std::size_t n = 0; n < count; ++n) {
    out->push_back(static_cast<std::int32_t>(truncate(bias[n], fraction, 16, name + ".bias")));
  }
}

class W16A32Formats : public LayerFormats {
 public:
  W16A32Formats(const models::ModelConfig& model, const models::TensorMap& weights)
      : model_(model), weights_(weights) {}

  program::Precision precision() const override { return program::Precision::kW16A32; }
  BlockScales scales(int) const override {
    BlockScales scales;
    scales.norm1 = scales.norm2 = scales.q = scales.k = residual_step();
    scales.v = scales.out = scales.hidden = residual_step();
    return scales;
  }
  double residual_step() const override { return std::ldexp(1.0, -kFeatureFraction); }
  double logit_step() const override { return residual_step(); }
  bool folds_biases() const override { return false; }
  bool gate_has_planes() const override { return false; }

  LinearLayer embed() const override;
  LinearLayer qkv(int block) const override {
    return plain(block_name(block, "attn.qkv"), 3 * model_.embed_dim, model_.embed_dim,
                 kAttentionBiasFraction);
  }
  LinearLayer proj(int block) const override {
    return plain(block_name(block, "attn.proj"), model_.embed_dim, model_.embed_dim,
                 kAttentionBiasFraction);
  }
  LinearLayer fc1(int block) const override {
    return plain(block_name(block, "mlp.fc1"), model_.mlp_hidden, model_.embed_dim, kBiasFraction);
  }
  LinearLayer fc2(int block) const override {
    return plain(block_name(block, "mlp.fc2"), model_.embed_dim, model_.mlp_hidden, kBiasFraction);
  }
  ExpertLayers experts(int block) const override;
  GateLayer gate(int block, int task) const override;
  NormLayer norm(int block, const std::string& name) const override;
  AttentionConstants attention(int block) const override;
  ScaledFactor gelu(int) const override { return {1, 0}; }
  std::vector<std::int32_t> position_table() const override;

 private:
  LinearLayer plain(const std::string& name, int out, int in, int bias_fraction) const;
  QuantMatrix patch_matrix(int* halvings) const;

  const models::ModelConfig& model_;
  const models::TensorMap& weights_;
};

LinearLayer W16A32Formats::plain(const std::string& name, int out, int in,
                                 int bias_fraction) const {
  LinearLayer layer;
  layer.matrix = truncate_matrix(find_weight(weights_, name, {out, in}).data.data(), out, in,
                                 kWeightFraction, name + ".weight");
  layer.plan = feature_plan(static_cast<std::size_t>(out), bias_fraction);
  append_bias(find_bias(weights_, name, {out}).data.data(), static_cast<std::size_t>(out),
              bias_fraction, name, &layer.bias);
  return layer;
}

/// Weights of pixels k / 256 in 16 bits with no integer bit; a network that normalises its images
/// has them divided by 2^halvings first. Published weights fit as they are.
QuantMatrix W16A32Formats::patch_matrix(int* halvings) const {
  const std::string name = "patch_embed.proj";
  const int in = 3 * model_.patch * model_.patch;
  std::vector<float> scaled = scaled_patch_weights(
      model_, find_weight(weights_, name, {model_.embed_dim, 3, model_.patch, model_.patch}));
  double largest = 0.0;
  for (float& value : scaled) {
    value *= std::ldexp(1.0F, kPixelFraction);
    largest = std::max(largest, std::fabs(double(value)));
  }
  *halvings = 0;
  while (*halvings < 15 && std::ldexp(largest, -*halvings) >= 0.5) ++*halvings;
  for (float& value : scaled) value = std::ldexp(value, -*halvings);
  return truncate_matrix(scaled.data(), model_.embed_dim, in, kPatchFraction, name + ".weight");
}

LinearLayer W16A32Formats::embed() const {
  const std::string name = "patch_embed.proj";
  const auto dim = static_cast<std::size_t>(model_.embed_dim);
  int halvings = 0;
  LinearLayer layer;
  layer.matrix = patch_matrix(&halvings);
  layer.plan = feature_plan(dim, kBiasFraction);
  layer.plan.multiplier.assign(dim, static_cast<std::uint16_t>(1u << halvings));
  layer.plan.shifts.r1 = kPixelFraction + kPatchFraction - kFeatureFraction;
  layer.plan.shifts.bias_shift = kPixelFraction + kPatchFraction - kBiasFraction;
  append_bias(find_bias(weights_, name, {model_.embed_dim}).data.data(), dim, kBiasFraction, name,
              &layer.bias);
  return layer;
}

ExpertLayers W16A32Formats::experts(int block) const {
  const int dim = model_.embed_dim, hidden = model_.moe.hidden, experts = model_.moe.experts;
  ExpertLayers layers;
  const auto make = [&](const char* what, int out, int in, std::vector<QuantMatrix>* matrices,
                        std::vector<std::int32_t>* biases) {
    const std::string name = block_name(block, what);
    const float* weight = find_weight(weights_, name, {experts, out, in}).data.data();
    const models::Tensor& bias = find_bias(weights_, name, {experts, out});
    for (std::size_t e = 0; e < static_cast<std::size_t>(experts); ++e) {
      matrices->push_back(
          truncate_matrix(weight + e * out * in, out, in, kWeightFraction, name + ".weight"));
    }
    append_bias(bias.data.data(), bias.data.size(), kBiasFraction, name, biases);
    return feature_plan(bias.data.size(), kBiasFraction);
  };
  layers.up_plan = make("mlp.experts.htoh4", hidden, dim, &layers.up, &layers.up_bias);
  layers.down_plan = make("mlp.experts.h4toh", dim, hidden, &layers.down, &layers.down_bias);
  return layers;
}

GateLayer W16A32Formats::gate(int block, int task) const {
  const int dim = model_.embed_dim, experts = model_.moe.experts;
  const std::string name = "backbone." + block_name(block, "mlp.gate");
  const std::vector<float> turned = turned_gate(model_, weights_, block, task);
  GateLayer layer;
  layer.matrix = truncate_matrix(turned.data(), experts, dim, kWeightFraction, name);
  for (const float bias : gate_bias(model_, weights_, block, task)) {
    const std::int64_t steps = truncate(bias, kBiasFraction, 16, name + ".bias");
    layer.bias.push_back(
        static_cast<std::int32_t>(steps * (1 << (kFeatureFraction - kBiasFraction))));
  }
  layer.shift = kWeightFraction;
  return layer;
}

NormLayer W16A32Formats::norm(int block, const std::string& name) const {
  const std::string full = block_name(block, name);
  const int dim = model_.embed_dim;
  const models::Tensor& gamma = find_weight(weights_, full, {dim});
  const models::Tensor& beta = find_bias(weights_, full, {dim});
  NormLayer layer;
  layer.gamma_frac = kBiasFraction;
  for (int n = 0; n < dim; ++n) {
    layer.gamma.push_back(
        static_cast<std::int32_t>(truncate(gamma.data[n], kBiasFraction, 16, full + ".weight")));
    const std::int64_t offset = truncate(beta.data[n], kBiasFraction, 16, full + ".bias");
    layer.beta.push_back(
        static_cast<std::int32_t>(offset * (1 << (kFeatureFraction - kBiasFraction))));
  }
  set_norm_constants(model_, &layer);
  return layer;
}

AttentionConstants W16A32Formats::attention(int block) const {
  AttentionConstants constants;
  constants.score = scaled_factor(1.0 / std::sqrt(double(model_.head_dim())), 47,
                                  block_name(block, "attn") + " scale");
  constants.out_mult = 1;
  return constants;
}

/// The images' mean is folded in here, where it keeps 22 fraction bits, and not into the bias.
std::vector<std::int32_t> W16A32Formats::position_table() const {
  const int dim = model_.embed_dim, tokens = model_.tokens();
  const models::Tensor& pos = find_tensor(weights_, "backbone.pos_embed", {1, tokens, dim});
  const models::Tensor& cls = find_tensor(weights_, "backbone.cls_token", {1, 1, dim});
  int halvings = 0;
  const QuantMatrix patch = patch_matrix(&halvings);
  const double unit = std::ldexp(1.0, halvings - kPixelFraction - kPatchFraction);
  std::vector<std::int32_t> table;
  for (int row = 0; row < tokens; ++row) {
    const bool is_class = row == tokens - 1;
    const float* source = pos.data.data() + static_cast<std::size_t>(is_class ? 0 : row + 1) * dim;
    for (int d = 0; d < dim; ++d) {
      const double more = is_class ? cls.data[d] : -unit * mean_accumulator(model_, patch, d);
      table.push_back(static_cast<std::int32_t>(
          truncate(source[d] + more, kFeatureFraction, 32, "backbone.pos_embed")));
    }
  }
  return table;
}

}  // namespace

std::unique_ptr<LayerFormats> make_w16a32_formats(const models::ModelConfig& model,
                                                  const models::TensorMap& weights) {
  return std::make_unique<W16A32Formats>(model, weights);
}

}  // namespace edgemoe::host
