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

/// z8 with a scale per token, and its low plane.
template <typename Limits>
std::uint32_t finish_token(const NormJob& job, const NormGains<Limits>& gains,
                           const std::int32_t (&x)[Limits::kDim], std::int32_t (&z16)[Limits::kDim],
                           W8A8) {
  using Format = W8A8;
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

/// The same values, LSB 2^-16, to a static step.
template <typename Limits>
std::uint32_t finish_token(const NormJob& job, const NormGains<Limits>& gains,
                           const std::int32_t (&x)[Limits::kDim], std::int32_t (&z)[Limits::kDim],
                           W16A16) {
  apply_gains<W16A16, Limits>(job, gains, moments_of<Limits>(job, x), x, z);
StaticPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const std::int64_t step = fixed::round_half_up(z[i], job.output_shift);
    z[i] = static_cast<std::int32_t>(fixed::clip(step, W16A16::kSignedLimit));
  }
  return static_cast<std::uint32_t>(program::kUnityScale);
}

constexpr int kDeviationShift = 6;  // LSB 2^-22 to 2^-16, where squares fit 64 bits

/// x, mean and deviations with LSB 2^-22; the variance, and with it 1/sigma, from their upper bits.
template <typename Limits>
Moments wide_moments_of(const NormJob& job, const std::int32_t (&x)[Limits::kDim]) {
  constexpr std::uint64_t kLargest = (static_cast<std::uint64_t>(1) << 62) - 1;
  std::int64_t sum = 0;
WideMeanPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    sum += x[i];
  }
  const std::int64_t mean = ((sum >> kDeviationShift) * job.inv_d) >> (32 - kDeviationShift);
  std::uint64_t variance = job.eps_acc;
WideVariancePass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const std::int64_t d = (x[i] - mean) >> kDeviationShift;
    variance += static_cast<std::uint64_t>(d * d);
  }
  const fixed::InverseRoot root = fixed::rsqrt_mantissa(variance < kLargest ? variance : kLargest);
  return Moments{mean, (root.y * job.sqrt_d) >> 20, 11 + root.s / 2};
}

template <typename Limits>
std::uint32_t finish_token(const NormJob& job, const NormGains<Limits>& gains,
                           const std::int32_t (&x)[Limits::kDim], std::int32_t (&z)[Limits::kDim],
                           W16A32) {
  const Moments moments = wide_moments_of<Limits>(job, x);
WideGainPass:
  for (int i = 0; i < job.dim; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 2 max = 768
    const std::int64_t n = fixed::wrap32(((x[i] - moments.mean) * moments.factor) >> moments.shift);
    const std::int64_t scaled = (n * gains.gamma[i]) >> job.gamma_frac;
    z[i] = static_cast<std::int32_t>(fixed::wrap32(scaled + gains.beta[i]));
  }
  return static_cast<std::uint32_t>(program::kUnityScale);
}

/// What the unit writes of one value: z8 and the low plane, or z.
template <typename Format, typename Limits>
void write_normalised(const NormJob& job, int row, int i, std::int32_t z,
                      TokenMemory<Format, Limits>& tokens) {
#pragma HLS inline
  (void)job;
  tokens.norm_out[row][i] = static_cast<typename Format::Signed>(z);
}

template <typename Limits>
void write_normalised(const NormJob& job, int row, int i, std::int32_t z16,
                      TokenMemory<W8A8, Limits>& tokens) {
#pragma HLS inline
  const std::int32_t high = (z16 + (1 << (W8A8::kPlaneBits - 1))) >> W8A8::kPlaneBits;
  tokens.norm_out[row][i] = static_cast<W8A8::Signed>(high);
  if (job.low_plane) {
    tokens.norm_low[row][i] = static_cast<W8A8::Signed>(z16 - high * (1 << W8A8::kPlaneBits));
  }
}

}  // namespace

template <typename Format, typename Limits>
std::uint32_t normalise_token(const NormJob& job, const NormGains<Limits>& gains,
                              const std::int32_t (&x)[Limits::kDim],
                              std::int32_t (&z16)[Limits::kDim]) {
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
        write_normalised(job, row, i, z16[i], tokens);
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
template void layer_norm(MemoryPort, const NormJob&, TokenMemory<W16A16, SimulationLimits>&);
template void layer_norm(MemoryPort, const NormJob&, TokenMemory<W16A32, SimulationLimits>&);

}  // namespace hls
}  // namespace edgemoe
