// SPDX-License-Identifier: Apache-2.0
/// The vendor switch: which of three builds this is. The synthesis tool defines __SYNTHESIS__; no
/// other file of the tree reads it.
///
/// Plain:        g++, C integers, streams of our own: what simulates. EDGEMOE_VENDOR_TYPES is 0.
/// Vendor types: g++ (or the tool's C simulation) with -DEDGEMOE_VENDOR_TYPES=1 and the vendor's
///               ap_int.h, ap_fixed.h and hls_stream.h on the include path: every number has its
///               exact width, rounds and overflows by the vendor's own modes.
/// Synthesis:    the tool; always with vendor types.
/// All three give the same bits. A program links objects of one build only.
#pragma once

#if defined(__SYNTHESIS__)
#define EDGEMOE_SYNTHESIS 1
#else
#define EDGEMOE_SYNTHESIS 0
#endif

#if EDGEMOE_SYNTHESIS || !defined(EDGEMOE_VENDOR_TYPES)
#undef EDGEMOE_VENDOR_TYPES
#define EDGEMOE_VENDOR_TYPES EDGEMOE_SYNTHESIS
#endif

namespace edgemoe {
namespace hls {

constexpr bool kVendorTypes = EDGEMOE_VENDOR_TYPES != 0;

}  // namespace hls
}  // namespace edgemoe
