// SPDX-License-Identifier: Apache-2.0
#include "models/reference/backbone.hpp"

#include <algorithm>
#include <array>

#include "models/reference/attention.hpp"
#include "models/reference/gemm.hpp"
#include "models/reference/moe.hpp"
#include "models/reference/vector_math.hpp"

namespace edgemoe::models {
namespace {

/// Real value of each of the 256 levels per channel.
std::array<std::array<float, 256>, 3> pixel_table(const ImageConfig& image) {
  std::array<std::array<float, 256>, 3> table{};
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t k = 0; k < 256; ++k) {
      table[c][k] =
          static_cast<float>((static_cast<double>(k) / 255.0 - image.mean[c]) / image.std[c]);
    }
  }
  return table;
}

/// [patches, 3 * patch * patch], patches row-major over the grid, columns (channel, y, x).
std::vector<float> patch_rows(const ModelConfig& model, const Image& image) {
  const auto table = pixel_table(model.image);
  const int p = model.patch;
  std::vector<float> rows;
  rows.reserve(static_cast<std::size_t>(model.patches()) * 3 * p * p);
  for (int patch = 0; patch < model.patches(); ++patch) {
    const int top = patch / model.grid_width() * p;
    const int left = patch % model.grid_width() * p;
    for (std::size_t c = 0; c < 3; ++c) {
      for (int y = top; y < top + p; ++y) {
        const std::size_t first = (static_cast<std::size_t>(y) * image.width + left) * 3 + c;
        for (std::size_t x = 0; x < static_cast<std::size_t>(p); ++x) {
          rows.push_back(table[c][image.rgb[first + 3 * x]]);
        }
      }
    }
  }
  return rows;
}

}  // namespace

Backbone::Backbone(const ModelConfig& model, const Weights& weights, int task,
                   std::vector<TapSink*> sinks)
    : model_(&model),
      weights_(&weights),
      task_(task),
      sinks_(std::move(sinks)),
      rows_(model.tokens()),
      dim_(model.embed_dim) {
  const auto n = static_cast<std::size_t>(rows_);
  const auto d = static_cast<std::size_t>(dim_);
  x_.resize(n * d);
  z_.resize(n * d);
  branch_.resize(n * d);
  joined_.resize(n * d);
  qkv_.resize(3 * n * d);
  scores_.resize(n * n);
}

void Backbone::assign(int task, TapSink* sink) {
  task_ = task;
  sinks_.clear();
  if (sink != nullptr) {
    sinks_.push_back(sink);
  }
}

void Backbone::embed(const Image& image) {
  const std::vector<float> patches = patch_rows(*model_, image);
  std::copy_n(weights_->cls_token(), dim_, x_.begin());
  linear(patches.data(), model_->patches(), weights_->patch(), x_.data() + dim_);
  add_to(x_.data(), weights_->pos_embed(), x_.size());
  emit_tokens("embed", x_);
}

void Backbone::run_attention(int block) {
  const BlockView& w = weights_->block(block);
  const auto n = static_cast<std::size_t>(rows_);
  const auto d = static_cast<std::size_t>(dim_);
  const float eps = static_cast<float>(model_->norm_eps);
  layer_norm(x_.data(), n, d, w.norm1.weight, w.norm1.bias, eps, z_.data());
  emit_tokens(block_tap(block, "norm1"), z_);
  linear(z_.data(), rows_, w.qkv, qkv_.data());
  emit_qkv(block);
  attend(qkv_, rows_, dim_, model_->heads, scores_, joined_);
  emit_tokens(block_tap(block, "attn"), joined_);
  linear(joined_.data(), rows_, w.proj, branch_.data());
  emit_tokens(block_tap(block, "proj"), branch_);
  add_residual(block, "x_attn");
  layer_norm(x_.data(), n, d, w.norm2.weight, w.norm2.bias, eps, z_.data());
  emit_tokens(block_tap(block, "norm2"), z_);
}

