// SPDX-License-Identifier: Apache-2.0
#include "tests/models/import/published_layout.hpp"

#include <cmath>
#include <fstream>
#include <stdexcept>

#include "models/reference/network.hpp"

namespace edgemoe::models::testing {
namespace {

namespace fs = std::filesystem;

std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

std::string block_name(int i) { return "backbone.blocks." + std::to_string(i) + "."; }

void clamp_to(Tensor& tensor, float low, float high) {
  for (float& value : tensor.data) value = std::min(std::max(value, low), high);
}

/// Columns `channel` of all matrices [..., in] of a tensor become `factor` times as large.
void scale_column(Tensor& tensor, std::size_t in, std::size_t channel, float factor) {
  for (std::size_t i = channel; i < tensor.data.size(); i += in) tensor.data[i] *= factor;
}

/// Outlying norm weights, with the matrices behind them made small there.
class Outliers {
 public:
  Outliers(const ModelConfig& model, TensorMap& weights)
      : model_(model), weights_(weights), dim_(static_cast<std::size_t>(model.embed_dim)) {}

  void add(int block, std::uint64_t seed) {
    const std::string name = block_name(block);
    const bool moe = model_.blocks[static_cast<std::size_t>(block)] == BlockKind::kMoe;
    stretch(name + "norm1", name + "attn.qkv.weight", seed, 3.4F, block == 0 ? 13.4F : 2.0F);
    stretch(name + "norm2", name + (moe ? "mlp.experts.htoh4.weight" : "mlp.fc1.weight"), seed + 1,
            15.55F, block % 4 == 1 ? 9.2F : -1.5F);
    if (moe) shrink_gates(name, (seed + 1) % dim_, 1.0F / 15.55F);
  }

 private:
  void stretch(const std::string& norm, const std::string& behind, std::uint64_t seed, float weight,
               float bias) {
    const std::size_t channel = seed % dim_, other = (channel + dim_ / 2) % dim_;
    weights_.at(norm + ".weight").data[channel] = weight;
    weights_.at(norm + ".weight").data[other] = -0.68F;
    weights_.at(norm + ".bias").data[channel] = bias;
    scale_column(weights_.at(behind), dim_, channel, 1.0F / weight);
  }
  void shrink_gates(const std::string& block, std::size_t channel, float factor) {
    for (std::size_t t = 0; t < model_.tasks.size(); ++t) {
      Tensor& gate = weights_.at(block + "mlp.gate." + std::to_string(t) + ".w_gate");
      for (int e = 0; e < model_.moe.experts; ++e)
        gate.data[channel * static_cast<std::size_t>(model_.moe.experts) +
                  static_cast<std::size_t>(e)] *= factor;
    }
  }

  const ModelConfig& model_;
  TensorMap& weights_;
  std::size_t dim_;
};

/// Outliers of a residual branch stand in channels of their own block: in one channel of all blocks
/// they would add up to what no trained network shows.
void set_biases(const ModelConfig& model, int i, TensorMap& weights) {
  const auto d = static_cast<std::size_t>(model.embed_dim);
  const std::size_t own = static_cast<std::size_t>(17 * i + 5) % d;
  const std::string name = block_name(i);
  std::vector<float>& qkv = weights.at(name + "attn.qkv.bias").data;
  qkv[own] = 9.0F;  // a query that favours one key channel
  for (std::size_t c = 0; c < d; c += 11) qkv[d + c] = c % 2 == 0 ? 51.0F : -51.0F;
  qkv[2 * d + own] = 2.0F;
  weights.at(name + "attn.proj.bias").data[own] = i == 0 ? -15.1F : i % 3 == 1 ? 4.5F : -2.0F;
  if (model.blocks[static_cast<std::size_t>(i)] == BlockKind::kMlp) {
    weights.at(name + "mlp.fc1.bias").data[own] = -3.4F;
    weights.at(name + "mlp.fc2.bias").data[(own + 3) % d] = i == 0 ? -5.9F : 1.5F;
    return;
  }
  weights.at(name + "mlp.experts.htoh4.bias").data[own] = -4.3F;
  weights.at(name + "mlp.experts.h4toh.bias").data[(own + 3) % d] = 9.7F;
}

/// Columns 1 and 2 follow column 0, column 4 follows 3: logits that differ in the fourth digit.
void tie_gates(const ModelConfig& model, int i, TensorMap& weights) {
  const auto e = static_cast<std::size_t>(model.moe.experts);
  for (std::size_t t = 0; t < model.tasks.size(); ++t) {
    Tensor& gate = weights.at(block_name(i) + "mlp.gate." + std::to_string(t) + ".w_gate");
    clamp_to(gate, -0.39F, 0.54F);
    for (std::size_t row = 0; row < gate.data.size(); row += e) {
      const auto follow = [&](std::size_t from, std::size_t to, float factor) {
        if (to < e) gate.data[row + to] = gate.data[row + from] * factor;
      };
      follow(0, 1, 1.0003F);
      follow(0, 2, 0.9997F);
      follow(3, 4, 1.0002F);
    }
  }
}

class Writer {
 public:
  explicit Writer(const fs::path& folder) : folder_(folder) { fs::create_directories(folder); }

  void write(const std::string& stem, const std::vector<float>& values) const {
    std::ofstream file(folder_ / (stem + ".float32.bin"), std::ios::binary);
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
    if (!file) throw std::runtime_error("cannot write " + stem);
  }
  void write_pair(const std::string& stem, const TensorMap& weights,
                  const std::string& name) const {
    write(stem + "_weight", weights.at(name + ".weight").data);
    write(stem + "_bias", weights.at(name + ".bias").data);
  }

