// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/derive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/compiler/layers.hpp"
#include "host/compiler/tensors.hpp"
#include "models/io/error.hpp"

namespace edgemoe::host {
namespace {

using models::Tensor;
using models::TensorMap;

constexpr double kHeadroom = 1.05;

struct Range {
  double low = 0.0;
  double high = 0.0;
  double magnitude() const { return std::max(-low, high); }
};

const Tensor& find_tap(const TensorMap& taps, const std::string& name) {
  const auto at = taps.find(name);
  if (at == taps.end() || at->second.data.empty()) {
    throw models::DataError(
        fmt::format("taps: error: {}: expected a reference tap, got none", name));
  }
  return at->second;
}

/// Range of a tap over all runs, after taking `offset` (one value per column, or empty) off.
Range tap_range(const std::vector<TensorMap>& taps, const std::string& name,
                const std::vector<float>& offset) {
  Range range;
  for (const TensorMap& run : taps) {
    const Tensor& tensor = find_tap(run, name);
    if (!offset.empty() && tensor.data.size() % offset.size() != 0) {
      throw models::DataError(fmt::format("taps: error: {}: expected rows of {} values, got {}",
                                          name, offset.size(), tensor.data.size()));
    }
    for (std::size_t i = 0; i < tensor.data.size(); ++i) {
      const double value = tensor.data[i] - (offset.empty() ? 0.0F : offset[i % offset.size()]);
      if (!std::isfinite(value)) {
        throw models::DataError(fmt::format("taps: error: {}: expected finite values", name));
      }
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  }
  return range;
}

void put_scalar(const std::string& name, double value, TensorMap* quant) {
  (*quant)["quant." + name] = Tensor{{1}, {static_cast<float>(value)}};
}

double symmetric_step(const Range& range) {
  const double magnitude = range.magnitude();
  return magnitude > 0 ? magnitude * kHeadroom / 127.0 : 1.0 / 127.0;
}

void put_weight_scales(const std::string& layer, const float* weights, const Shape& channels,
                       int in, TensorMap* quant) {
  std::int64_t count = 1;
  for (const std::int64_t size : channels) count *= size;
  (*quant)["quant." + layer + ".scale"] =
      Tensor{channels, weight_scales(weights, static_cast<int>(count), in)};
}

void derive_matrix(const TensorMap& weights, const std::string& layer, int out, int in,
                   TensorMap* quant) {
  put_weight_scales(layer, find_weight(weights, layer, {out, in}).data.data(), {out}, in, quant);
}

void derive_embed(const models::ModelConfig& model, const TensorMap& weights, TensorMap* quant) {
  const std::string layer = "patch_embed.proj";
  const int area = model.patch * model.patch;
  std::vector<float> scaled =
      find_weight(weights, layer, {model.embed_dim, 3, model.patch, model.patch}).data;
  for (std::size_t i = 0; i < scaled.size(); ++i) {
    scaled[i] = static_cast<float>(scaled[i] / (255.0 * model.image.std[(i / area) % 3]));
  }
  put_weight_scales(layer, scaled.data(), {model.embed_dim}, 3 * area, quant);
}

void derive_block(const models::ModelConfig& model, const TensorMap& weights,
                  const std::vector<TensorMap>& taps, int block, TensorMap* quant) {
  const int dim = model.embed_dim;
  const auto tap = [&](const char* what) { return fmt::format("l{:02}.{}", block, what); };
  derive_matrix(weights, block_name(block, "attn.qkv"), 3 * dim, dim, quant);
  derive_matrix(weights, block_name(block, "attn.proj"), dim, dim, quant);
  const std::vector<float> k_bias = qkv_bias_part(model, weights, block, 1);
  const std::vector<float> v_bias = qkv_bias_part(model, weights, block, 2);
  const auto put = [&](const char* what, const char* name, const std::vector<float>& offset) {
    put_scalar(block_name(block, what), symmetric_step(tap_range(taps, tap(name), offset)), quant);
  };
  put("attn.q_act", "q", {});
  put("attn.k_act", "k", k_bias);
  put("attn.v_act", "v", v_bias);
  put("attn.out_act", "attn", v_bias);
  const bool moe = model.blocks[static_cast<std::size_t>(block)] == models::BlockKind::kMoe;
  if (moe) {
    const int experts = model.moe.experts, hidden = model.moe.hidden;
    const std::string up = block_name(block, "mlp.experts.htoh4");
    const std::string down = block_name(block, "mlp.experts.h4toh");
    put_weight_scales(up, find_weight(weights, up, {experts, hidden, dim}).data.data(),
                      {experts, hidden}, dim, quant);
    put_weight_scales(down, find_weight(weights, down, {experts, dim, hidden}).data.data(),
                      {experts, dim}, hidden, quant);
  } else {
    derive_matrix(weights, block_name(block, "mlp.fc1"), model.mlp_hidden, dim, quant);
    derive_matrix(weights, block_name(block, "mlp.fc2"), dim, model.mlp_hidden, quant);
  }
  const Range hidden = tap_range(taps, tap(moe ? "moe.hidden" : "mlp.hidden"), {});
  const double span = (hidden.high - hidden.low) * kHeadroom;
  const double step = span > 0 ? span / 255.0 : 1.0 / 255.0;
  put_scalar(block_name(block, "mlp.hidden_act"), step, quant);
  put_scalar(block_name(block, "mlp.hidden_zero_point"),
             std::clamp(std::round(-hidden.low / step), 0.0, 255.0), quant);
}

}  // namespace

bool has_quantisation(const TensorMap& weights, program::Precision precision) {
  if (precision == program::Precision::kW16A32) return true;
  const bool wide = precision == program::Precision::kW16A16;
  return std::any_of(weights.begin(), weights.end(), [&](const auto& entry) {
    const bool is_wide = entry.first.rfind("quant.w16a16.", 0) == 0;
    return entry.first.rfind("quant.", 0) == 0 && is_wide == wide;
  });
}

TensorMap derive_w16a16(const models::ModelConfig& model, const TensorMap& weights,
                        const std::vector<TensorMap>& taps) {
  constexpr double kWideHeadroom = 1.5;
  TensorMap quant;
  for (int i = 0; i < model.depth(); ++i) {
    const auto put = [&](const char* what, const std::string& tap, const std::vector<float>& offset,
                         int smallest) {
      const double largest = kWideHeadroom *
                             tap_range(taps, fmt::format("l{:02}.{}", i, tap), offset).magnitude() /
                             32767.0;
      const int exponent = largest > 0 ? static_cast<int>(std::ceil(std::log2(largest))) : smallest;
      put_scalar("w16a16." + block_name(i, what), std::ldexp(1.0, std::max(exponent, smallest)),
                 &quant);
    };
    const std::vector<float> v_bias = qkv_bias_part(model, weights, i, 2);
    const bool moe = model.blocks[static_cast<std::size_t>(i)] == models::BlockKind::kMoe;
    put("norm1_act", "norm1", {}, -16);
    put("norm2_act", "norm2", {}, -16);
    put("attn.q_act", "q", {}, -22);
    put("attn.k_act", "k", qkv_bias_part(model, weights, i, 1), -22);
    put("attn.v_act", "v", v_bias, -22);
    put("attn.out_act", "attn", v_bias, -22);
    put("mlp.hidden_act", moe ? "moe.hidden" : "mlp.hidden", {}, -22);
  }
  return quant;
}

TensorMap derive_quantisation(const models::ModelConfig& model, const TensorMap& weights,
                              const std::vector<TensorMap>& taps) {
  TensorMap quant;
  derive_embed(model, weights, &quant);
  for (int i = 0; i < model.depth(); ++i) derive_block(model, weights, taps, i, &quant);
  return quant;
}

TensorMap derive_parameters(program::Precision precision, const models::ModelConfig& model,
                            const TensorMap& weights, const std::vector<TensorMap>& taps) {
  if (precision == program::Precision::kW16A32) return {};
  return precision == program::Precision::kW16A16 ? derive_w16a16(model, weights, taps)
                                                  : derive_quantisation(model, weights, taps);
}

TensorMap derive_quantisation(const models::ModelConfig& model, const TensorMap& weights,
                              const TensorMap& taps) {
  return derive_quantisation(model, weights, std::vector<TensorMap>{taps});
}

}  // namespace edgemoe::host
