// SPDX-License-Identifier: Apache-2.0
/// A stand-in for the vendor's ap_int.h: ap_int and ap_uint of up to 128 bits, written for these
/// tests from the documented behaviour (UG1399, "C++ Arbitrary Precision Integer Types"), so that
/// the vendor build of the kernels is compiled and run where the vendor's headers are not.
///
/// Subset:   construction from and conversion to C integers, + - * & |, shifts, comparisons. What
///           is not here does not compile.
/// Widths:   a sum has one bit more than its wider operand, a product the bits of both, a bitwise
///           result those of the wider, a shift those of its left operand. A C integer counts with
///           the bits of its type. Assignment drops the bits above.
/// As there: conversions both ways are implicit, so that `condition ? ap_int : int` is ambiguous.
#pragma once

#include <ostream>
#include <type_traits>

template <int W>
struct ap_int;
template <int W>
struct ap_uint;
template <int W, int I, bool S>
struct ap_fixed_value;

namespace ap_standin {

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UWide;

/// The low bits of x as a number of that type.
constexpr Wide wrapped(Wide x, int bits, bool is_signed) {
  return bits >= 128 ? x
         : is_signed
             ? static_cast<Wide>(static_cast<UWide>(x) << (128 - bits)) >> (128 - bits)
             : static_cast<Wide>(static_cast<UWide>(x) & ((static_cast<UWide>(1) << bits) - 1));
}

constexpr int larger(int a, int b) { return a > b ? a : b; }

/// Bits of the smallest signed type that also holds an operand of W bits, if S2 asks for one.
constexpr int bits_beside(int bits, bool is_signed, bool other_signed) {
  return bits + (other_signed && !is_signed ? 1 : 0);
}

template <int W, bool S>
struct Result {
  using Type = ap_int<W>;
};
template <int W>
struct Result<W, false> {
  using Type = ap_uint<W>;
};

/// Smallest C type of that many bits.
template <int W, bool S>
struct Storage {
  template <int Bits, typename Type, typename Otherwise>
  using UpTo = typename std::conditional<(W <= Bits), Type, Otherwise>::type;
  using Signed = UpTo<8, signed char, UpTo<16, short, UpTo<32, int, UpTo<64, long, Wide>>>>;
  using Unsigned =
      UpTo<8, unsigned char,
           UpTo<16, unsigned short, UpTo<32, unsigned, UpTo<64, unsigned long, Wide>>>>;
  using Type = typename std::conditional<S, Signed, Unsigned>::type;
};

template <typename T>
using IfInteger = typename std::enable_if<std::is_integral<T>::value, int>::type;

template <typename T>
constexpr int bits_of() {
  return std::is_same<T, bool>::value ? 1 : 8 * static_cast<int>(sizeof(T));
}

}  // namespace ap_standin

template <int W, bool S>
struct ap_int_base {
  static_assert(W >= 1 && W <= (S ? 128 : 127), "what this stand-in holds");
  static constexpr int width = W;

  /// No value, as there; a pattern, so that code which relies on one shows.
  ap_int_base() : value_(fit(0x5A5A5A5A5A5A5A5AL)) {}
  template <int W2, bool S2>
  ap_int_base(const ap_int_base<W2, S2>& other) : value_(fit(other.wide())) {}
  template <int W2, int I2, bool S2>
  ap_int_base(const ap_fixed_value<W2, I2, S2>& fixed) : value_(fit(fixed.integer_part())) {}
  template <typename T, ap_standin::IfInteger<T> = 0>
  ap_int_base(T x) : value_(fit(static_cast<ap_standin::Wide>(x))) {}

  static ap_int_base of_wide(ap_standin::Wide x) {
    ap_int_base result;
    result.value_ = fit(x);
    return result;
  }
  ap_standin::Wide wide() const { return value_; }

  /// As in the vendor's header: 64 bits at most.
  using RetType = typename std::conditional<S, long long, unsigned long long>::type;
  operator RetType() const { return static_cast<RetType>(value_); }

  typename ap_standin::Result<W + 1, true>::Type operator-() const {
    return ap_int_base<W + 1, true>::of_wide(-wide());
  }

  template <typename Other>
  ap_int_base& operator+=(const Other& other) {
    return *this = ap_int_base(*this + other);
  }
  template <typename Other>
  ap_int_base& operator-=(const Other& other) {
    return *this = ap_int_base(*this - other);
  }
  template <typename T, ap_standin::IfInteger<T> = 0>
  ap_int_base& operator>>=(T count) {
    return *this = ap_int_base(*this >> count);
  }

 private:
  using Stored = typename ap_standin::Storage<W, S>::Type;
  static Stored fit(ap_standin::Wide x) {
    return static_cast<Stored>(ap_standin::wrapped(x, W, S));
  }

  Stored value_;
};

