// SPDX-License-Identifier: Apache-2.0
/// Quantisation parameters for a model that has none (synthetic weights): the `quant.*` tensors.
///
/// Weight scales: max |w| / 127 per output channel. Activation scales: the largest magnitude seen
/// in reference taps, plus 5 % headroom, over 127; K, V and the attention output without the biases
/// that are folded elsewhere. Hidden layer: [min, max] of the GELU output (0 included) over 255
/// steps, zero point = round(-min / step). Training with fake quantisation or a calibration does
/// better; this is the plain rule.
#pragma once

#include <vector>

#include "hls/program/image.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// True when the parameters that a precision needs are there: `quant.w16a16.*` for w16a16, any
/// other `quant.*` for w8a8. w16a32 needs none.
bool has_quantisation(const models::TensorMap& weights,
                      program::Precision precision = program::Precision::kW8A8);

/// Steps of the w16a16 activations alone, `quant.w16a16.blocks.I.*`: the smallest power of two with
/// which 1.5 times the largest magnitude seen fits +-32767 (LayerNorm outputs: at least 2^-16, the
/// step that they are computed with; GELU outputs: 2^-22). Needs lNN.norm1 and lNN.norm2 besides.
models::TensorMap derive_w16a16(const models::ModelConfig& model, const models::TensorMap& weights,
                                const std::vector<models::TensorMap>& taps);

/// The `quant.*` tensors alone. `taps`: one map per reference run (image and task), keyed by tap
/// name; needs lNN.q, lNN.k, lNN.v, lNN.attn and lNN.mlp.hidden or lNN.moe.hidden of every block.
/// Throws DataError when a tap or weight is missing.
models::TensorMap derive_quantisation(const models::ModelConfig& model,
                                      const models::TensorMap& weights,
                                      const std::vector<models::TensorMap>& taps);
models::TensorMap derive_quantisation(const models::ModelConfig& model,
                                      const models::TensorMap& weights,
                                      const models::TensorMap& taps);

/// What the precision needs; nothing for w16a32.
models::TensorMap derive_parameters(program::Precision precision, const models::ModelConfig& model,
                                    const models::TensorMap& weights,
                                    const std::vector<models::TensorMap>& taps);

}  // namespace edgemoe::host
