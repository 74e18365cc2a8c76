// SPDX-License-Identifier: Apache-2.0
/// The vendor switch. The synthesis tool defines __SYNTHESIS__; no other file of the tree reads it.
///
/// kSynthesis tells other code of this folder which world it is in where a constant is enough.
#pragma once

#if defined(__SYNTHESIS__)
#define EDGEMOE_SYNTHESIS 1
#else
#define EDGEMOE_SYNTHESIS 0
#endif

namespace edgemoe {
namespace hls {

constexpr bool kSynthesis = EDGEMOE_SYNTHESIS != 0;

}  // namespace hls
}  // namespace edgemoe
