// SPDX-License-Identifier: Apache-2.0
/// The requantiser of the 16- and 32-bit formats; included by requantiser.hpp, which has the w8a8
/// form and the contract.
///
/// w16a16:   u = sat(acc M_n + (b_n << bias_shift), 46), v = rhu(u S_t, r2): one rounding. The
///           compiler proves that u never saturates. r1 and bias_before_scale have no meaning.
/// w16a32:   u = wrap32((acc M_n + (b_n << bias_shift)) >> r1), v = wrap32((u S_t) >> r2): both
///           truncate, as the published design does. What is lost by wrapping is counted where w8a8
///           counts saturations.
#pragma once

#include "hls/fixed/fine.hpp"
#include "hls/kernels/requantiser.hpp"

namespace edgemoe {
namespace hls {

inline std::int64_t wrap_counted(std::int64_t x, std::uint64_t& count) {
#pragma HLS inline
  const std::int64_t y = fixed::wrap32(x);
  count += y != x ? 1 : 0;
  return y;
}

template <>
inline std::int64_t requantise<W16A16>(std::int64_t acc, const Channel& channel,
                                       std::uint32_t token_scale, const program::Requant& requant,
                                       Counters& counters) {
#pragma HLS inline
  const std::int64_t offset = channel.bias * (static_cast<std::int64_t>(1) << requant.bias_shift);
  const std::int64_t u = saturate_counted<W16A16::kRequantBits>(acc * channel.multiplier + offset,
                                                                counters.accumulator_saturations);
  return fixed::round_half_up(u * token_scale, requant.r2);
}

template <>
inline std::int64_t requantise<W16A32>(std::int64_t acc, const Channel& channel,
                                       std::uint32_t token_scale, const program::Requant& requant,
                                       Counters& counters) {
#pragma HLS inline
  const std::int64_t offset = channel.bias * (static_cast<std::int64_t>(1) << requant.bias_shift);
  const std::int64_t sum =
      fixed::wrapping_sum(fixed::wrapping_product(acc, channel.multiplier), offset);
  const std::int64_t u = wrap_counted(sum >> requant.r1, counters.accumulator_saturations);
  return wrap_counted((u * token_scale) >> requant.r2, counters.accumulator_saturations);
}

template <>
inline std::int32_t add_residual<W16A32>(std::int64_t v, std::int64_t x, Counters& counters) {
#pragma HLS inline
  return static_cast<std::int32_t>(wrap_counted(v + x, counters.residual_saturations));
}

template <>
inline std::int32_t to_signed<W16A32>(std::int64_t v, Counters&) {
#pragma HLS inline
  return static_cast<std::int32_t>(v);
}

/// v has LSB 2^-22 in both formats.
template <>
inline std::int16_t to_hidden<W16A16>(std::int64_t v, const GeluScale& scale, Counters& counters) {
#pragma HLS inline
  const std::int64_t g = fixed::gelu_q22(fixed::saturate<32>(v));
  return static_cast<std::int16_t>(clamp_counted(fixed::round_half_up(g * scale.mult, scale.shift),
                                                 W16A16::kHiddenLow, W16A16::kHiddenHigh,
                                                 counters.int8_saturations));
}

template <>
inline std::int32_t to_hidden<W16A32>(std::int64_t v, const GeluScale&, Counters&) {
#pragma HLS inline
  return static_cast<std::int32_t>(fixed::wrap32(fixed::gelu_q22(v)));
}

}  // namespace hls
}  // namespace edgemoe
