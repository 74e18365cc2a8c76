// SPDX-License-Identifier: Apache-2.0
/// Where things lie in the accelerator's DRAM. See README.md "DRAM image".
#pragma once

#include <cstdint>

namespace edgemoe {
namespace program {

constexpr std::uint32_t kImageMagic = 0x454F4D45u;  ///< "EMOE" little-endian
constexpr std::uint32_t kImageVersion = 1;

/// Number formats of a program's weights and activations (hls/README.md). An executor refuses those
/// that it does not have.
enum class Precision : std::uint32_t { kW8A8 = 0, kW16A16 = 1, kW16A32 = 2 };
constexpr std::uint32_t kLastPrecision = static_cast<std::uint32_t>(Precision::kW16A32);

/// First 256 bytes of the image, little-endian, in this order.
struct ImageHeader {
  std::uint32_t magic = kImageMagic;
  std::uint32_t version = kImageVersion;
  std::uint64_t image_bytes = 0;
  std::uint64_t program_address = 0;
  std::uint32_t command_count = 0;
  Precision precision = Precision::kW8A8;
  std::uint64_t pixel_address = 0;
  std::uint64_t pixel_bytes = 0;
  std::uint64_t result_address = 0;
  std::uint64_t result_bytes = 0;
  std::uint64_t scratch_address = 0;  ///< what a tiled program spills; 0 bytes elsewhere
  std::uint64_t scratch_bytes = 0;
};

constexpr int kImageHeaderBytes = 256;

}  // namespace program
}  // namespace edgemoe
