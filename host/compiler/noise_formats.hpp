// SPDX-License-Identifier: Apache-2.0
/// The steps of every quantisation site of a precision, for the prediction of noise (bounds.hpp).
/// Not for use outside this folder.
#pragma once

#include <optional>
#include <string>

#include "hls/program/image.hpp"
#include "host/compiler/noise_source.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// Activations of one block.
struct BlockNoise {
  std::optional<NoiseFormat> norm1, norm2;  ///< empty: a step per token (w8a8)
  NoiseFormat q, k, v, out, hidden;
};

/// ReLU minus the gap to GELU, interpolated between multiples of 1/32 and 0 from 5.5 on: the form
/// that every precision uses. Its error is no noise (the chords of a curve lie on one side of it),
/// and beside the noise of 16 bits it shows.
void interpolated_gelu(float* x, std::size_t count);

/// Properties that hold for the whole network.
struct NetworkNoise {
  program::Precision precision = program::Precision::kW8A8;
  NoiseFormat residual;
  bool folds_biases = true;        ///< Q, K, V and the attention output are coded without K's, V's
  float exponential_levels = 0.0;  ///< of the softmax' maximum; 0: not worth a site
  float score_limit = 0.0;         ///< q k wraps there before it is scaled; 0: it never does
};

NetworkNoise network_noise(program::Precision precision);
BlockNoise block_noise(program::Precision precision, const models::TensorMap& quant, int block);

/// Rounds every weight of the backbone as the precision's format defines it (and the biases and
/// gains, where their formats are coarse). Written from the definitions, not from what the compiler
/// places in the image. `weights` holds the scales.
void round_weights(program::Precision precision, const models::ModelConfig& model,
                   const models::TensorMap& weights, models::TensorMap* backbone);

}  // namespace edgemoe::host
