// SPDX-License-Identifier: Apache-2.0
/// Which approximations a run of the noisy network takes part of, so that the worth of each can be
/// told. Off: float.
#pragma once

#include <string>
#include <vector>

#include "hls/program/image.hpp"

namespace edgemoe::host {

struct NoiseSites {
  bool weights = true;  ///< rounding of weights, and of biases and gains where formats are coarse
  bool norm = true;     ///< LayerNorm outputs
  bool query = true;    ///< Q
  bool key = true;      ///< K
  bool value = true;    ///< V
  bool exponentials = true;  ///< rounding of the softmax' exponentials, where it is worth a site
  bool attention = true;     ///< attention outputs
  bool hidden = true;        ///< GELU outputs
  bool residual = true;      ///< contributions to the residual stream
  bool gelu_table = true;    ///< the interpolated GELU where the prediction counts it
  bool range = true;         ///< scores that wrap, where the format does

  /// The kernels' own integer functions on float inputs, in place of the two above.
  bool integer_softmax = false;
  bool integer_gelu = false;

  static NoiseSites none();
};

/// One approximation on its own.
struct NamedSites {
  std::string name;  ///< stable key
  std::string what;  ///< in words
  NoiseSites sites;
};

/// Every approximation of a precision alone, in the order of the network, and `all` (what bounds
/// are made of) last.
std::vector<NamedSites> approximations(program::Precision precision);

}  // namespace edgemoe::host
