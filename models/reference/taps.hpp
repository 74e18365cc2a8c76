// SPDX-License-Identifier: Apache-2.0
/// Named intermediate tensors ("taps") of one run, and where they go.
///
/// Names are the stable ones of the command line: `embed`, `lNN.norm1`, `lNN.q`, `lNN.k`, `lNN.v`,
/// `lNN.attn`, `lNN.proj`, `lNN.x_attn`, `lNN.norm2`, `lNN.mlp.hidden`, `lNN.mlp.out`,
/// `lNN.moe.logits`, `lNN.moe.index`, `lNN.moe.score`, `lNN.moe.hidden`, `lNN.moe.out`, `lNN.x`,
/// `head.TASK`; NN is the block number, two digits or more.
///
/// Shapes: [N, D] for token tensors (row 0 is the class token); [N, hidden] for `mlp.hidden`; [N,
/// E] for logits; [N, k] for index (integers held as float) and score; [N, k, hidden] for
/// `moe.hidden` (zero where a slot is empty); [C, H, W] for heads. `lNN.q`, `lNN.k`, `lNN.v` are
/// the linear layer's outputs with all biases added.
#pragma once

#include <set>
#include <string>

#include "models/io/tensor.hpp"

namespace edgemoe::models {

/// Receives taps while a network runs. Taps of the part shared by several tasks go to every task's
/// sink.
class TapSink {
 public:
  virtual ~TapSink() = default;
  /// False lets the network skip the copy.
  virtual bool wants(const std::string& name) const {
    (void)name;
    return true;
  }
  virtual void tap(const std::string& name, Tensor value) = 0;
};

/// Keeps the taps it is asked for (all when `names` is empty).
class TapRecorder : public TapSink {
 public:
  TapRecorder() = default;
  explicit TapRecorder(std::set<std::string> names) : names_(std::move(names)) {}

  bool wants(const std::string& name) const override {
    return names_.empty() || names_.count(name) != 0;
  }
  void tap(const std::string& name, Tensor value) override { taps_[name] = std::move(value); }

  const TensorMap& taps() const { return taps_; }
  TensorMap& taps() { return taps_; }

 private:
  std::set<std::string> names_;
  TensorMap taps_;
};

/// `block_tap(3, "moe.out")` is "l03.moe.out".
std::string block_tap(int block, const char* what);

}  // namespace edgemoe::models
