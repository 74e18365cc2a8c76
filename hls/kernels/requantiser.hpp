// SPDX-License-Identifier: Apache-2.0
/// The requantiser and what follows it on one value (hls/README.md "Requantiser"); the w8a8 form.
///
/// Rounding: half up, twice; bias_before_scale moves the bias in front of the first.
/// Overflow: saturates at 27 bits between the multiplications and at the destination's width;
///           every saturation is counted.
/// Requires: r1, r2 <= 62 and bias_shift <= 30 (hls/top refuses others): then no sum leaves 64
///           bits.
/// Timing:   straight-line, two multiplications: one value per lane and cycle.
#pragma once

#include <cstdint>

#include "hls/fixed/gelu.hpp"
#include "hls/fixed/rounding.hpp"
#include "hls/fixed/saturation.hpp"
#include "hls/kernels/token_memory.hpp"
#include "hls/program/command.hpp"

namespace edgemoe {
namespace hls {

constexpr int kMaxBiasShift = 30;

template <int Bits>
inline Value<Bits> saturate_counted(const Value<64>& x, std::uint64_t& count) {
#pragma HLS inline
  const Value<Bits> y = fixed::saturate<Bits>(x);
  count += y != x ? 1 : 0;
  return y;
}

/// To the symmetric range of `Bits` bits.
template <int Bits>
inline Value<Bits> clip_counted(const Value<64>& x, std::uint64_t& count) {
#pragma HLS inline
  const Value<Bits> y = fixed::saturate_symmetric<Bits>(x);
  count += y != x ? 1 : 0;
  return y;
}

/// Parameters of one output channel.
struct Channel {
  Int<32> bias;
  UInt<16> multiplier;
};

/// b_n << bias_shift.
inline Value<62> scaled_bias(const Channel& channel, const program::Requant& requant) {
#pragma HLS inline
  return shift_left<62>(channel.bias, requant.bias_shift);
}

/// Accumulator -> v, before the destination's saturation.
template <typename Format>
inline Value<64> requantise(const Value<Format::kSumBits>& acc, const Channel& channel,
                            const UInt<17>& token_scale, const program::Requant& requant,
                            Counters& counters) {
#pragma HLS inline
  const Value<Format::kSumBits + 16> product = acc * channel.multiplier;
  const Value<62> offset = scaled_bias(channel, requant);
  const Value<62> before = requant.bias_before_scale ? offset : Value<62>(0);
  const Value<62> after = requant.bias_before_scale ? Value<62>(0) : offset;
  const Value<Format::kRequantBits> u = saturate_counted<Format::kRequantBits>(
      fixed::round_half_up(product + before, requant.r1), counters.accumulator_saturations);
  return fixed::round_half_up(u * token_scale + after, requant.r2);
}

/// x + v, each contribution saturated by itself first.
template <typename Format>
inline Int<Format::kResidualBits> add_residual(const Value<64>& v, const Value<32>& x,
                                               Counters& counters) {
#pragma HLS inline
  const Value<Format::kResidualBits> add =
      saturate_counted<Format::kResidualBits>(v, counters.residual_saturations);
  return static_cast<Int<Format::kResidualBits>>(
      saturate_counted<Format::kResidualBits>(x + add, counters.residual_saturations));
}

template <typename Format>
inline typename Format::Signed to_signed(const Value<64>& v, Counters& counters) {
#pragma HLS inline
  return static_cast<typename Format::Signed>(
      clip_counted<Format::kSignedBits>(v, counters.int8_saturations));
}

/// Scale of the GELU output.
struct GeluScale {
  std::uint16_t mult;
  std::uint8_t shift;
  std::uint8_t zero_point;
};

/// v (LSB 2^-12) -> GELU -> hidden.
template <typename Format>
inline typename Format::Hidden to_hidden(const Value<64>& v, const GeluScale& scale,
                                         Counters& counters) {
#pragma HLS inline
  const Value<24> g = fixed::gelu(fixed::saturate<fixed::kGeluInputBits>(v));
  const Value<42> h = fixed::round_half_up(g * scale.mult, scale.shift) + scale.zero_point;
  const Value<Format::kHiddenBits + 1> y = fixed::saturate_unsigned<Format::kHiddenBits>(h);
  counters.int8_saturations += y != h ? 1 : 0;
  return static_cast<typename Format::Hidden>(y);
}

}  // namespace hls
}  // namespace edgemoe

#include "hls/kernels/requantiser_wide.hpp"
