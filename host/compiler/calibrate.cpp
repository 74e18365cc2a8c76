// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/calibrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/compiler/layer_parts.hpp"
#include "host/compiler/tensors.hpp"
#include "models/io/error.hpp"

namespace edgemoe::host {
namespace {

using models::Tensor;
using models::TensorMap;
using program::Precision;

constexpr double kInt8Levels = 127.0;
constexpr double kHiddenLevels = 255.0;
constexpr double kWideHeadroom = 1.5;
constexpr double kWideLevels = 32767.0;

void put_scalar(const std::string& name, double value, TensorMap* quant) {
  (*quant)["quant." + name] = Tensor{{1}, {static_cast<float>(value)}};
}

void put_weight_scales(const std::string& layer, const float* weights, const Shape& channels,
                       int in, TensorMap* quant) {
  std::int64_t count = 1;
  for (const std::int64_t size : channels) count *= size;
  (*quant)["quant." + layer + ".scale"] =
      Tensor{channels, weight_scales(weights, static_cast<int>(count), in)};
}

void put_matrix(const TensorMap& weights, const std::string& layer, int out, int in,
                TensorMap* quant) {
  put_weight_scales(layer, find_weight(weights, layer, {out, in}).data.data(), {out}, in, quant);
}

void put_experts(const models::ModelConfig& model, const TensorMap& weights, int block,
                 TensorMap* quant) {
  const int experts = model.moe.experts, hidden = model.moe.hidden, dim = model.embed_dim;
  const std::string up = block_name(block, "mlp.experts.htoh4");
  const std::string down = block_name(block, "mlp.experts.h4toh");
  put_weight_scales(up, find_weight(weights, up, {experts, hidden, dim}).data.data(),
                    {experts, hidden}, dim, quant);
  put_weight_scales(down, find_weight(weights, down, {experts, dim, hidden}).data.data(),
                    {experts, dim}, hidden, quant);
}

void put_weights(const models::ModelConfig& model, const TensorMap& weights, TensorMap* quant) {
  const int dim = model.embed_dim;
  const std::string patch = "patch_embed.proj";
  const std::vector<float> scaled =
      scaled_patch_weights(model, find_weight(weights, patch, {dim, 3, model.patch, model.patch}));
  put_weight_scales(patch, scaled.data(), {dim}, 3 * model.patch * model.patch, quant);
  for (int i = 0; i < model.depth(); ++i) {
    put_matrix(weights, block_name(i, "attn.qkv"), 3 * dim, dim, quant);
    put_matrix(weights, block_name(i, "attn.proj"), dim, dim, quant);
    if (model.blocks[static_cast<std::size_t>(i)] == models::BlockKind::kMoe) {
      put_experts(model, weights, i, quant);
    } else {
      put_matrix(weights, block_name(i, "mlp.fc1"), model.mlp_hidden, dim, quant);
      put_matrix(weights, block_name(i, "mlp.fc2"), dim, model.mlp_hidden, quant);
    }
  }
}

}  // namespace

bool has_quantisation(const TensorMap& weights, Precision precision) {
  if (precision == Precision::kW16A32) return true;
  const bool wide = precision == Precision::kW16A16;
  return std::any_of(weights.begin(), weights.end(), [&](const auto& entry) {
    const bool is_wide = entry.first.rfind("quant.w16a16.", 0) == 0;
    return entry.first.rfind("quant.", 0) == 0 && is_wide == wide;
  });
}

Calibrator::Calibrator(Precision precision, const models::ModelConfig& model,
                       const TensorMap& weights)
    : precision_(precision), model_(model), weights_(weights) {
  if (precision == Precision::kW16A32) return;
  for (int i = 0; i < model.depth(); ++i) add_sites(i);
}

void Calibrator::add_sites(int block) {
  const bool wide = precision_ == Precision::kW16A16;
  const bool moe = model_.blocks[static_cast<std::size_t>(block)] == models::BlockKind::kMoe;
  const auto site = [&](const char* tap, const char* name, std::vector<float> offset, int smallest,
                        bool is_hidden) {
    sites_.push_back({fmt::format("l{:02}.{}", block, tap),
                      (wide ? "w16a16." : "") + block_name(block, name), std::move(offset),
                      smallest, is_hidden, TapHistogram()});
  };
  if (wide) {
    site("norm1", "norm1_act", {}, -16, false);
    site("norm2", "norm2_act", {}, -16, false);
  }
  const std::vector<float> v_bias = qkv_bias_part(model_, weights_, block, 2);
  site("q", "attn.q_act", {}, -22, false);
  site("k", "attn.k_act", qkv_bias_part(model_, weights_, block, 1), -22, false);
  site("v", "attn.v_act", v_bias, -22, false);
  site("attn", "attn.out_act", v_bias, -22, false);
  site(moe ? "moe.hidden" : "mlp.hidden", "mlp.hidden_act", {}, -22, true);
}

std::set<std::string> Calibrator::needed_taps() const {
  std::set<std::string> names;
  for (const Site& site : sites_) names.insert(site.tap);
  return names;
}

void Calibrator::add(const TensorMap& taps) {
  for (Site& site : sites_) {
    const auto at = taps.find(site.tap);
    if (at == taps.end() || at->second.data.empty()) {
      throw models::DataError(
          fmt::format("taps: error: {}: expected a reference tap, got none", site.tap));
    }
    const std::vector<float>& data = at->second.data;
    const std::size_t width = std::max<std::size_t>(site.offset.size(), 1);
    if (data.size() % width != 0) {
      throw models::DataError(fmt::format("taps: error: {}: expected rows of {} values, got {}",
                                          site.tap, width, data.size()));
    }
    for (std::size_t i = 0; i < data.size(); ++i) {
      const double value = data[i] - (site.offset.empty() ? 0.0F : site.offset[i % width]);
      if (!site.seen.add(value)) {
        throw models::DataError(
            fmt::format("taps: error: {}: expected finite values, got {}", site.tap, value));
      }
    }
  }
}

void Calibrator::finish_site(const Site& site, TensorMap* quant) const {
  if (precision_ == Precision::kW16A16) {
    const double step = kWideHeadroom * site.seen.magnitude() / kWideLevels;
    const int exponent =
        step > 0 ? static_cast<int>(std::ceil(std::log2(step))) : site.smallest_exponent;
    put_scalar(site.name, std::ldexp(1.0, std::max(exponent, site.smallest_exponent)), quant);
    return;
  }
  if (!site.is_hidden) {
    const double limit = site.seen.best_symmetric(kInt8Levels);
    put_scalar(site.name, limit > 0 ? limit / kInt8Levels : 1.0 / kInt8Levels, quant);
    return;
  }
  const double low = site.seen.low(), span = site.seen.best_high(kHiddenLevels) - low;
  const double step = span > 0 ? span / kHiddenLevels : 1.0 / kHiddenLevels;
  put_scalar(site.name, step, quant);
  const std::string zero = site.name.substr(0, site.name.rfind("_act")) + "_zero_point";
  put_scalar(zero, std::clamp(std::round(-low / step), 0.0, kHiddenLevels), quant);
}

TensorMap Calibrator::finish() const {
  TensorMap quant;
  if (precision_ == Precision::kW8A8) put_weights(model_, weights_, &quant);
  for (const Site& site : sites_) finish_site(site, &quant);
  return quant;
}

TensorMap calibrate(Precision precision, const models::ModelConfig& model, const TensorMap& weights,
                    const std::vector<TensorMap>& runs) {
  Calibrator calibrator(precision, model, weights);
  for (const TensorMap& run : runs) calibrator.add(run);
  return calibrator.finish();
}

models::TensorMap nominal_taps(const models::ModelConfig& model) {
  constexpr float kMagnitude = 4.0F;        // of Q, K, V and what attention makes of them
  constexpr float kLeastGelu = -0.17F;
  models::TensorMap taps;
  const auto put = [&taps](const std::string& name, int columns, float low, float high) {
    models::Tensor tensor{{1, columns}, std::vector<float>(static_cast<std::size_t>(columns), low)};
    tensor.data.back() = high;
    taps[name] = std::move(tensor);
  };
  for (int i = 0; i < model.depth(); ++i) {
    const bool moe = model.blocks[static_cast<std::size_t>(i)] == models::BlockKind::kMoe;
    for (const char* what : {"q", "k", "v", "attn", "norm1", "norm2"})
      put(fmt::format("l{:02}.{}", i, what), model.embed_dim, -kMagnitude, kMagnitude);
    put(fmt::format("l{:02}.{}.hidden", i, moe ? "moe" : "mlp"),
        moe ? model.moe.hidden : model.mlp_hidden, kLeastGelu, kMagnitude);
  }
  return taps;
}

}  // namespace edgemoe::host
