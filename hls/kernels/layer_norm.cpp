// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/layer_norm.hpp"

#include "hls/fixed/reciprocal.hpp"
#include "hls/fixed/rounding.hpp"
#include "hls/fixed/saturation.hpp"

namespace edgemoe {
namespace hls {
namespace {

/// Mean and the factor 1/sigma of one token.
struct Moments {
  Value<33> mean;
  Value<44> factor;  ///< r of hls/README.md
  int shift;         ///< of d * r
};

template <typename Limits, int Bits>
using Row = Int<Bits>[Limits::kDim];

template <typename Format, typename Limits>
Moments moments_of(const NormJob& job, const Row<Limits, Format::kResidualBits>& x) {
  Value<34> sum = 0;
MeanPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    sum += x[i];
  }
  const Value<33> mean = fixed::round_half_up(sum * job.inv_d, 32);
  UValue<64> variance = job.eps_acc;
VariancePass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const Value<26> d = x[i] - mean;
    variance += static_cast<UValue<64>>(d * d);
  }
  const fixed::InverseRoot root = fixed::rsqrt_mantissa(variance);
  return Moments{mean, fixed::round_half_up(root.y * job.sqrt_d, 20), 9 + root.s / 2};
}

/// Normalised values o (LSB 2^-16) in place of z16; returns their largest magnitude.
template <typename Format, typename Limits>
Value<32> apply_gains(const NormJob& job, const NormGains<Limits>& gains, const Moments& moments,
                      const Row<Limits, Format::kResidualBits>& x, Row<Limits, 32>& o) {
  Value<32> largest = 0;
GainPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const Value<26> d = x[i] - moments.mean;
    const Value<Format::kNormBits> n =
        fixed::saturate<Format::kNormBits>(fixed::round_half_up(d * moments.factor, moments.shift));
    const Value<62> scaled = fixed::round_half_up(n * gains.gamma[i], job.gamma_frac + 2);
    const Value<Format::kNormBits> value =
        fixed::saturate<Format::kNormBits>(scaled + gains.beta[i]);
    const Value<32> magnitude = value < 0 ? Value<32>(-value) : Value<32>(value);
    if (magnitude > largest) largest = magnitude;
    o[i] = static_cast<Int<32>>(value);
  }
  return largest;
}

/// z8 with a scale per token, and its low plane.
template <typename Limits>
UInt<17> finish_token(const NormJob& job, const NormGains<Limits>& gains,
                      const Row<Limits, W8A8::kResidualBits>& x, Row<Limits, 32>& z16, W8A8) {
  using Format = W8A8;
  const Moments moments = moments_of<Format, Limits>(job, x);
  const Value<32> largest = apply_gains<Format, Limits>(job, gains, moments, x, z16);
  Value<32> scale = ((largest * 1033) >> 16) + 1;
  if (scale > Format::kMaxNormScale) scale = Format::kMaxNormScale;
  const fixed::Reciprocal inverse = fixed::recip_mantissa(static_cast<UValue<32>>(scale));
  const Value<19> q = fixed::round_half_up(inverse.y, 3);
QuantisePass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const Value<64> z = fixed::round_half_up(z16[i] * q, inverse.p + 8);
    z16[i] = static_cast<Int<32>>(fixed::clip(z, Format::kPlaneLimit));
  }
  return static_cast<UInt<17>>(scale);
}

/// The same values, LSB 2^-16, to a static step.
template <typename Limits>
UInt<17> finish_token(const NormJob& job, const NormGains<Limits>& gains,
                      const Row<Limits, W16A16::kResidualBits>& x, Row<Limits, 32>& z, W16A16) {
  apply_gains<W16A16, Limits>(job, gains, moments_of<W16A16, Limits>(job, x), x, z);
StaticPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const Value<64> step = fixed::round_half_up(z[i], job.output_shift);
    z[i] = static_cast<Int<32>>(fixed::saturate_symmetric<W16A16::kSignedBits>(step));
  }
  return static_cast<UInt<17>>(program::kUnityScale);
}

constexpr int kDeviationShift = 6;  // LSB 2^-22 to 2^-16, where squares fit 64 bits

/// x, mean and deviations with LSB 2^-22; the variance, and with it 1/sigma, from their upper bits.
template <typename Limits>
Moments wide_moments_of(const NormJob& job, const Row<Limits, 32>& x) {
  constexpr std::uint64_t kLargest = (static_cast<std::uint64_t>(1) << 62) - 1;
  Value<42> sum = 0;
WideMeanPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    sum += x[i];
  }
  const Value<33> mean =
      fixed::truncate((sum >> kDeviationShift) * job.inv_d, 32 - kDeviationShift);
  UValue<64> variance = job.eps_acc;
