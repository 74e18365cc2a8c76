// SPDX-License-Identifier: Apache-2.0
/// What a run reports back: the status registers of the hardware.
#pragma once

#include <cstdint>

namespace edgemoe {
namespace hls {

enum class RunError : std::uint8_t {
  kNone = 0,
  kBadHeader,     ///< the image's first 256 bytes, or ranges that they name
  kBadOpcode,     ///< a command that does not decode
  kBadAddress,    ///< unaligned, or outside the image (stores: outside the result region)
  kBadShape,      ///< a field beyond the limits or at odds with another
  kBadTag,        ///< consumed without load, loaded twice, of another size, or never consumed
  kBadOrder,      ///< ids, a missing end, or a buffer read before anything was written
  kBadPrecision,  ///< a program in number formats that this accelerator does not have
};

struct RunStatus {
  RunError error = RunError::kNone;
  std::uint32_t failed_command = 0;
  std::uint64_t residual_saturations = 0;     ///< an error of the model or its scales
  std::uint64_t accumulator_saturations = 0;  ///< 27-bit requantiser input
  std::uint64_t int8_saturations = 0;         ///< Q, K, V, attention output, hidden clipped
  std::uint64_t macs = 0;                     ///< products of valid rows, without padding
};

}  // namespace hls
}  // namespace edgemoe
