// SPDX-License-Identifier: Apache-2.0
/// Predicted quantisation noise of every tap, relative to its signal: what `compare` doubles into
/// its bound.
///
/// Model:   every rounding of a precision that matters (w8a8 in words; noise_formats.cpp has all)
/// is replaced by additive noise, uniform over one step of its format
///          and independent from element to element; values outside a format's range are clamped.
///          The noise runs through the float network itself (its real weights, its non-linear
///          functions), with the experts of the reference forced. Sites: weights (per-channel
///          steps), LayerNorm outputs (a step per token; 1/256 of it for gates), Q, K, V,
///          un-normalised exponentials, attention output, GELU output, residual.
/// Truncation: noise of a format that truncates (w16a32) is uniform over the step below the value,
///          so its bias is predicted too.
/// Left out, below a hundredth of the above: 15-bit gate weights, multipliers M_n, the rounding
/// inside LayerNorm
///          and reciprocals, table interpolation of exp2 and GELU, the 27-bit intermediate.
/// Independent of the kernels: no table, packing, multiplier or shift of theirs is used, and
/// nothing is fitted to
///          what they deliver. Steps come from the same `quant.*` tensors.
/// Result:  noise power over signal power (NSR = 1 / SQNR) per tap name without task. Mean of
/// kDraws draws: noise that is common to
///          all tokens (of weights) makes a single draw spread by a third at some taps.
/// /// Cost:    a copy of the weights, and about one run of the float reference per draw.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hls/program/image.hpp"
#include "host/compiler/lowered.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

constexpr int kDraws = 2;

using TapNoise = std::map<std::string, double>;

class NoisePredictor {
 public:
  /// `weights` holds backbone and `quant.*` tensors. Throws DataError like compile().
  NoisePredictor(const models::ModelConfig& model, const models::TensorMap& weights,
                 program::Precision precision = program::Precision::kW8A8, int draws = kDraws);

  /// `reference`: all taps of the float network's run of this image and task. Throws DataError when
  /// one is missing or has another size.
  TapNoise predict(const models::Image& image, int task, const models::TensorMap& reference) const;

 private:
  models::ModelConfig model_;
  program::Precision precision_;
  std::vector<models::TensorMap> noisy_;  ///< per draw: backbone with noise on its weights
  models::TensorMap quant_;               ///< scalar steps
};

/// Writes the predictions to the taps of a program; taps without one keep 0.
void annotate_noise(const TapNoise& noise, LoweredProgram* program);

}  // namespace edgemoe::host
