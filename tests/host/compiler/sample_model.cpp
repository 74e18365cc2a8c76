// SPDX-License-Identifier: Apache-2.0
#include "tests/host/compiler/sample_model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "host/compiler/quantise.hpp"

namespace edgemoe::host {
namespace {

using models::Tensor;
using models::TensorMap;

struct Filler {
  std::mt19937_64 random;
  TensorMap* map;

  float normal(
      double deviation) {  // four 16-bit uniforms, nearly normal: the same on every platform
    const std::uint64_t bits = random();
    const double sum = static_cast<double>((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) +
                                           (bits >> 32 & 0xFFFF) + (bits >> 48)) /
                           65536.0 -
                       2.0;
    return static_cast<float>(sum * 1.7320508 * deviation);
  }
  void put(const std::string& name, std::vector<std::int64_t> shape, double deviation,
           double mean = 0.0) {
    Tensor tensor;
    std::size_t size = 1;
    for (const std::int64_t n : shape) size *= static_cast<std::size_t>(n);
    tensor.shape = std::move(shape);
    tensor.data.resize(size);
    for (float& value : tensor.data) value = static_cast<float>(mean) + normal(deviation);
    (*map)["backbone." + name] = std::move(tensor);
  }
  void scale(const std::string& name, std::vector<std::int64_t> shape, int in, double factor = 1) {
    std::vector<float> weights = map->at("backbone." + name + ".weight").data;
    for (float& w : weights) w = static_cast<float>(w * factor);
    const int out = static_cast<int>(weights.size()) / in;
    (*map)["quant." + name + ".scale"] = {std::move(shape), weight_scales(weights.data(), out, in)};
  }
  void scalar(const std::string& name, double value) {
    (*map)["quant." + name] = {{1}, {static_cast<float>(value)}};
  }
};

void fill_ffn(const models::ModelConfig& model, int i, const std::string& block, Filler* fill) {
  const std::int64_t d = model.embed_dim, e = model.moe.experts, fe = model.moe.hidden;
  if (model.blocks[static_cast<std::size_t>(i)] == models::BlockKind::kMlp) {
    const std::int64_t f = model.mlp_hidden;
    fill->put(block + "mlp.fc1.weight", {f, d}, 0.6 / std::sqrt(d));
    fill->put(block + "mlp.fc1.bias", {f}, 0.2);
    fill->put(block + "mlp.fc2.weight", {d, f}, 0.6 / std::sqrt(f));
    fill->put(block + "mlp.fc2.bias", {d}, 0.1);
    fill->scale(block + "mlp.fc1", {f}, static_cast<int>(d));
    fill->scale(block + "mlp.fc2", {d}, static_cast<int>(f));
    return;
  }
  const int gates =
      model.moe.gate == models::GateKind::kShared ? 1 : static_cast<int>(model.tasks.size());
  for (int t = 0; t < gates; ++t) {
    const bool shared = model.moe.gate == models::GateKind::kShared;
    fill->put(block + (shared ? "mlp.gate.w_gate" : fmt::format("mlp.gate.{}.w_gate", t)), {d, e},
              1.5 / std::sqrt(d));
  }
  fill->put(block + "mlp.experts.htoh4.weight", {e, fe, d}, 0.6 / std::sqrt(d));
  fill->put(block + "mlp.experts.htoh4.bias", {e, fe}, 0.2);
  fill->put(block + "mlp.experts.h4toh.weight", {e, d, fe}, 0.6 / std::sqrt(fe));
  fill->put(block + "mlp.experts.h4toh.bias", {e, d}, 0.1);
  fill->scale(block + "mlp.experts.htoh4", {e, fe}, static_cast<int>(d));
  fill->scale(block + "mlp.experts.h4toh", {e, d}, static_cast<int>(fe));
}

void fill_block(const models::ModelConfig& model, int i, Filler* fill) {
  const std::int64_t d = model.embed_dim;
  const std::string block = fmt::format("blocks.{}.", i);
  for (const char* norm : {"norm1", "norm2"}) {
    fill->put(block + norm + ".weight", {d}, 0.1, 1.0);
    fill->put(block + norm + ".bias", {d}, 0.1);
  }
  fill->put(block + "attn.qkv.weight", {3 * d, d}, 0.8 / std::sqrt(d));
  fill->put(block + "attn.qkv.bias", {3 * d}, 0.5);
  fill->put(block + "attn.proj.weight", {d, d}, 0.6 / std::sqrt(d));
  fill->put(block + "attn.proj.bias", {d}, 0.1);
  fill->scale(block + "attn.qkv", {3 * d}, static_cast<int>(d));
  fill->scale(block + "attn.proj", {d}, static_cast<int>(d));
  fill->scalar(block + "attn.q_act", 4.0 / 127);
  fill->scalar(block + "attn.k_act", 4.0 / 127);
  fill->scalar(block + "attn.v_act", 4.0 / 127);
  fill->scalar(block + "attn.out_act", 2.0 / 127);
  fill->scalar(block + "mlp.hidden_act", 3.0 / 255);
  fill->scalar(block + "mlp.hidden_zero_point", 15);
  fill_ffn(model, i, block, fill);
}

models::ModelConfig base_model(int depth) {
  models::ModelConfig model;
  model.image.mean = {0.5, 0.4, 0.6};
  model.image.std = {0.25, 0.2, 0.3};
  model.patch = 16;
  for (int i = 0; i < depth; ++i) {
    model.blocks.push_back(i % 2 == 0 ? models::BlockKind::kMlp : models::BlockKind::kMoe);
  }
  models::TaskConfig semseg, depth_task;
  semseg.name = "semseg";
  semseg.kind = models::TaskKind::kSemseg;
  depth_task.name = "depth";
  depth_task.kind = models::TaskKind::kDepth;
  model.tasks = {semseg, depth_task};
  return model;
}

}  // namespace

models::ModelConfig small_model(int depth) {
  models::ModelConfig model = base_model(depth);
  model.name = "small";
  model.image.height = 32;
  model.image.width = 48;
  model.embed_dim = 32;
  model.heads = 2;
  model.mlp_hidden = 48;
  model.moe.experts = 5;
  model.moe.top_k = 2;
  model.moe.hidden = 40;
  return model;
}

models::ModelConfig tiny_model() {
  models::ModelConfig model = base_model(12);
  model.name = "tiny";
  model.image.height = 128;
  model.image.width = 256;
  model.embed_dim = 192;
  model.heads = 3;
  model.mlp_hidden = 768;
  model.moe.experts = 16;
  model.moe.top_k = 2;
  model.moe.hidden = 384;
  return model;
}

models::TensorMap sample_weights(const models::ModelConfig& model, std::uint64_t seed) {
  TensorMap weights;
  Filler fill{std::mt19937_64(seed), &weights};
  const std::int64_t d = model.embed_dim, p = model.patch;
  fill.put("cls_token", {1, 1, d}, 0.5);
  fill.put("pos_embed", {1, model.tokens(), d}, 0.5);
  fill.put("patch_embed.proj.weight", {d, 3, p, p}, 0.02);
  fill.put("patch_embed.proj.bias", {d}, 0.1);
  fill.scale("patch_embed.proj", {d}, static_cast<int>(3 * p * p), 1 / (255 * 0.2));
  for (int i = 0; i < model.depth(); ++i) fill_block(model, i, &fill);
  return weights;
}

models::DesignConfig sample_design() {
  models::DesignConfig design;
  design.name = "sample";
  return design;
}

}  // namespace edgemoe::host
