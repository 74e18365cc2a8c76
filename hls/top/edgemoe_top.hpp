// SPDX-License-Identifier: Apache-2.0
/// edgemoe_top: what Vitis HLS synthesises. One AXI master for the image, AXI-Lite for size and
/// status.
///
/// Same values as run_program for programs within BoardLimits; larger ones end with
/// RunError::kBadShape.
#pragma once

#include <cstdint>

#include "hls/support/memory.hpp"

namespace edgemoe {
namespace hls {

/// AXI-Lite registers, in this order.
struct StatusRegisters {
  std::uint32_t error;
  std::uint32_t failed_command;
  std::uint64_t residual_saturations;
  std::uint64_t accumulator_saturations;
  std::uint64_t int8_saturations;
  std::uint64_t macs;
};

}  // namespace hls
}  // namespace edgemoe

extern "C" void edgemoe_top(edgemoe::hls::MemoryPort memory, std::uint64_t size,
                            edgemoe::hls::StatusRegisters* status);