#define AP_STANDIN_CLASS(NAME, SIGNED)                             \
  template <int W>                                                 \
  struct NAME : ap_int_base<W, SIGNED> {                           \
    using Base = ap_int_base<W, SIGNED>;                           \
    NAME() = default;                                              \
    template <int W2, bool S2>                                     \
    NAME(const ap_int_base<W2, S2>& other) : Base(other) {}        \
    template <int W2, int I2, bool S2>                             \
    NAME(const ap_fixed_value<W2, I2, S2>& fixed) : Base(fixed) {} \
    template <typename T, ap_standin::IfInteger<T> = 0>            \
    NAME(T x) : Base(x) {}                                         \
  };
AP_STANDIN_CLASS(ap_int, true)
AP_STANDIN_CLASS(ap_uint, false)
#undef AP_STANDIN_CLASS

namespace ap_standin {

template <int W, bool S, int W2, bool S2>
struct Widths {
  static constexpr int kSum = larger(bits_beside(W, S, S2), bits_beside(W2, S2, S)) + 1;
  static constexpr int kBits = kSum - 1;
  static constexpr int kProduct = W + W2;
  static constexpr bool kSigned = S || S2;
};

}  // namespace ap_standin

#define AP_STANDIN_BINARY(SYMBOL, BITS, SIGNED)                                                 \
  template <int W, bool S, int W2, bool S2>                                                     \
  typename ap_standin::Result<ap_standin::Widths<W, S, W2, S2>::BITS, SIGNED>::Type             \
  operator SYMBOL(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {                   \
    return ap_int_base<ap_standin::Widths<W, S, W2, S2>::BITS, SIGNED>::of_wide(                \
        a.wide() SYMBOL b.wide());                                                              \
  }                                                                                             \
  template <int W, bool S, typename T, ap_standin::IfInteger<T> = 0>                            \
  auto operator SYMBOL(const ap_int_base<W, S>& a, T b)                                         \
      ->decltype(a SYMBOL ap_int_base<ap_standin::bits_of<T>(), std::is_signed<T>::value>(b)) { \
    return a SYMBOL ap_int_base<ap_standin::bits_of<T>(), std::is_signed<T>::value>(b);         \
  }                                                                                             \
  template <int W, bool S, typename T, ap_standin::IfInteger<T> = 0>                            \
  auto operator SYMBOL(T a, const ap_int_base<W, S>& b)                                         \
      ->decltype(ap_int_base<ap_standin::bits_of<T>(), std::is_signed<T>::value>(a) SYMBOL b) { \
    return ap_int_base<ap_standin::bits_of<T>(), std::is_signed<T>::value>(a) SYMBOL b;         \
  }
AP_STANDIN_BINARY(+, kSum, (S || S2))
AP_STANDIN_BINARY(-, kSum, true)
AP_STANDIN_BINARY(*, kProduct, (S || S2))
AP_STANDIN_BINARY(&, kBits, (S || S2))
AP_STANDIN_BINARY(|, kBits, (S || S2))
#undef AP_STANDIN_BINARY

#define AP_STANDIN_COMPARE(SYMBOL)                                                 \
  template <int W, bool S, int W2, bool S2>                                        \
  bool operator SYMBOL(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) { \
    return a.wide() SYMBOL b.wide();                                               \
  }                                                                                \
  template <int W, bool S, typename T, ap_standin::IfInteger<T> = 0>               \
  bool operator SYMBOL(const ap_int_base<W, S>& a, T b) {                          \
    return a.wide() SYMBOL static_cast<ap_standin::Wide>(b);                       \
  }                                                                                \
  template <int W, bool S, typename T, ap_standin::IfInteger<T> = 0>               \
  bool operator SYMBOL(T a, const ap_int_base<W, S>& b) {                          \
    return static_cast<ap_standin::Wide>(a) SYMBOL b.wide();                       \
  }
AP_STANDIN_COMPARE(==)
AP_STANDIN_COMPARE(!=)
AP_STANDIN_COMPARE(<)
AP_STANDIN_COMPARE(<=)
AP_STANDIN_COMPARE(>)
AP_STANDIN_COMPARE(>=)
#undef AP_STANDIN_COMPARE

template <int W, bool S, typename T, ap_standin::IfInteger<T> = 0>
typename ap_standin::Result<W, S>::Type operator<<(const ap_int_base<W, S>& a, T count) {
  const auto bits = static_cast<ap_standin::UWide>(a.wide());
  return ap_int_base<W, S>::of_wide(
      count >= W ? 0 : static_cast<ap_standin::Wide>(bits << static_cast<int>(count)));
}
template <int W, bool S, typename T, ap_standin::IfInteger<T> = 0>
typename ap_standin::Result<W, S>::Type operator>>(const ap_int_base<W, S>& a, T count) {
  return ap_int_base<W, S>::of_wide(a.wide() >>
                                    (count >= W ? W - 1 + (S ? 0 : 1) : static_cast<int>(count)));
}

/// Values of up to 64 bits, as a test prints them.
template <int W, bool S>
std::ostream& operator<<(std::ostream& out, const ap_int_base<W, S>& x) {
  return out << static_cast<typename ap_int_base<W, S>::RetType>(x);
}
