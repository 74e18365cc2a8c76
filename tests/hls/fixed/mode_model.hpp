// SPDX-License-Identifier: Apache-2.0
/// The quantisation and overflow modes of the vendor's fixed-point types as their document defines
/// them: "Vitis High-Level Synthesis User Guide (UG1399)", 2023.2, "Quantization Modes" and
/// "Overflow Modes". Written from those sentences with division and comparison on 128-bit integers,
/// and sharing nothing with hls/: what the tests of the modes compare with.
///
/// A value is numerator / 2^fraction; results are integers.
#pragma once

namespace edgemoe::testing::modes {

__extension__ typedef __int128 Wide;

inline Wide power(int exponent) { return static_cast<Wide>(1) << exponent; }

/// AP_TRN: "truncation to minus infinity", the largest integer that is not above the value.
inline Wide ap_trn(Wide numerator, int fraction) {
  const Wide unit = power(fraction);
  const Wide quotient = numerator / unit;  // towards zero
  return quotient * unit > numerator ? quotient - 1 : quotient;
}

/// AP_RND: "round the value to the nearest representable value", ties "to plus infinity".
inline Wide ap_rnd(Wide numerator, int fraction) {
  const Wide unit = power(fraction);
  const Wide below = ap_trn(numerator, fraction);
  const Wide to_below = numerator - below * unit;
  const Wide to_above = (below + 1) * unit - numerator;
  return to_below < to_above ? below : below + 1;
}

inline Wide largest(int bits) { return power(bits - 1) - 1; }
inline Wide smallest(int bits) { return -power(bits - 1); }

/// AP_SAT: "to the maximum value in case of overflow, to the negative maximum value in case of
/// negative overflow".
inline Wide ap_sat(Wide x, int bits) {
  if (x > largest(bits)) return largest(bits);
  if (x < smallest(bits)) return smallest(bits);
  return x;
}

/// AP_SAT_SYM: the same with the negated maximum at the lower end. A type's own lowest value is
/// outside that range.
inline Wide ap_sat_sym(Wide x, int bits) {
  if (x > largest(bits)) return largest(bits);
  if (x < -largest(bits)) return -largest(bits);
  return x;
}

/// AP_SAT of ap_ufixed: maximum, and zero for negative values.
inline Wide ap_sat_unsigned(Wide x, int bits) {
  if (x > power(bits) - 1) return power(bits) - 1;
  return x < 0 ? 0 : x;
}

/// AP_WRAP: "wrap the value around in case of overflow": the value of the type's range that differs
/// by a multiple of 2^bits.
inline Wide ap_wrap(Wide x, int bits) {
  Wide rest = x % power(bits);  // towards zero
  if (rest > largest(bits)) rest -= power(bits);
  if (rest < smallest(bits)) rest += power(bits);
  return rest;
}

}  // namespace edgemoe::testing::modes