 private:
  fs::path folder_;
};

void write_gates(const Writer& writer, const std::string& stem, const ModelConfig& model,
                 const TensorMap& weights, const std::string& block) {
  const auto d = static_cast<std::size_t>(model.embed_dim);
  const auto e = static_cast<std::size_t>(model.moe.experts);
  for (std::size_t t = 0; t < model.tasks.size(); ++t) {
    const Tensor& gate = weights.at(block + "mlp.gate." + std::to_string(t) + ".w_gate");
    std::vector<float> turned(gate.size());
    for (std::size_t c = 0; c < d; ++c) {
      for (std::size_t x = 0; x < e; ++x) turned[x * d + c] = gate.data[c * e + x];
    }
    writer.write(stem + "w_gate_T_task" + std::to_string(t), turned);
  }
}

void write_block(const Writer& writer, const ModelConfig& model, const TensorMap& weights, int i) {
  const std::string stem = "l" + std::to_string(i) + "_", block = block_name(i);
  writer.write_pair(stem + "norm1", weights, block + "norm1");
  writer.write_pair(stem + "norm2", weights, block + "norm2");
  writer.write_pair(stem + "qkv", weights, block + "attn.qkv");
  writer.write_pair(stem + "attn_proj", weights, block + "attn.proj");
  if (model.blocks[static_cast<std::size_t>(i)] == BlockKind::kMlp) {
    writer.write_pair(stem + "fc1", weights, block + "mlp.fc1");
    writer.write_pair(stem + "fc2", weights, block + "mlp.fc2");
    return;
  }
  writer.write_pair(stem + "htoh4", weights, block + "mlp.experts.htoh4");
  writer.write_pair(stem + "h4toh", weights, block + "mlp.experts.h4toh");
  write_gates(writer, stem, model, weights, block);
}

ModelConfig make_model(int height, int width, int dim, int heads, int depth) {
  ModelConfig model;
  model.name = "published";
  model.image.height = height;
  model.image.width = width;
  model.image.std = {256.0 / 255.0, 256.0 / 255.0, 256.0 / 255.0};
  model.embed_dim = dim;
  model.heads = heads;
  for (int i = 0; i < depth; ++i)
    model.blocks.push_back(i % 2 == 0 ? BlockKind::kMlp : BlockKind::kMoe);
  model.mlp_hidden = 4 * dim;
  model.moe = {16, 2, 2 * dim, GateKind::kPerTask, false, 0.0};
  TaskConfig semseg;
  semseg.name = "semseg";
  for (int c = 0; c < 7; ++c) {
    semseg.classes.push_back("class_" + std::to_string(c));
    semseg.colours.push_back({static_cast<std::uint8_t>(30 * c), 100, 200});
  }
  TaskConfig depth_task;
  depth_task.name = "depth";
  depth_task.kind = TaskKind::kDepth;
  model.tasks = {semseg, depth_task};
  model.synthetic_seed = 1;
  return model;
}

}  // namespace

ModelConfig published_model() { return make_model(128, 256, 192, 3, 12); }

ModelConfig small_published_model() { return make_model(32, 48, 24, 3, 4); }

TensorMap published_weights(const ModelConfig& model, std::uint64_t seed) {
  TensorMap weights = synthetic_weights(model, seed);
  clamp_to(weights.at("backbone.patch_embed.proj.weight"), -0.33F, 0.33F);
  // Tokens of -9..10.6 after the embedding, different enough to go to different experts.
  for (float& value : weights.at("backbone.pos_embed").data) value *= 2.5F;
  Outliers outliers(model, weights);
  for (int i = 0; i < model.depth(); ++i) {
    set_biases(model, i, weights);
    outliers.add(i, mixed(seed + static_cast<std::uint64_t>(i) + 1));
    if (model.blocks[static_cast<std::size_t>(i)] == BlockKind::kMoe) tie_gates(model, i, weights);
  }
  return weights;
}

Tensor published_image(const ModelConfig& model, std::uint64_t seed) {
  Tensor image{{3, model.image.height, model.image.width}, {}};
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < model.image.height; ++y) {
      for (int x = 0; x < model.image.width; ++x) {
        const auto noise = static_cast<int>(mixed(seed + image.data.size()) % 64);
        const int level = std::abs((x * (c + 2) + 3 * y) % 384 - 192) + noise;
        image.data.push_back(static_cast<float>(level % 256) / 256.0F);
      }
    }
  }
  return image;
}

void write_published_layout(const fs::path& folder, const ModelConfig& model, std::uint64_t seed) {
  const TensorMap weights = published_weights(model, seed);
  const Writer writer(folder);
  writer.write_pair("patch_embed", weights, "backbone.patch_embed.proj");
  std::vector<float> table = weights.at("backbone.pos_embed").data;
  const std::vector<float>& token = weights.at("backbone.cls_token").data;
  for (std::size_t c = 0; c < token.size(); ++c) table[c] += token[c];
  writer.write("pos_embed", table);
  for (int i = 0; i < model.depth(); ++i) write_block(writer, model, weights, i);
  const Tensor real = published_image(model, seed);
  writer.write("image", real.data);
  Image pixels{model.image.height, model.image.width, {}};
  const std::size_t plane = real.size() / 3;
  for (std::size_t p = 0; p < plane; ++p) {
    for (std::size_t c = 0; c < 3; ++c)
      pixels.rgb.push_back(static_cast<std::uint8_t>(real.data[c * plane + p] * 256.0F));
  }
  const TaskResult result = Reference(model, weights).run(pixels, 0);
  writer.write("l" + std::to_string(model.depth() - 1) + "_x_post_moe", result.tokens.data);
}

}  // namespace edgemoe::models::testing
