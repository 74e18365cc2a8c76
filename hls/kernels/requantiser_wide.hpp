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

inline Value<32> wrap_counted(const Value<64>& x, std::uint64_t& count) {
#pragma HLS inline
  const Value<32> y = fixed::wrap32(x);
  count += y != x ? 1 : 0;
  return y;
}

template <>
inline Value<64> requantise<W16A16>(const Value<64>& acc, const Channel& channel,
                                    const UInt<17>& token_scale, const program::Requant& requant,
                                    Counters& counters) {
#pragma HLS inline
  const Value<W16A16::kRequantBits> u = saturate_counted<W16A16::kRequantBits>(
      acc * channel.multiplier + scaled_bias(channel, requant), counters.accumulator_saturations);
  return fixed::round_half_up(u * token_scale, requant.r2);
}

template <>
inline Value<64> requantise<W16A32>(const Value<64>& acc, const Channel& channel,
                                    const UInt<17>& token_scale, const program::Requant& requant,
                                    Counters& counters) {
#pragma HLS inline
  const Value<64> sum = fixed::wrapping_sum(fixed::wrapping_product(acc, channel.multiplier),
                                            scaled_bias(channel, requant));
  const Value<32> u =
      wrap_counted(fixed::truncate(sum, requant.r1), counters.accumulator_saturations);
  return wrap_counted(fixed::truncate(u * token_scale, requant.r2),
                      counters.accumulator_saturations);
}

template <>
inline Int<32> add_residual<W16A32>(const Value<64>& v, const Value<32>& x, Counters& counters) {
#pragma HLS inline
  return static_cast<Int<32>>(wrap_counted(v + x, counters.residual_saturations));
}

template <>
inline Int<32> to_signed<W16A32>(const Value<64>& v, Counters&) {
#pragma HLS inline
  return static_cast<Int<32>>(v);
}

/// v has LSB 2^-22 in both formats.
template <>
inline Int<16> to_hidden<W16A16>(const Value<64>& v, const GeluScale& scale, Counters& counters) {
#pragma HLS inline
  const Value<33> g = fixed::gelu_q22(fixed::saturate<32>(v));
  return static_cast<Int<16>>(clip_counted<W16A16::kHiddenBits>(
      fixed::round_half_up(g * scale.mult, scale.shift), counters.int8_saturations));
}

template <>
inline Int<32> to_hidden<W16A32>(const Value<64>& v, const GeluScale&, Counters&) {
#pragma HLS inline
  return static_cast<Int<32>>(fixed::wrap32(fixed::gelu_q22(v)));
}

}  // namespace hls
}  // namespace edgemoe
