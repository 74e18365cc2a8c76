// SPDX-License-Identifier: Apache-2.0
/// Calibration: the quantisation parameters of a float model, from its weights and from what the
/// float reference computes for sample images.
///
/// w8a8:    `quant.*` (models/README.md). Weights: per output channel the scale with the smallest
///          squared error among clippings at 100 .. 60 % of the largest magnitude. Activations: the
///          clipping with the smallest squared error over all values seen, or 5 % headroom where
///          none gains a fifth, K, V and the attention output without the biases that are left out
///          or folded elsewhere; GELU output from its smallest value on, zero point = round(-low /
///          step).
/// w16a16:  `quant.w16a16.*`: the smallest power of two with which 1.5 times the largest magnitude
///          seen fits +-32767 (LayerNorm outputs: at least 2^-16, GELU outputs 2^-22: the steps
///          that they are computed with).
/// w16a32:  nothing.
/// Errors:  DataError for a tap that is missing, not finite or of the wrong width, or for weights
///          that are.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hls/program/image.hpp"
#include "host/compiler/tap_histogram.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// True when the parameters that a precision needs are there.
bool has_quantisation(const models::TensorMap& weights,
                      program::Precision precision = program::Precision::kW8A8);

class Calibrator {
 public:
  /// Arguments must outlive the object.
  Calibrator(program::Precision precision, const models::ModelConfig& model,
             const models::TensorMap& weights);

  /// Names of the reference taps that `add` reads, without task.
  std::set<std::string> needed_taps() const;
  /// One run of the reference: one image and task. Only statistics are kept.
  void add(const models::TensorMap& taps);
  /// The parameters alone.
  models::TensorMap finish() const;

 private:
  /// A tap, the parameter that it becomes, and what is taken off every row of it.
  struct Site {
    std::string tap;
    std::string name;
    std::vector<float> offset;
    int smallest_exponent;  ///< w16a16
    bool is_hidden;
    TapHistogram seen;
  };

  void add_sites(int block);
  void finish_site(const Site& site, models::TensorMap* quant) const;

  program::Precision precision_;
  const models::ModelConfig& model_;
  const models::TensorMap& weights_;
  std::vector<Site> sites_;
};

/// All of it for runs at hand.
models::TensorMap calibrate(program::Precision precision, const models::ModelConfig& model,
                            const models::TensorMap& weights,
                            const std::vector<models::TensorMap>& runs);

/// Taps with the ranges of ordinary activations, for callers that need a program's shapes and sizes
/// and none of its values.
models::TensorMap nominal_taps(const models::ModelConfig& model);

}  // namespace edgemoe::host
