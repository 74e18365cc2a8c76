// SPDX-License-Identifier: Apache-2.0
/// Access to the external memory: one flat image addressed in bytes, moved in 32-bit little-endian
/// words.
///
/// Port:    a pointer to words in synthesis (one AXI master, widened to 128 bits by the tool: all
/// long
///          transfers are sequential words from 256-byte aligned addresses, which is what its burst
///          inference needs); a pointer to bytes under g++, so that an image needs no alignment.
/// Errors:  none here. hls/top checks every range against the image before a kernel runs.
#pragma once

#include <cstdint>

#include "hls/support/vendor.hpp"

namespace edgemoe {
namespace hls {

constexpr int kWordBytes = 4;

#if EDGEMOE_SYNTHESIS
using MemoryPort = std::uint32_t*;

inline std::uint32_t read_word(MemoryPort memory, std::uint64_t address) {
#pragma HLS inline
  return memory[address / kWordBytes];
}

inline void write_word(MemoryPort memory, std::uint64_t address, std::uint32_t word) {
#pragma HLS inline
  memory[address / kWordBytes] = word;
}
#else
using MemoryPort = std::uint8_t*;

inline std::uint32_t read_word(MemoryPort memory, std::uint64_t address) {
  const std::uint8_t* b = memory + address;
  return static_cast<std::uint32_t>(b[0]) | static_cast<std::uint32_t>(b[1]) << 8 |
         static_cast<std::uint32_t>(b[2]) << 16 | static_cast<std::uint32_t>(b[3]) << 24;
}

inline void write_word(MemoryPort memory, std::uint64_t address, std::uint32_t word) {
  std::uint8_t* b = memory + address;
  b[0] = static_cast<std::uint8_t>(word);
  b[1] = static_cast<std::uint8_t>(word >> 8);
  b[2] = static_cast<std::uint8_t>(word >> 16);
  b[3] = static_cast<std::uint8_t>(word >> 24);
}
#endif

/// Copies Bytes bytes (a multiple of 4) from `address` on.
template <int Bytes>
inline void read_block(MemoryPort memory, std::uint64_t address, std::uint8_t (&block)[Bytes]) {
  static_assert(Bytes % kWordBytes == 0, "the memory moves whole words");
  for (int i = 0; i < Bytes / kWordBytes; ++i) {
#pragma HLS pipeline II = 1
    const std::uint32_t word =
        read_word(memory, address + static_cast<std::uint64_t>(i) * kWordBytes);
    for (int b = 0; b < kWordBytes; ++b)
      block[i * kWordBytes + b] = static_cast<std::uint8_t>(word >> (8 * b));
  }
}

}  // namespace hls
}  // namespace edgemoe
