// SPDX-License-Identifier: Apache-2.0
/// The network in float32, straight from its specification: what the accelerator's results are
/// judged against.
///
/// Independent of the kernels: shares no arithmetic, table or layout with `hls/`. Matrix products
/// go through OpenBLAS, everything else is plain loops. Results depend on OpenBLAS's choice of
/// kernel and threads, hence on the machine, in the last bits; two runs on one machine with the
/// same number of threads are equal. Attention softmax is over all tokens; gates take a softmax
/// over all experts, then the top k with lower index winning ties, without renormalisation; GELU is
/// the exact erf form; LayerNorm is two-pass with biased variance.
#pragma once

#include <vector>

#include "models/io/tensor.hpp"
#include "models/reference/routing.hpp"
#include "models/reference/taps.hpp"
#include "models/reference/weights.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

struct TaskResult {
  int task = 0;
  Tensor tokens;    ///< [N, D], output of the last block, class token first, no final norm
  Routing routing;  ///< as used (forced or own)
  Tensor head;      ///< [C, H, W]; empty when the task has no head
};

/// One task of a frame: which task, where its taps go, which routing to use instead of its own.
struct TaskRequest {
  int task = 0;
  TapSink* sink = nullptr;
  /// Experts of every mixture-of-experts block; scores come from the network's own softmax at these
  /// experts, and the configuration's score threshold is not applied. Scores in it are ignored.
  const Routing* forced = nullptr;
};

/// Not modified by running: one object may serve several threads.
class Reference {
 public:
  /// Throws DataError when the weights do not fit the configuration. `tensors` must outlive the
  /// object.
  Reference(const ModelConfig& model, const TensorMap& tensors);

  /// One task. Throws DataError for an image of another size than the configuration's,
  /// std::invalid_argument for an unknown task or a forced routing that does not fit.
  TaskResult run(const Image& image, int task, TapSink* sink = nullptr,
                 const Routing* forced = nullptr) const;

  /// Several tasks of a frame: what does not depend on the task (embedding, blocks before the first
  /// mixture of experts and the attention of that block) is computed once. Results in the order of
  /// the requests, equal to those of `run`.
  std::vector<TaskResult> run_tasks(const Image& image,
                                    const std::vector<TaskRequest>& requests) const;

  /// A task's head on tokens [N, D] from anywhere, for instance from the kernels: [C, H, W], empty
  /// without a head.
  Tensor head_forward(const Tensor& tokens, int task) const;

  const ModelConfig& model() const { return model_; }

 private:
  ModelConfig model_;
  Weights weights_;
};

}  // namespace edgemoe::models
