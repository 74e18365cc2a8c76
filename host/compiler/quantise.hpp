// SPDX-License-Identifier: Apache-2.0
/// Float weights to the integers of hls/README.md.
///
/// Rounding: to nearest, ties away from zero. Overflow: weights and gate weights are clipped to
/// +-127 and
///           +-16319, everything else that does not fit throws DataError (the value, its name and
///           the range).
/// Scales:   real = integer * scale.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace edgemoe::host {

/// Nearest integer, ties away from zero. Throws DataError naming `what` when it is outside [-limit,
/// limit] or not finite.
std::int64_t round_checked(double value, std::int64_t limit, const std::string& what);

/// Integer matrix [out][in] with one scale per output channel; int8 in +-127, or int16.
struct QuantMatrix {
  int out = 0;
  int in = 0;
  std::vector<std::int16_t> weights;
  std::vector<double> scale;

  /// Largest magnitude of a channel's accumulator over inputs of magnitude <= max_input.
  std::int64_t accumulator_bound(int channel, int max_input) const;
  std::int64_t weight_sum(int channel) const;
};

/// `weights` [out][in] row-major, `scale` [out]: both as float as they are stored. Rounded, and
/// clipped to +-limit.
QuantMatrix quantise_matrix(const float* weights, const float* scale, int out, int in,
                            int limit = 127);

/// Per output channel the scale with the smallest squared error of the quantised weights, among
/// max |w| / 127 times 1, 0.95, .. 0.6; 1 for a channel of zeros.
std::vector<float> weight_scales(const float* weights, int out, int in);

/// Per output channel the smallest power of two with which every weight rounds into +-32767, but
/// not below 2^-4 of the largest channel's, so that a common shift serves all; 2^-24 where all are
/// zero.
std::vector<float> power_of_two_scales(const float* weights, int out, int in);

/// A gate [D][E] (as stored) to digits [E][D]: w = 128 high + low, real weight = w * 2^-exponent,
/// with the largest exponent (at most 30) for which max |w| <= 16319. A bias [E] (null: none) goes
/// to the logits' LSB of 2^-20, saturated to 32 bits.
struct QuantGate {
  int exponent = 0;
  std::vector<std::int8_t> high;
  std::vector<std::int8_t> low;
  std::vector<std::int32_t> bias;  ///< [E], zeros without a bias
};
QuantGate quantise_gate(const float* gate, const float* bias, int dim, int experts,
                        const std::string& name);

/// value = mantissa * 2^-shift, mantissa in [32768, 65535] (smaller only at the largest shift).
struct ScaledFactor {
  std::uint16_t mantissa = 0;
  std::uint8_t shift = 0;
  double value() const;
};
ScaledFactor scaled_factor(double value, int max_shift, const std::string& what);

}  // namespace edgemoe::host