WideVariancePass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const Value<34> d = (x[i] - mean) >> kDeviationShift;
    variance += static_cast<UValue<64>>(d * d);
  }
  if (variance > kLargest) variance = kLargest;
  const fixed::InverseRoot root = fixed::rsqrt_mantissa(variance);
  return Moments{mean, fixed::truncate(root.y * job.sqrt_d, 20), 11 + root.s / 2};
}

/// |n| < sqrt(D), and gains and biases have 5 integer bits: below D = 961 nothing can wrap.
template <typename Limits>
UInt<17> finish_token(const NormJob& job, const NormGains<Limits>& gains,
                      const Row<Limits, W16A32::kResidualBits>& x, Row<Limits, 32>& z, W16A32) {
  const Moments moments = wide_moments_of<Limits>(job, x);
WideGainPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const Value<34> d = x[i] - moments.mean;
    const Value<32> n = fixed::wrap32(fixed::truncate(d * moments.factor, moments.shift));
    const Value<64> scaled = fixed::truncate(n * gains.gamma[i], job.gamma_frac);
    z[i] = static_cast<Int<32>>(fixed::wrap32(scaled + gains.beta[i]));
  }
  return static_cast<UInt<17>>(program::kUnityScale);
}

/// What the unit writes of one value: z8 and the low plane, or z.
template <typename Format, typename Limits>
void write_normalised(const NormJob& job, int row, int i, const Int<32>& z,
                      TokenMemory<Format, Limits>& tokens) {
#pragma HLS inline
  (void)job;
  tokens.norm_out[row][i] = static_cast<typename Format::Signed>(z);
}

template <typename Limits>
void write_normalised(const NormJob& job, int row, int i, const Int<32>& z16,
                      TokenMemory<W8A8, Limits>& tokens) {
#pragma HLS inline
  const Int<32> high = (z16 + (1 << (W8A8::kPlaneBits - 1))) >> W8A8::kPlaneBits;
  tokens.norm_out[row][i] = static_cast<W8A8::Signed>(high);
  if (job.low_plane) {
    tokens.norm_low[row][i] = static_cast<W8A8::Signed>(z16 - high * (1 << W8A8::kPlaneBits));
  }
}

}  // namespace

template <typename Format, typename Limits>
UInt<17> normalise_token(const NormJob& job, const NormGains<Limits>& gains,
                         const Int<Format::kResidualBits> (&x)[Limits::kDim],
                         Int<32> (&z16)[Limits::kDim]) {
  return finish_token<Limits>(job, gains, x, z16, Format());
}

template <typename Format, typename Limits>
void layer_norm(MemoryPort memory, const NormJob& job, TokenMemory<Format, Limits>& tokens) {
  NormGains<Limits> gains;
ReadGains:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const ParamWords words = read_params(memory, job.params, i);
    gains.gamma[i] = words.first;
    gains.beta[i] = words.second;
  }
  Int<32> z16[Limits::kDim];
Segments:
  for (int segment = 0; segment < job.rows.segments; ++segment) {
  Tokens:
    for (int t = 0; t < job.rows.tokens; ++t) {
      // Trip count: typical: 129 tokens
#pragma HLS loop_tripcount min = 1 max = 129
      const int row = row_of(job.rows, segment, t);
      tokens.norm_scale[row] =
          normalise_token<Format, Limits>(job, gains, tokens.residual[row], z16);
    SplitPlanes:
      for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
        // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
        write_normalised(job, row, i, z16[i], tokens);
      }
    }
  }
}

#define EDGEMOE_INSTANTIATE(LIMITS)                                                                \
  template UInt<17> normalise_token<W8A8, LIMITS>(const NormJob&, const NormGains<LIMITS>&,        \
                                                  const Int<W8A8::kResidualBits>(&)[LIMITS::kDim], \
                                                  Int<32>(&)[LIMITS::kDim])
EDGEMOE_INSTANTIATE(SimulationLimits);
EDGEMOE_INSTANTIATE(BoardLimits);
#undef EDGEMOE_INSTANTIATE
template void layer_norm(MemoryPort, const NormJob&, TokenMemory<W8A8, SimulationLimits>&);
template void layer_norm(MemoryPort, const NormJob&, TokenMemory<W8A8, BoardLimits>&);
template void layer_norm(MemoryPort, const NormJob&, TokenMemory<W16A16, SimulationLimits>&);
template void layer_norm(MemoryPort, const NormJob&, TokenMemory<W16A32, SimulationLimits>&);

}  // namespace hls
}  // namespace edgemoe
