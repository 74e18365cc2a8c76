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
inline std::int64_t saturate_counted(std::int64_t x, std::uint64_t& count) {
#pragma HLS inline
  const std::int64_t y = fixed::saturate<Bits>(x);
  count += y != x ? 1 : 0;
  return y;
}

inline std::int64_t clamp_counted(std::int64_t x, std::int64_t low, std::int64_t high,
                                  std::uint64_t& count) {
#pragma HLS inline
  const std::int64_t y = fixed::clamp_between(x, low, high);
  count += y != x ? 1 : 0;
  return y;
}

/// Parameters of one output channel.
struct Channel {
  std::int32_t bias;
  std::uint16_t multiplier;
};

/// Accumulator -> v, before the destination's saturation. token_scale is 17 bit unsigned.
template <typename Format>
inline std::int64_t requantise(std::int64_t acc, const Channel& channel, std::uint32_t token_scale,
                               const program::Requant& requant, Counters& counters) {
#pragma HLS inline
  const std::int64_t product = acc * channel.multiplier;
  const std::int64_t offset = channel.bias * (static_cast<std::int64_t>(1) << requant.bias_shift);
  const std::int64_t before = requant.bias_before_scale ? offset : 0;
  const std::int64_t after = requant.bias_before_scale ? 0 : offset;
  const std::int64_t u = saturate_counted<Format::kRequantBits>(
      fixed::round_half_up(product + before, requant.r1), counters.accumulator_saturations);
  return fixed::round_half_up(u * token_scale + after, requant.r2);
}

/// x + v, each contribution saturated by itself first.
template <typename Format>
inline std::int32_t add_residual(std::int64_t v, std::int64_t x, Counters& counters) {
#pragma HLS inline
  const std::int64_t add =
      saturate_counted<Format::kResidualBits>(v, counters.residual_saturations);
  return static_cast<std::int32_t>(
      saturate_counted<Format::kResidualBits>(x + add, counters.residual_saturations));
}

template <typename Format>
inline typename Format::Signed to_signed(std::int64_t v, Counters& counters) {
#pragma HLS inline
  return static_cast<typename Format::Signed>(
      clamp_counted(v, -Format::kSignedLimit, Format::kSignedLimit, counters.int8_saturations));
}

/// Scale of the GELU output.
struct GeluScale {
  std::uint16_t mult;
  std::uint8_t shift;
  std::uint8_t zero_point;
};

/// v (LSB 2^-12) -> GELU -> hidden.
template <typename Format>
inline typename Format::Hidden to_hidden(std::int64_t v, const GeluScale& scale,
                                         Counters& counters) {
#pragma HLS inline
  const std::int64_t g = fixed::gelu(fixed::saturate<fixed::kGeluInputBits>(v));
  const std::int64_t h = fixed::round_half_up(g * scale.mult, scale.shift) + scale.zero_point;
  return static_cast<typename Format::Hidden>(
      clamp_counted(h, Format::kHiddenLow, Format::kHiddenHigh, counters.int8_saturations));
}

}  // namespace hls
}  // namespace edgemoe

#include "hls/kernels/requantiser_wide.hpp"
