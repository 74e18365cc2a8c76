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
  std::int64_t mean;
  std::int64_t factor;  ///< r of hls/README.md
  int shift;            ///< of d * r
};

template <typename Limits>
Moments moments_of(const NormJob& job, const std::int32_t (&x)[Limits::kDim]) {
  std::int64_t sum = 0;
MeanPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    sum += x[i];
  }
  const std::int64_t mean = fixed::round_half_up(sum * job.inv_d, 32);
  std::uint64_t variance = job.eps_acc;
VariancePass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const std::int64_t d = x[i] - mean;
    variance += static_cast<std::uint64_t>(d * d);
  }
  const fixed::InverseRoot root = fixed::rsqrt_mantissa(variance);
  return Moments{mean, fixed::round_half_up(root.y * job.sqrt_d, 20), 9 + root.s / 2};
}

/// Normalised values o (LSB 2^-16) in place of z16; returns their largest magnitude.
template <typename Format, typename Limits>
std::int64_t apply_gains(const NormJob& job, const NormGains<Limits>& gains, const Moments& moments,
                         const std::int32_t (&x)[Limits::kDim], std::int32_t (&o)[Limits::kDim]) {
  std::int64_t largest = 0;
GainPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const std::int64_t d = x[i] - moments.mean;
    const std::int64_t n =
        fixed::saturate<Format::kNormBits>(fixed::round_half_up(d * moments.factor, moments.shift));
    const std::int64_t scaled = fixed::round_half_up(n * gains.gamma[i], job.gamma_frac + 2);
    const std::int64_t value = fixed::saturate<Format::kNormBits>(scaled + gains.beta[i]);
    const std::int64_t magnitude = value < 0 ? -value : value;
    if (magnitude > largest) largest = magnitude;
    o[i] = static_cast<std::int32_t>(value);
  }
  return largest;
}

}  // namespace

template <typename Format, typename Limits>
std::uint32_t normalise_token(const NormJob& job, const NormGains<Limits>& gains,
                              const std::int32_t (&x)[Limits::kDim],
                              std::int32_t (&z16)[Limits::kDim]) {
  const Moments moments = moments_of<Limits>(job, x);
  const std::int64_t largest = apply_gains<Format, Limits>(job, gains, moments, x, z16);
  const std::int64_t wanted = ((largest * 1033) >> 16) + 1;
  const std::int64_t scale = wanted < Format::kMaxNormScale ? wanted : Format::kMaxNormScale;
  const fixed::Reciprocal inverse = fixed::recip_mantissa(static_cast<std::uint64_t>(scale));
  const std::int64_t q = fixed::round_half_up(inverse.y, 3);
QuantisePass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const std::int64_t z = fixed::round_half_up(z16[i] * q, inverse.p + 8);
    z16[i] = static_cast<std::int32_t>(fixed::clip(z, Format::kPlaneLimit));
  }
  return static_cast<std::uint32_t>(scale);
}

template <typename Format, typename Limits>
void layer_norm(MemoryPort memory, const NormJob& job, TokenMemory<Format, Limits>& tokens) {
  using Signed = typename Format::Signed;
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
  std::int32_t z16[Limits::kDim];
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
        const std::int32_t high = (z16[i] + (1 << (Format::kPlaneBits - 1))) >> Format::kPlaneBits;
        tokens.norm_out[row][i] = static_cast<Signed>(high);
        if (job.low_plane) {
          tokens.norm_low[row][i] = static_cast<Signed>(z16[i] - high * (1 << Format::kPlaneBits));
        }
      }
    }
  }
}

template std::uint32_t normalise_token<W8A8, SimulationLimits>(
    const NormJob&, const NormGains<SimulationLimits>&,
    const std::int32_t (&)[SimulationLimits::kDim], std::int32_t (&)[SimulationLimits::kDim]);
template std::uint32_t normalise_token<W8A8, BoardLimits>(const NormJob&,
                                                          const NormGains<BoardLimits>&,
                                                          const std::int32_t (&)[BoardLimits::kDim],
                                                          std::int32_t (&)[BoardLimits::kDim]);
template void layer_norm(MemoryPort, const NormJob&, TokenMemory<W8A8, SimulationLimits>&);
template void layer_norm(MemoryPort, const NormJob&, TokenMemory<W8A8, BoardLimits>&);

}  // namespace hls
}  // namespace edgemoe
