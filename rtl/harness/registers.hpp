// SPDX-License-Identifier: Apache-2.0
/// What the host writes to start a program: rtl/register_file/README.md has the map.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace edgemoe::rtl {

constexpr std::uint16_t kRegisterControl = 0x000;   ///< bit 0: start
constexpr std::uint16_t kRegisterImageLow = 0x010;  ///< byte address of the image
constexpr std::uint16_t kRegisterImageHigh = 0x014;

/// Image at address 0, then the doorbell.
inline std::vector<std::pair<std::uint16_t, std::uint32_t>> start_writes() {
  return {{kRegisterImageLow, 0}, {kRegisterImageHigh, 0}, {kRegisterControl, 1}};
}

}  // namespace edgemoe::rtl
