// SPDX-License-Identifier: Apache-2.0
/// Checked access to named weights and their quantisation parameters. Not for use outside this
/// folder.
#pragma once

#include <string>
#include <vector>

#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

using Shape = std::vector<std::int64_t>;

/// Names of one block's tensors, without `backbone.` in front and without `.weight` behind:
/// `blocks.3.attn.qkv`.
std::string block_name(int block, const std::string& what);

/// Throws DataError unless the tensor exists, has `shape` and only finite values.
const models::Tensor& find_tensor(const models::TensorMap& tensors, const std::string& name,
                                  const Shape& shape);

const models::Tensor& find_weight(const models::TensorMap& tensors, const std::string& layer,
                                  const Shape& shape);  ///< backbone.LAYER.weight
const models::Tensor& find_bias(const models::TensorMap& tensors, const std::string& layer,
                                const Shape& shape);  ///< backbone.LAYER.bias
/// quant.LAYER.scale; every element > 0.
const models::Tensor& find_scale(const models::TensorMap& tensors, const std::string& layer,
                                 const Shape& shape);
/// quant.NAME, one element (shape [] or [1]); > 0 when `positive`.
double find_scalar(const models::TensorMap& tensors, const std::string& name, bool positive);

/// Gate of a block for a task: `blocks.I.mlp.gate[.T].w_gate`, [D, E].
const models::Tensor& find_gate(const models::ModelConfig& model, const models::TensorMap& tensors,
                                int block, int task);
/// Its bias `blocks.I.mlp.gate[.T].bias` [E]; null when the model's gates have none.
const models::Tensor* find_gate_bias(const models::ModelConfig& model,
                                     const models::TensorMap& tensors, int block, int task);

}  // namespace edgemoe::host
