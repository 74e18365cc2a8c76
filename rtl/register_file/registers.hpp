// SPDX-License-Identifier: Apache-2.0
/// The accelerator's registers as software sees them: byte offsets and bits. README.md explains
/// each.
///
/// Use:    32-bit words behind AXI4-Lite, little-endian. To run: write kImageLow and kImageHigh,
///         write kControlStart to kControl, wait for kStatusDone or kStatusError.
/// Change: together with edgemoe_register_file.sv; the test of the register file reads every one of
///         these. A change of meaning raises kRegisterMapVersion.
#pragma once

#include <cstdint>

namespace edgemoe {
namespace rtl {

constexpr std::uint32_t kRegisterMapVersion = 1;

enum Register : std::uint32_t {
  kControl = 0x000,
  kStatus = 0x004,
  kError = 0x008,
  kInterruptEnable = 0x00c,
  kImageLow = 0x010,
  kImageHigh = 0x014,
  kCyclesLow = 0x018,
  kCyclesHigh = 0x01c,
  kCommands = 0x020,
  kSatResidual = 0x024,
  kSatAccumulator = 0x028,
  kSatInt8 = 0x02c,
  kIdentity = 0x040,
  kVersion = 0x044,
  kShape = 0x048,
  kRows = 0x04c,
  kDims = 0x050,
  kRing = 0x054,
};

constexpr std::uint32_t kControlStart = 1u << 0;
constexpr std::uint32_t kStatusBusy = 1u << 0;
constexpr std::uint32_t kStatusDone = 1u << 1;
constexpr std::uint32_t kStatusError = 1u << 2;
constexpr std::uint32_t kErrorProgram = 1u << 0;
constexpr std::uint32_t kErrorRead = 1u << 1;
constexpr std::uint32_t kErrorWrite = 1u << 2;

}  // namespace rtl
}  // namespace edgemoe