void Backbone::run_feed_forward(int block, const BlockRouting* forced) {
  if (model_->blocks[static_cast<std::size_t>(block)] == BlockKind::kMlp) {
    run_mlp(block);
  } else {
    run_moe(block, forced);
  }
  add_residual(block, "x");
}

void Backbone::run_mlp(int block) {
  const BlockView& w = weights_->block(block);
  hidden_.resize(static_cast<std::size_t>(rows_) * static_cast<std::size_t>(w.fc1.out));
  linear(z_.data(), rows_, w.fc1, hidden_.data());
  gelu(hidden_.data(), hidden_.size());
  emit(block_tap(block, "mlp.hidden"), hidden_, {rows_, w.fc1.out});
  linear(hidden_.data(), rows_, w.fc2, branch_.data());
  emit_tokens(block_tap(block, "mlp.out"), branch_);
}

void Backbone::run_moe(int block, const BlockRouting* forced) {
  const MoeConfig& moe = model_->moe;
  const BlockView& w = weights_->block(block);
  std::vector<float> logits;
  gate_logits(z_.data(), rows_, dim_, weights_->gate(block, task_),
              weights_->gate_bias(block, task_), moe.experts, &logits);
  emit(block_tap(block, "moe.logits"), logits, {rows_, moe.experts});
  BlockRouting routing = forced == nullptr
                             ? route_tokens(logits, rows_, moe.experts, moe.top_k, moe.threshold)
                             : score_forced(logits, rows_, moe.experts, moe.top_k, *forced);
  emit_routing(block, routing);
  const std::string hidden_name = block_tap(block, "moe.hidden");
  const bool keep_hidden = wanted(hidden_name);
  dispatch_experts(z_, w, routing, branch_, keep_hidden ? &hidden_ : nullptr);
  if (keep_hidden) {
    emit(hidden_name, hidden_, {rows_, moe.top_k, moe.hidden});
  }
  emit_tokens(block_tap(block, "moe.out"), branch_);
  routing_.blocks[block] = std::move(routing);
}

void Backbone::add_residual(int block, const char* name) {
  add_to(x_.data(), branch_.data(), x_.size());
  emit_tokens(block_tap(block, name), x_);
}

Tensor Backbone::tokens() const { return {{rows_, dim_}, x_}; }

bool Backbone::wanted(const std::string& name) const {
  return std::any_of(sinks_.begin(), sinks_.end(),
                     [&](const TapSink* sink) { return sink->wants(name); });
}

void Backbone::emit(const std::string& name, const std::vector<float>& data,
                    const std::vector<std::int64_t>& shape) const {
  for (TapSink* sink : sinks_) {
    if (sink->wants(name)) {
      sink->tap(name, Tensor{shape, data});
    }
  }
}

void Backbone::emit_tokens(const std::string& name, const std::vector<float>& data) const {
  emit(name, data, {rows_, dim_});
}

void Backbone::emit_qkv(int block) const {
  const char* const names[] = {"q", "k", "v"};
  const auto d = static_cast<std::size_t>(dim_);
  for (std::size_t part = 0; part < 3; ++part) {
    const std::string name = block_tap(block, names[part]);
    if (!wanted(name)) {
      continue;
    }
    std::vector<float> values(x_.size());
    for (std::size_t t = 0; t < static_cast<std::size_t>(rows_); ++t) {
      std::copy_n(qkv_.data() + (3 * t + part) * d, d, values.data() + t * d);
    }
    emit_tokens(name, values);
  }
}

void Backbone::emit_routing(int block, const BlockRouting& routing) const {
  const std::vector<std::int64_t> shape{routing.tokens, routing.top_k};
  emit(block_tap(block, "moe.index"),
       std::vector<float>(routing.index.begin(), routing.index.end()), shape);
  emit(block_tap(block, "moe.score"), routing.score, shape);
}

}  // namespace edgemoe::models
