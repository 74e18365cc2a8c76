// SPDX-License-Identifier: Apache-2.0
/// The integer constants of each layer in w8a8: weights, multipliers, biases, shifts. Not for use
/// outside this folder. layer_formats.hpp has the same for every precision.
///
/// Biases that cancel against products (pixel mean, zero point of the hidden layer) are computed
/// from the quantised weights and the multipliers as rounded, so that the cancellation holds in the
/// integers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/compiler/quantise.hpp"
#include "host/compiler/requantise.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// Real value of one step of the block's static activations.
struct BlockScales {
  double q = 0, k = 0, v = 0, out = 0, hidden = 0;
  int zero_point = 0;
  double norm1 = 0, norm2 = 0;  ///< of z; w8a8: of z16 per unit of S_t
};
BlockScales read_block_scales(const models::TensorMap& weights, int block);

struct LinearLayer {
  QuantMatrix matrix;
  RequantPlan plan;
  std::vector<std::int32_t> bias;
};

/// Patch convolution as [D][3 P P] with 1 / (255 std) in the weights and the mean in the bias.
LinearLayer embed_layer(const models::ModelConfig& model, const models::TensorMap& weights);
/// Without the K and V biases: K's drops out of the softmax, V's is in proj.
LinearLayer qkv_layer(const models::ModelConfig& model, const models::TensorMap& weights, int block,
                      const BlockScales& scales);
LinearLayer proj_layer(const models::ModelConfig& model, const models::TensorMap& weights,
                       int block, const BlockScales& scales);
LinearLayer fc1_layer(const models::ModelConfig& model, const models::TensorMap& weights,
                      int block);
LinearLayer fc2_layer(const models::ModelConfig& model, const models::TensorMap& weights, int block,
                      const BlockScales& scales);

/// Gate weights as they lie in the image: two digits of E' channels each (w8a8), or E channels.
struct GateLayer {
  QuantMatrix matrix;
  std::vector<std::int32_t> bias;  ///< [E], in steps of the logits
  std::uint8_t shift = 0;          ///< gate_shift of the command
};
GateLayer gate_layer(const models::ModelConfig& model, const models::TensorMap& weights, int block,
                     int task);

/// All experts of a block; the command's shifts are common, so both plans span all of them.
struct ExpertLayers {
  std::vector<QuantMatrix> up, down;
  RequantPlan up_plan, down_plan;                ///< multiplier index: expert * channels + channel
  std::vector<std::int32_t> up_bias, down_bias;  ///< same index
};
ExpertLayers expert_layers(const models::ModelConfig& model, const models::TensorMap& weights,
                           int block, const BlockScales& scales);

struct NormLayer {
  std::vector<std::int32_t> gamma, beta;
  std::uint8_t gamma_frac = 0;
  std::uint8_t output_shift = 0;  ///< w16a16: LSB 2^-16 to the step of z
  std::uint32_t inv_d = 0, sqrt_d = 0;
  std::uint64_t eps_acc = 0;
};
NormLayer norm_layer(const models::ModelConfig& model, const models::TensorMap& weights,
                     const std::string& name);

struct AttentionConstants {
  ScaledFactor score;
  std::uint16_t out_mult = 0;
  std::uint8_t r1 = 0, r2 = 0;
};
AttentionConstants attention_constants(const models::ModelConfig& model, const BlockScales& scales,
                                       int block);

/// GELU output (LSB 2^-15) to hidden steps.
ScaledFactor gelu_factor(const BlockScales& scales, int block);

/// Position table, int32 [N][D], LSB 2^-16, patches first, class token folded into the last row.
std::vector<std::int32_t> position_table(const models::ModelConfig& model,
                                         const models::TensorMap& weights);

/// K and V biases of a block, [D] each: what taps add back.
std::vector<float> qkv_bias_part(const models::ModelConfig& model, const models::TensorMap& weights,
                                 int block, int part);

}  // namespace edgemoe::host
