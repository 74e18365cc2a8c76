// SPDX-License-Identifier: Apache-2.0
/// The quantisation and overflow modes that the formats use: as C integers in the plain build, as
/// ap_fixed with the mode of that name in a vendor build. hls/fixed gives them the names that
/// kernels call.
///
/// Modes:    UG1399, "Quantization Modes" and "Overflow Modes": AP_RND rounds to the nearest, ties
///           towards plus infinity; AP_TRN truncates towards minus infinity; AP_SAT saturates to
///           two's complement; AP_SAT_SYM to the symmetric range; AP_WRAP drops the bits above.
///           tests/hls/fixed holds both forms equal to a model written from that document.
/// Shifts:   0 <= shift <= kMaxShift bits become fraction bits of an exact ap_fixed, which the mode
///           then quantises. In hardware that is a shifter of one fraction bit: of the others
///           AP_RND reads nothing.
/// Requires: in the plain build x + 2^(shift-1) within 64 bits; AP_RND at 64 bits wraps otherwise.
#pragma once

#include <cstdint>

#include "hls/support/number.hpp"

#if EDGEMOE_VENDOR_TYPES
#include <ap_fixed.h>
#endif

namespace edgemoe {
namespace hls {

constexpr int kMaxShift = 62;

/// Half an LSB of the result of a right shift by `shift`.
constexpr std::int64_t half_of(int shift) {
  return shift > 0 ? static_cast<std::int64_t>(1) << (shift - 1) : 0;
}

/// Range of an n-bit two's complement number, 1 <= n <= 63.
constexpr std::int64_t max_signed(int bits) {
  return (static_cast<std::int64_t>(1) << (bits - 1)) - 1;
}
constexpr std::int64_t min_signed(int bits) { return -max_signed(bits) - 1; }

#if EDGEMOE_VENDOR_TYPES

/// x * 2^-shift, exactly, then quantised to an integer by Mode.
template <ap_q_mode Mode>
inline Value<64> shift_by_mode(const Value<64>& x, int shift) {
#pragma HLS inline
  ap_fixed<64 + kMaxShift, 64> exact = x;
  exact = exact >> shift;
  const ap_fixed<64, 64, Mode, AP_WRAP> integer = exact;
  return Value<64>(integer);
}

inline Value<64> shift_rnd(const Value<64>& x, int shift) {
#pragma HLS inline
  return shift_by_mode<AP_RND>(x, shift);
}
inline Value<64> shift_trn(const Value<64>& x, int shift) {
#pragma HLS inline
  return shift_by_mode<AP_TRN>(x, shift);
}

template <int Bits>
inline Value<Bits> fit_sat(const Value<64>& x) {
#pragma HLS inline
  const ap_fixed<Bits, Bits, AP_TRN, AP_SAT> fitting = x;
  return Value<Bits>(fitting);
}
template <int Bits>
inline Value<Bits> fit_sat_sym(const Value<64>& x) {
#pragma HLS inline
  const ap_fixed<Bits, Bits, AP_TRN, AP_SAT_SYM> fitting = x;
  return Value<Bits>(fitting);
}
/// To 0 .. 2^Bits - 1; the result has a sign bit, which is 0.
template <int Bits>
inline Value<Bits + 1> fit_sat_unsigned(const Value<64>& x) {
#pragma HLS inline
  const ap_ufixed<Bits, Bits, AP_TRN, AP_SAT> fitting = x;
  return Value<Bits + 1>(fitting);
}
template <int Bits>
inline Value<Bits> fit_wrap(const Value<64>& x) {
#pragma HLS inline
  const ap_fixed<Bits, Bits, AP_TRN, AP_WRAP> fitting = x;
  return Value<Bits>(fitting);
}

/// x * 2^shift, of which Bits bits hold all that a caller can ask for.
template <int Bits>
inline Value<Bits> shift_left(const Value<Bits>& x, int shift) {
#pragma HLS inline
  return x << shift;
}

/// Modulo 2^64: products and sums whose upper bits a wrapping format discards anyway.
inline Value<64> wrapping_product(const Value<64>& a, const Value<64>& b) {
#pragma HLS inline
  return a * b;
}
inline Value<64> wrapping_sum(const Value<64>& a, const Value<64>& b) {
#pragma HLS inline
  return a + b;
}

#else

constexpr std::int64_t shift_rnd(std::int64_t x, int shift) {
  return (x + half_of(shift)) >> shift;
}
constexpr std::int64_t shift_trn(std::int64_t x, int shift) { return x >> shift; }

template <int Bits>
constexpr std::int64_t fit_sat(std::int64_t x) {
  static_assert(Bits >= 1 && Bits <= 63, "a signed width that fits 64 bits");
  return x < min_signed(Bits) ? min_signed(Bits) : (x > max_signed(Bits) ? max_signed(Bits) : x);
}
template <int Bits>
constexpr std::int64_t fit_sat_sym(std::int64_t x) {
  static_assert(Bits >= 2 && Bits <= 63, "a signed width that fits 64 bits");
  return x < -max_signed(Bits) ? -max_signed(Bits) : (x > max_signed(Bits) ? max_signed(Bits) : x);
}
template <int Bits>
constexpr std::int64_t fit_sat_unsigned(std::int64_t x) {
  static_assert(Bits >= 1 && Bits <= 62, "an unsigned width that fits 64 bits");
  return x < 0 ? 0 : (x > max_signed(Bits + 1) ? max_signed(Bits + 1) : x);
}
/// Bits above are dropped, the highest that stays is the sign.
template <int Bits>
constexpr std::int64_t fit_wrap(std::int64_t x) {
  static_assert(Bits >= 1 && Bits <= 64, "a signed width that fits 64 bits");
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(x) << (64 - Bits)) >> (64 - Bits);
}

/// x * 2^shift, of which Bits bits hold all that a caller can ask for.
template <int Bits>
constexpr std::int64_t shift_left(std::int64_t x, int shift) {
  return x * (static_cast<std::int64_t>(1) << shift);
}

/// Modulo 2^64: products and sums whose upper bits a wrapping format discards anyway.
constexpr std::int64_t wrapping_product(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

#endif

}  // namespace hls
}  // namespace edgemoe
