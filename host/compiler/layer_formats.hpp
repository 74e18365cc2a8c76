// SPDX-License-Identifier: Apache-2.0
/// What differs between precisions when a network is lowered: the integers of every layer and the
/// real value of a step of every activation. Not for use outside this folder.
///
/// w8a8:   layers.hpp. w16a16: 16-bit integers with power-of-two steps, chosen by calibration
///         (`quant.w16a16.*`, calibrate.hpp). w16a32: the published formats; needs no parameters.
/// Errors: DataError for weights that are missing, not finite or beyond their format, ConfigError
///         where accumulators could overflow.
#pragma once

#include <memory>
#include <string>

#include "hls/program/image.hpp"
#include "host/compiler/layers.hpp"

namespace edgemoe::host {

class LayerFormats {
 public:
  virtual ~LayerFormats() = default;
  virtual program::Precision precision() const = 0;

  virtual BlockScales scales(int block) const = 0;
  virtual double residual_step() const = 0;
  virtual double logit_step() const = 0;
  /// K's bias is left out and V's is folded into the projection: taps add them back.
  virtual bool folds_biases() const = 0;
  /// The gate takes a second plane of the LayerNorm's output.
  virtual bool gate_has_planes() const = 0;

  virtual LinearLayer embed() const = 0;
  virtual LinearLayer qkv(int block) const = 0;
  virtual LinearLayer proj(int block) const = 0;
  virtual LinearLayer fc1(int block) const = 0;
  virtual LinearLayer fc2(int block) const = 0;
  virtual ExpertLayers experts(int block) const = 0;
  virtual GateLayer gate(int block, int task) const = 0;
  virtual NormLayer norm(int block, const std::string& name) const = 0;  ///< `norm1`, `norm2`
  virtual AttentionConstants attention(int block) const = 0;
  virtual ScaledFactor gelu(int block) const = 0;
  virtual std::vector<std::int32_t> position_table() const = 0;
};

/// `model` and `weights` must outlive the object.
std::unique_ptr<LayerFormats> make_layer_formats(program::Precision precision,
                                                 const models::ModelConfig& model,
                                                 const models::TensorMap& weights);
std::unique_ptr<LayerFormats> make_w16a16_formats(const models::ModelConfig& model,
                                                  const models::TensorMap& weights);
std::unique_ptr<LayerFormats> make_w16a32_formats(const models::ModelConfig& model,
                                                  const models::TensorMap& weights);

}  // namespace edgemoe::host
