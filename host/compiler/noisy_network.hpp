// SPDX-License-Identifier: Apache-2.0
/// The float network with noise at every quantisation site (bounds.hpp). Not for use outside this
/// folder.
#pragma once

#include <string>
#include <vector>

#include "host/compiler/bounds.hpp"
#include "host/compiler/noise_formats.hpp"
#include "host/compiler/noise_sites.hpp"
#include "models/reference/weights.hpp"

namespace edgemoe::host {

class NoisyNetwork {
 public:
  /// `weights` are rounded already; all arguments must outlive the object.
  NoisyNetwork(const models::ModelConfig& model, program::Precision precision,
               const models::TensorMap& weights, const models::TensorMap& quant, int task,
               const models::TensorMap& reference, int draw, const NoiseSites& sites = {});

  /// Throws DataError when the image or a tap does not fit.
  TapNoise run(const models::Image& image);
  /// After a run: the last block's output, [N, D], class token first.
  models::Tensor tokens() const;

 private:
  using Rows = std::vector<float>;  ///< [N][...]

  void embed(const models::Image& image);
  void attention(int block, const BlockNoise& steps);
  Rows attend(int block, const BlockNoise& steps, Rows qkv);
  void dense(int block, const BlockNoise& steps);
  void experts(int block, const BlockNoise& steps);
  void add_expert(int block, int expert, const Rows& z, const Rows& scores, const BlockNoise& steps,
                  NoiseSource* noise, Rows* out);
  Rows norm(int block, const char* name, const models::NormView& view,
            const std::optional<NoiseFormat>& format, bool fine);
  void add_residual(const Rows& contribution, const std::string& site);
  void hide(const BlockNoise& steps, NoiseSource* noise, Rows* hidden);
  /// Notes the noise of a tap: `value` against the reference.
  void judge(const std::string& tap, const Rows& value);
  const models::Tensor& reference(const std::string& tap, std::size_t size) const;

  const models::ModelConfig& model_;
  NoiseSites sites_;
  NetworkNoise formats_;
  const models::TensorMap& quant_;
  const models::TensorMap& reference_;
  models::Weights weights_;
  int task_;
  int draw_;
  std::size_t tokens_, dim_;
  Rows x_;
  TapNoise noise_;
};

}  // namespace edgemoe::host
