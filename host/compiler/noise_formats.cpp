// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/noise_formats.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "host/compiler/layers.hpp"
#include "host/compiler/quantise.hpp"
#include "host/compiler/tensors.hpp"

namespace edgemoe::host {
namespace {

using models::Tensor;
using models::TensorMap;
using program::Precision;

constexpr float kUnlimited = 1e30F;
constexpr float kFeatureLimit = 0x1p31F;  ///< 32 bits: 10 of them integer, LSB 2^-22

void round_matrix(const std::string& layer, const Shape& scale_shape, TensorMap* backbone,
                  const TensorMap& weights) {
  Tensor& weight = backbone->at("backbone." + layer + ".weight");
  const Tensor& scale = find_scale(weights, layer, scale_shape);
  const std::size_t inner = weight.data.size() / scale.data.size();
  for (std::size_t n = 0; n < scale.data.size(); ++n) {
    round_to_steps(weight.data.data() + n * inner, inner, {scale.data[n], -127, 127});
  }
}

/// The patch weights' steps hold 1 / (255 std) of their colour.
void round_patch(const models::ModelConfig& model, TensorMap* backbone, const TensorMap& weights) {
  const std::string layer = "patch_embed.proj";
  Tensor& weight = backbone->at("backbone." + layer + ".weight");
  const Tensor& scale = find_scale(weights, layer, {model.embed_dim});
  const std::size_t area = static_cast<std::size_t>(model.patch) * model.patch;
  for (std::size_t i = 0; i < weight.data.size(); i += area) {
    const std::size_t colour = (i / area) % 3;
    const double step = scale.data[i / (3 * area)] * 255.0 * model.image.std[colour];
    round_to_steps(weight.data.data() + i, area, {static_cast<float>(step), -127, 127});
  }
}

void round_block(const models::ModelConfig& model, int block, TensorMap* backbone,
                 const TensorMap& weights) {
  const std::int64_t dim = model.embed_dim;
  round_matrix(block_name(block, "attn.qkv"), {3 * dim}, backbone, weights);
  round_matrix(block_name(block, "attn.proj"), {dim}, backbone, weights);
  if (model.blocks[static_cast<std::size_t>(block)] == models::BlockKind::kMlp) {
    round_matrix(block_name(block, "mlp.fc1"), {model.mlp_hidden}, backbone, weights);
    round_matrix(block_name(block, "mlp.fc2"), {dim}, backbone, weights);
    return;
  }
  const std::int64_t experts = model.moe.experts;
  round_matrix(block_name(block, "mlp.experts.htoh4"), {experts, model.moe.hidden}, backbone,
               weights);
  round_matrix(block_name(block, "mlp.experts.h4toh"), {experts, dim}, backbone, weights);
}

/// Names of all tensors of the backbone that are matrices of rows [..., in], gates apart.
void for_each_matrix(const models::ModelConfig& model,
                     const std::function<void(const std::string&, int)>& visit) {
  visit("patch_embed.proj", 3 * model.patch * model.patch);
  for (int i = 0; i < model.depth(); ++i) {
    visit(block_name(i, "attn.qkv"), model.embed_dim);
    visit(block_name(i, "attn.proj"), model.embed_dim);
    if (model.blocks[static_cast<std::size_t>(i)] == models::BlockKind::kMlp) {
      visit(block_name(i, "mlp.fc1"), model.embed_dim);
      visit(block_name(i, "mlp.fc2"), model.mlp_hidden);
    } else {
      visit(block_name(i, "mlp.experts.htoh4"), model.embed_dim);
      visit(block_name(i, "mlp.experts.h4toh"), model.moe.hidden);
    }
  }
}

/// Every tensor of the backbone whose name ends like this.
void round_named(const std::string& ending, const NoiseFormat& format, TensorMap* backbone) {
  for (auto& [name, tensor] : *backbone) {
    const bool ends = name.size() >= ending.size() &&
                      name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
    if (ends) round_to_steps(tensor.data.data(), tensor.data.size(), format);
  }
}

void round_gates(const models::ModelConfig& model, const NoiseFormat* fixed, TensorMap* backbone) {
  for (auto& [name, tensor] : *backbone) {
    if (name.find("w_gate") == std::string::npos) continue;
    const int size = model.embed_dim * model.moe.experts;
    const NoiseFormat own{power_of_two_scales(tensor.data.data(), 1, size)[0], -32767, 32767};
    round_to_steps(tensor.data.data(), tensor.data.size(), fixed != nullptr ? *fixed : own);
  }
}

/// Power-of-two steps per channel; the common scale of all colours is 1 / 255 std, which keeps
/// ratios, so that the patch weights' steps follow from the scaled weights.
void round_w16a16(const models::ModelConfig& model, TensorMap* backbone) {
  for_each_matrix(model, [&](const std::string& name, int in) {
    Tensor& weight = backbone->at("backbone." + name + ".weight");
    const int rows = static_cast<int>(weight.data.size()) / in;
    std::vector<float> unit(weight.data.size(), 1.0F);
    if (name == "patch_embed.proj") {
      const std::size_t area = static_cast<std::size_t>(model.patch) * model.patch;
      for (std::size_t i = 0; i < unit.size(); ++i) {
        unit[i] = static_cast<float>(255.0 * model.image.std[(i / area) % 3]);
      }
    }
    std::vector<float> scaled(weight.data);
    for (std::size_t i = 0; i < unit.size(); ++i) scaled[i] /= unit[i];
    const std::vector<float> steps = power_of_two_scales(scaled.data(), rows, in);
    for (std::size_t i = 0; i < unit.size(); ++i) {
      const float step = steps[i / static_cast<std::size_t>(in)] * unit[i];
      round_to_steps(&weight.data[i], 1, {step, -32767, 32767});
    }
  });
  round_gates(model, nullptr, backbone);
}

/// Weights, biases and gains: refused by the compiler where they do not fit.
NoiseFormat truncated(int fraction) {
  return {std::ldexp(1.0F, -fraction), -kUnlimited, kUnlimited, true};
}

/// A pixel reads k / 256 times weights with 16 fraction bits, after as many halvings as they need.
void round_published_patch(const models::ModelConfig& model, TensorMap* backbone) {
  Tensor& weight = backbone->at("backbone.patch_embed.proj.weight");
  const std::size_t area = static_cast<std::size_t>(model.patch) * model.patch;
  const auto unit = [&](std::size_t i) {
    return static_cast<float>(255.0 / 256.0 * model.image.std[(i / area) % 3]);
  };
  float largest = 0.0F;
  for (std::size_t i = 0; i < weight.data.size(); ++i) {
    largest = std::max(largest, std::fabs(weight.data[i] / unit(i)));
  }
  float step = 0x1p-16F;
  for (; largest >= 0.5F && step < 0.5F; largest /= 2) step *= 2;
  for (std::size_t i = 0; i < weight.data.size(); ++i) {
    round_to_steps(&weight.data[i], 1, {step * unit(i), -kUnlimited, kUnlimited, true});
  }
}

void round_w16a32(const models::ModelConfig& model, TensorMap* backbone) {
  for_each_matrix(model, [&](const std::string& name, int) {
    if (name == "patch_embed.proj") return;
    Tensor& weight = backbone->at("backbone." + name + ".weight");
    round_to_steps(weight.data.data(), weight.data.size(), truncated(14));
  });
  round_published_patch(model, backbone);
  const NoiseFormat gate = truncated(14);
  round_gates(model, &gate, backbone);
  for (const char* name : {"qkv.bias", "attn.proj.bias"}) {
    round_named(name, truncated(9), backbone);
  }
  for (const char* name : {"embed.proj.bias", "fc1.bias", "fc2.bias", "htoh4.bias", "h4toh.bias",
                           "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"}) {
    round_named(name, truncated(11), backbone);
  }
}

/// Features of w16a32.
NoiseFormat feature() { return {0x1p-22F, -kFeatureLimit, kFeatureLimit, true, true}; }

NoiseFormat symmetric(double step, float limit) {
  return {static_cast<float>(step), -limit, limit, false};
}

BlockNoise w8a8_noise(const TensorMap& quant, int block) {
  const BlockScales scales = read_block_scales(quant, block);
  const auto zero = static_cast<float>(scales.zero_point);
  BlockNoise noise;
  noise.q = symmetric(scales.q, 127);
  noise.k = symmetric(scales.k, 127);
  noise.v = symmetric(scales.v, 127);
  noise.out = symmetric(scales.out, 127);
  noise.hidden = {static_cast<float>(scales.hidden), -zero, 255.0F - zero, false};
  return noise;
}

BlockNoise w16a16_noise(const TensorMap& quant, int block) {
  const auto format = [&](const char* what) {
    return symmetric(find_scalar(quant, "w16a16." + block_name(block, what), true), 32767);
  };
  return {format("norm1_act"),     format("norm2_act"),  format("attn.q_act"),
          format("attn.k_act"),    format("attn.v_act"), format("attn.out_act"),
          format("mlp.hidden_act")};
}

}  // namespace

void interpolated_gelu(float* x, std::size_t count) {
  constexpr int kSteps = 32, kLast = 176;
  static const std::vector<double> gaps = [] {
    std::vector<double> table;
    for (int i = 0; i <= kLast; ++i) {
      const double at = static_cast<double>(i) / kSteps;
      table.push_back(at * 0.5 * std::erfc(at / std::sqrt(2.0)));
    }
    return table;
  }();
  for (std::size_t n = 0; n < count; ++n) {
    const double at = std::fabs(double(x[n])) * kSteps;
    double gap = 0.0;
    if (at < kLast) {
      const auto i = static_cast<std::size_t>(at);
      gap = gaps[i] + (gaps[i + 1] - gaps[i]) * (at - static_cast<double>(i));
    }
    x[n] = static_cast<float>(std::max(0.0, double(x[n])) - gap);
  }
}

NetworkNoise network_noise(Precision precision) {
  const NoiseFormat fine{0x1p-16F, -kUnlimited, kUnlimited, false};
  switch (precision) {
    case Precision::kW16A16:
      return {precision, fine, true, 32767.0F};
    case Precision::kW16A32:
      return {precision, feature(), false, 0.0F, 512.0F};
    case Precision::kW8A8:
      break;
  }
  return {precision, fine, true, 255.0F};
}

BlockNoise block_noise(Precision precision, const TensorMap& quant, int block) {
  if (precision == Precision::kW8A8) return w8a8_noise(quant, block);
  if (precision == Precision::kW16A16) return w16a16_noise(quant, block);
  const NoiseFormat format = feature();
  return {format, format, format, format, format, format, format};
}

void round_weights(Precision precision, const models::ModelConfig& model, const TensorMap& weights,
                   TensorMap* backbone) {
  switch (precision) {
    case Precision::kW16A16:
      return round_w16a16(model, backbone);
    case Precision::kW16A32:
      return round_w16a32(model, backbone);
    case Precision::kW8A8:
      break;
  }
  round_patch(model, backbone, weights);
  for (int i = 0; i < model.depth(); ++i) round_block(model, i, backbone, weights);
}

}  // namespace edgemoe::host
