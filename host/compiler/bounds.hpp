// SPDX-License-Identifier: Apache-2.0
/// Predicted quantisation noise of every tap, relative to its signal, and from it the bound that
/// `compare` prints.
///
/// Model:   the float network with every rounding of a precision that matters (w8a8 in words;
///          noise_formats.cpp has all) and the experts of the reference forced. What is known is
///          computed: weights are rounded as their formats define it, values outside a format's
///          range are clamped, or wrapped where the format wraps (w16a32), the GELU table of 16
///          bits is interpolated. What depends on values is noise, uniform over one step of its
///          format and independent from element to element: LayerNorm outputs (a step per token;
///          1/256 of it for gates), Q, K, V, un-normalised exponentials, attention output, GELU
///          output, residual. It runs through the network's own weights and non-linear functions.
/// Truncation: noise of a format that truncates (w16a32) is uniform over the step below the value,
///          so its bias is predicted too.
/// Left out, below a hundredth of the above: 15-bit gate weights, multipliers M_n, the rounding
///          inside LayerNorm and reciprocals, table interpolation of exp2, the 27-bit intermediate.
/// Independent of the kernels and of what the compiler writes: no table, packing, multiplier or
///          shift of theirs is used, and nothing is fitted to what they deliver. Steps come from
///          the same `quant.*` tensors.
/// Result:  per tap name without task the noise power over signal power (NSR = 1 / SQNR), mean of
///          several draws, and of how many independent values it is a mean: a chi-square of n
///          degrees of freedom has the relative variance 2 / n, so n is 2 over that of the draws.
///          It is in the thousands where every element errs on its own, and below ten where most of
///          the error has one cause: an attention head whose queries all look at the same key, or
///          a network of a few tokens.
/// Bound:   factor (2 unless told otherwise: what is left out, and what is not quite uniform) times
///          the prediction; more where the power is the mean of so few independent values that a
///          sound tap would exceed that by chance more often than kFalseAlarm (bound_of). A few
///          draws may miss the rare large ones of a mean of few values: a tap that is out is judged
///          again with kManyDraws (host/run/golden.hpp).
/// Cost:    a copy of the weights, and about one run of the float reference per draw.
#pragma once

#include <limits>
#include <map>
#include <string>

#include "hls/program/image.hpp"
#include "host/compiler/lowered.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

constexpr int kDraws = 4;
constexpr int kManyDraws = 32;
constexpr double kFalseAlarm = 1e-5;  ///< probability per tap, image and task

/// Noise power over signal power per tap.
using TapNoise = std::map<std::string, double>;

struct Prediction {
  double noise = 0.0;
  double values = std::numeric_limits<double>::infinity();  ///< independent, that it is a mean of
  int draws = 1;
};
using TapPredictions = std::map<std::string, Prediction>;

/// Largest error power over signal power that is accepted: the larger of `factor` and the
/// 1 - kFalseAlarm quantile of the power of `values` values over its mean in that many draws
/// (Fisher's F), times the prediction.
double bound_of(const Prediction& prediction, double factor);

class NoisePredictor {
 public:
  /// `weights` holds backbone and `quant.*` tensors. Throws DataError like compile().
  NoisePredictor(const models::ModelConfig& model, const models::TensorMap& weights,
                 program::Precision precision = program::Precision::kW8A8);

  /// `reference`: all taps of the float network's run of this image and task. Throws DataError when
  /// one is missing or has another size.
  TapPredictions predict(const models::Image& image, int task, const models::TensorMap& reference,
                         int draws = kDraws) const;

 private:
  models::ModelConfig model_;
  program::Precision precision_;
  models::TensorMap rounded_;  ///< backbone
  models::TensorMap quant_;    ///< scalar steps
};

}  // namespace edgemoe::host
