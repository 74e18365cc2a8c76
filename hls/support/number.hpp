// SPDX-License-Identifier: Apache-2.0
/// The number types of the kernels, by their width in bits.
///
/// Int<B>, UInt<B>:      what buffers, tiles, memory words and structs hold. Plain: the smallest C
///                       type that has B bits. Vendor: ap_int<B>, ap_uint<B>.
/// Value<B>, UValue<B>:  what expressions compute with. Plain: 64 bit for every B, which costs
///                       nothing on a processor. Vendor: ap_int<B>, ap_uint<B>, so that the
///                       hardware has B bits and not 64.
/// B is a promise: the value fits. Nothing checks it in the plain build; a vendor build drops what
/// is above, and tests that compare the bits of both find a wrong B.
/// Writing kernels: sums and products of vendor types are as wide as they need to be, shifts as
///           wide as their left operand. So shift left by shift_left<B> (quantise.hpp), and name a
///           result with its Value<B> before it goes on.
#pragma once

#include <cstdint>

#include "hls/support/vendor.hpp"

#if EDGEMOE_VENDOR_TYPES
#include <ap_int.h>
#endif

namespace edgemoe {
namespace hls {

#if EDGEMOE_VENDOR_TYPES
template <int Bits>
using Int = ap_int<Bits>;
template <int Bits>
using UInt = ap_uint<Bits>;
template <int Bits>
using Value = ap_int<Bits>;
template <int Bits>
using UValue = ap_uint<Bits>;
#else
namespace plain {

/// The C types of Bytes bytes.
template <int Bytes>
struct Stored;
template <>
struct Stored<1> {
  using Signed = std::int8_t;
  using Unsigned = std::uint8_t;
};
template <>
struct Stored<2> {
  using Signed = std::int16_t;
  using Unsigned = std::uint16_t;
};
template <>
struct Stored<4> {
  using Signed = std::int32_t;
  using Unsigned = std::uint32_t;
};
template <>
struct Stored<8> {
  using Signed = std::int64_t;
  using Unsigned = std::uint64_t;
};

constexpr int bytes_of(int bits) { return bits <= 8 ? 1 : (bits <= 16 ? 2 : (bits <= 32 ? 4 : 8)); }

template <int Bits>
struct Computed {
  static_assert(Bits >= 1 && Bits <= 64, "a width that 64-bit arithmetic has");
  using Signed = std::int64_t;
  using Unsigned = std::uint64_t;
};

}  // namespace plain

template <int Bits>
using Int = typename plain::Stored<plain::bytes_of(Bits)>::Signed;
template <int Bits>
using UInt = typename plain::Stored<plain::bytes_of(Bits)>::Unsigned;
template <int Bits>
using Value = typename plain::Computed<Bits>::Signed;
template <int Bits>
using UValue = typename plain::Computed<Bits>::Unsigned;
#endif

}  // namespace hls
}  // namespace edgemoe
