// SPDX-License-Identifier: Apache-2.0
/// A stand-in for the vendor's ap_fixed.h: ap_fixed and ap_ufixed of up to 127 bits, written for
/// these tests from the documented definition (UG1399, "C++ Arbitrary Precision Fixed-Point
/// Types"). See ap_int.h beside it.
///
/// Subset:   construction from integers and other fixed-point numbers, right shift, conversion to
///           ap_int.
/// Modes:    "Quantization Modes": AP_RND to the nearest, ties towards plus infinity; AP_TRN, the
///           default, towards minus infinity. "Overflow Modes": AP_SAT to the largest and the most
///           negative value; AP_SAT_SYM to the negative of the largest value; AP_WRAP, the default,
///           drops the bits above. Others do not compile.
#pragma once

#include "ap_int.h"

enum ap_q_mode {
  AP_RND,
  AP_RND_ZERO,
  AP_RND_MIN_INF,
  AP_RND_INF,
  AP_RND_CONV,
  AP_TRN,
  AP_TRN_ZERO
};
enum ap_o_mode { AP_SAT, AP_SAT_ZERO, AP_SAT_SYM, AP_WRAP, AP_WRAP_SM };

namespace ap_standin {

/// raw * 2^-drop as an integer.
template <ap_q_mode Q>
Wide quantised(Wide raw, int drop) {
  static_assert(Q == AP_RND || Q == AP_TRN, "a quantisation mode of this stand-in");
  if (drop == 0) return raw;
  const Wide floor = raw >> drop;
  const bool upper_half = ((raw >> (drop - 1)) & 1) != 0;
  return Q == AP_RND && upper_half ? floor + 1 : floor;
}

template <ap_o_mode O>
Wide overflowed(Wide raw, int bits, bool is_signed) {
  static_assert(O == AP_SAT || O == AP_SAT_SYM || O == AP_WRAP,
                "an overflow mode of this stand-in");
  if (O == AP_WRAP) return wrapped(raw, bits, is_signed);
  const Wide largest = (static_cast<Wide>(1) << (is_signed ? bits - 1 : bits)) - 1;
  const Wide smallest = !is_signed ? 0 : (O == AP_SAT_SYM ? -largest : -largest - 1);
  return raw > largest ? largest : (raw < smallest ? smallest : raw);
}

}  // namespace ap_standin

/// The number raw * 2^(I - W), of W bits.
template <int W, int I, bool S>
struct ap_fixed_value {
  static_assert(W >= 1 && W <= 127 && I <= W, "what this stand-in holds");

  ap_standin::Wide integer_part() const { return raw >> (W - I); }

  ap_fixed_value operator>>(int count) const {
    ap_fixed_value result;
    result.raw = raw >> count;
    return result;
  }

  ap_standin::Wide raw;
};

#define AP_STANDIN_CLASS(NAME, SIGNED)                                                             \
  template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>                  \
  struct NAME : ap_fixed_value<W, I, SIGNED> {                                                     \
    static_assert(N == 0, "a wrapping mode without saturation bits");                              \
    NAME() = default;                                                                              \
    template <int W2, int I2, bool S2>                                                             \
    NAME(const ap_fixed_value<W2, I2, S2>& other) {                                                \
      constexpr int kDrop = (W2 - I2) - (W - I);                                                   \
      const ap_standin::Wide raised = kDrop >= 0 ? other.raw                                       \
                                                 : other.raw * (static_cast<ap_standin::Wide>(1)   \
                                                                << (kDrop >= 0 ? 0 : -kDrop));     \
      const ap_standin::Wide fitted = ap_standin::quantised<Q>(raised, kDrop >= 0 ? kDrop : 0);    \
      this->raw = ap_standin::overflowed<O>(fitted, W, SIGNED);                                    \
    }                                                                                              \
    template <int W2, bool S2>                                                                     \
    NAME(const ap_int_base<W2, S2>& integer) : NAME(ap_fixed_value<W2, W2, S2>{integer.wide()}) {} \
    template <typename T, ap_standin::IfInteger<T> = 0>                                            \
    NAME(T x) : NAME(ap_int_base<ap_standin::bits_of<T>(), std::is_signed<T>::value>(x)) {}        \
  };
AP_STANDIN_CLASS(ap_fixed, true)
AP_STANDIN_CLASS(ap_ufixed, false)
#undef AP_STANDIN_CLASS
