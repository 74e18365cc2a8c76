// SPDX-License-Identifier: Apache-2.0
/// What the layers of attention and feed-forward share. Not for use outside this folder.
#pragma once

#include <string>

#include "host/compiler/layers.hpp"

namespace edgemoe::host {

constexpr int kInt8Max = 127;
constexpr int kHiddenMax = 255;
constexpr int kTokenScaleExponent = -17;  ///< z8 * S_t * 2^-17

/// Quantised `backbone.NAME.weight` [out][in] with its `quant.NAME.scale`.
QuantMatrix read_matrix(const models::TensorMap& weights, const std::string& name, int out, int in);

/// Bounds of all channels for inputs up to max_input; factors are left at 0.
RequantRequest request_for(const QuantMatrix& matrix, const std::string& name, int max_input);

/// Patch weights with 1 / (255 std) of their colour channel.
std::vector<float> scaled_patch_weights(const models::ModelConfig& model,
                                        const models::Tensor& weight);
/// sum over inputs of the integer weight * 255 mean: what a mean-coloured patch accumulates.
double mean_accumulator(const models::ModelConfig& model, const QuantMatrix& matrix, int channel);

/// Projection bias with V's folded in: b + W b_v.
std::vector<double> folded_proj_bias(const models::ModelConfig& model,
                                     const models::TensorMap& weights, int block);

/// Gate weights with a row per expert: as stored they are [D][E].
std::vector<float> turned_gate(const models::ModelConfig& model, const models::TensorMap& weights,
                               int block, int task);
/// Its bias, zeros without one.
std::vector<float> gate_bias(const models::ModelConfig& model, const models::TensorMap& weights,
                             int block, int task);

/// D, epsilon and so on of a LayerNorm; no gains.
void set_norm_constants(const models::ModelConfig& model, NormLayer* layer);

}  // namespace edgemoe::host
