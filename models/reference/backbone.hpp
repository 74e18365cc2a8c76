// SPDX-License-Identifier: Apache-2.0
/// The state of one pass through the backbone: tokens, normalised tokens, scratch, routing so far.
#pragma once

#include <vector>

#include "models/io/tensor.hpp"
#include "models/reference/routing.hpp"
#include "models/reference/taps.hpp"
#include "models/reference/weights.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

/// Call embed, then per block run_attention and run_feed_forward in order. A copy continues on its
/// own, which is how the part that tasks share is computed once.
class Backbone {
 public:
  /// `model` and `weights` must outlive the object; sinks are not null.
  Backbone(const ModelConfig& model, const Weights& weights, int task, std::vector<TapSink*> sinks);

  /// Continues for this task and sink (null for none).
  void assign(int task, TapSink* sink);

  /// Patches, class token and positions; the image has the model's size.
  void embed(const Image& image);
  /// x += attention(norm1(x)), then z = norm2(x).
  void run_attention(int block);
  /// x += mlp(z), or the mixture of experts of z with its own routing or that of `forced`.
  void run_feed_forward(int block, const BlockRouting* forced);

  Tensor tokens() const;
  const Routing& routing() const { return routing_; }

 private:
  void run_mlp(int block);
  void run_moe(int block, const BlockRouting* forced);
  void add_residual(int block, const char* name);
  void emit(const std::string& name, const std::vector<float>& data,
            const std::vector<std::int64_t>& shape) const;
  void emit_tokens(const std::string& name, const std::vector<float>& data) const;
  void emit_qkv(int block) const;
  void emit_routing(int block, const BlockRouting& routing) const;
  bool wanted(const std::string& name) const;

  const ModelConfig* model_;
  const Weights* weights_;
  int task_;
  std::vector<TapSink*> sinks_;
  int rows_;  // tokens
  int dim_;   // embed_dim
  std::vector<float> x_, z_, branch_, joined_, qkv_, scores_, hidden_;
  Routing routing_;
};

}  // namespace edgemoe::models
