// SPDX-License-Identifier: Apache-2.0
/// The weights of a network: which tensors a configuration needs, a checked view of them, and where
/// they come from.
///
/// Names are those of m3vit checkpoints without the `module.` prefix; batch normalisation of the
/// heads is folded into the convolutions. Linear weights are [out, in]; gates are [D, E], their
/// optional biases [E]; convolutions are [out, in, k, k]. `quant.*` tensors may be present and are
/// ignored here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

/// A tensor that a configuration needs.
struct TensorSpec {
  std::string name;
  std::vector<std::int64_t> shape;
};

/// All tensors of the network and of the heads that the configuration has, in network order.
std::vector<TensorSpec> expected_tensors(const ModelConfig& model);

/// Every disagreement between tensors and configuration, one line each: missing, surplus, wrong
/// shape, non-finite values (also in `quant.*`, whose presence is otherwise not judged). Empty when
/// all is well.
std::vector<std::string> weight_problems(const ModelConfig& model, const TensorMap& tensors);

/// Throws DataError with all of `weight_problems`, one a line, when there are any.
void check_weights(const ModelConfig& model, const TensorMap& tensors);

struct NormView {
  const float* weight = nullptr;  ///< [size]
  const float* bias = nullptr;    ///< [size]
  int size = 0;
};

struct LinearView {
  const float* weight = nullptr;  ///< [out, in]
  const float* bias = nullptr;    ///< [out]
  int out = 0;
  int in = 0;
};

struct ConvView {
  const float* weight = nullptr;  ///< [out, in, kernel, kernel]
  const float* bias = nullptr;    ///< [out]
  int out = 0;
  int in = 0;
  int kernel = 1;
};

struct BlockView {
  NormView norm1, norm2;
  LinearView qkv, proj;
  LinearView fc1, fc2;                    ///< dense blocks
  std::vector<const float*> gates;        ///< [D, E] each; one per task, or a single shared one
  std::vector<const float*> gate_biases;  ///< [E] each; empty when gates have none
  std::vector<LinearView> up, down;       ///< experts' first and second matrix
};

struct HeadView {
  NormView norm;
  std::vector<ConvView> convs;  ///< empty: the task has no head
};

/// Pointers into a TensorMap, which must outlive the view. Everything is checked on construction.
class Weights {
 public:
  /// Throws DataError that lists all problems.
  Weights(const ModelConfig& model, const TensorMap& tensors);

  const float* cls_token() const { return cls_token_; }  ///< [D]
  const float* pos_embed() const { return pos_embed_; }  ///< [N, D]
  const LinearView& patch() const {
    return patch_;
  }  ///< [D, 3 * patch * patch], columns channel-major
  const BlockView& block(int i) const { return blocks_[static_cast<std::size_t>(i)]; }
  const HeadView& head(int task) const { return heads_[static_cast<std::size_t>(task)]; }
  /// Gate of a block for a task: the task's own or the shared one.
  const float* gate(int block, int task) const;
  /// Its bias [E]; null when gates have none.
  const float* gate_bias(int block, int task) const;

 private:
  const float* cls_token_ = nullptr;
  const float* pos_embed_ = nullptr;
  LinearView patch_;
  std::vector<BlockView> blocks_;
  std::vector<HeadView> heads_;
};

/// The configuration's weights: its files, or seeded synthetic ones when it says so. Checked;
/// throws DataError. The result keeps `quant.*` tensors.
TensorMap load_weights(const ModelConfig& model);

/// Seeded weights with the statistics of a trained network: unit-variance normalised activations, a
/// residual stream that grows to a few units, gates that spread the tokens over most experts and
/// correlate between tasks. Same result on every platform (integer generator, exact conversions);
/// independent of the order of tensors.
TensorMap synthetic_weights(const ModelConfig& model, std::uint64_t seed);

}  // namespace edgemoe::models
