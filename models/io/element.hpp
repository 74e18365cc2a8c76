// SPDX-License-Identifier: Apache-2.0
/// Raw little-endian elements to float; not for use outside this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "models/io/half.hpp"

namespace edgemoe::models {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "element loads assume little endian");

/// Loads from any address; the bytes of a file are not aligned.
template <typename T>
T load_little_endian(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// Storage-only types, so that one template serves all formats.
struct Half {
  std::uint16_t bits;
};
struct BFloat16 {
  std::uint16_t bits;
};

template <typename To>
To element_as(Half value) {
  return half_to_float(value.bits);
}
template <typename To>
To element_as(BFloat16 value) {
  return bfloat16_to_float(value.bits);
}
template <typename To, typename From>
To element_as(From value) {
  return static_cast<To>(value);
}

/// True when `converted` still is the integer `value`.
template <typename From, typename To>
bool is_exact(From value, To converted) {
  // The largest integers may round up to 2^digits, which does not convert back.
  constexpr To kLimit =
      To(2) * static_cast<To>(std::uint64_t{1} << (std::numeric_limits<From>::digits - 1));
  return converted < kLimit && static_cast<From>(converted) == value;
}

/// Converts `to->size()` elements. False when an integer does not survive; floats are rounded to
/// nearest.
template <typename From, typename To>
bool convert_elements(const std::uint8_t* from, std::vector<To>* to) {
  bool exact = true;
  for (std::size_t i = 0; i < to->size(); ++i) {
    const From value = load_little_endian<From>(from + i * sizeof(From));
    (*to)[i] = element_as<To>(value);
    if constexpr (std::is_integral_v<From>) exact = exact && is_exact(value, (*to)[i]);
  }
  return exact;
}

}  // namespace edgemoe::models
