// SPDX-License-Identifier: Apache-2.0
/// Where things lie in the accelerator's DRAM. See README.md "DRAM image".
#pragma once

#include <cstdint>

namespace edgemoe {
namespace program {

constexpr std::uint32_t kImageMagic = 0x454F4D45u;  ///< "EMOE" little-endian
constexpr std::uint32_t kImageVersion = 1;

/// First 256 bytes of the image, little-endian, in this order.
struct ImageHeader {
  std::uint32_t magic = kImageMagic;
  std::uint32_t version = kImageVersion;
  std::uint64_t image_bytes = 0;
  std::uint64_t program_address = 0;
  std::uint32_t command_count = 0;
  std::uint32_t reserved = 0;
  std::uint64_t pixel_address = 0;
  std::uint64_t pixel_bytes = 0;
  std::uint64_t result_address = 0;
  std::uint64_t result_bytes = 0;
};

constexpr int kImageHeaderBytes = 256;

}  // namespace program
}  // namespace edgemoe
