// SPDX-License-Identifier: Apache-2.0
/// Access to the external memory: one flat image addressed in bytes, moved in 32-bit little-endian
/// words.
///
/// Port:     the same type in synthesis and under g++, because co-simulation passes the test
///           bench's array to the synthesised function. The tool widens it to 128 bits: all long
///           transfers are sequential words from 256-byte aligned addresses, which is what its
///           burst inference needs.
/// Address:  a multiple of 4. A word's lowest byte is the one at its address.
/// Errors:   none here. hls/top checks every range against the image before a kernel runs.
#pragma once

#include <cstdint>

#include "hls/support/number.hpp"

namespace edgemoe {
namespace hls {

constexpr int kWordBytes = 4;

using Word = UInt<32>;
using MemoryPort = Word*;

inline Word read_word(MemoryPort memory, std::uint64_t address) {
#pragma HLS inline
  return memory[address / kWordBytes];
}

inline void write_word(MemoryPort memory, std::uint64_t address, const Word& word) {
#pragma HLS inline
  memory[address / kWordBytes] = word;
}

/// Copies Bytes bytes (a multiple of 4) from `address` on.
template <int Bytes>
inline void read_block(MemoryPort memory, std::uint64_t address, std::uint8_t (&block)[Bytes]) {
  static_assert(Bytes % kWordBytes == 0, "the memory moves whole words");
  for (int i = 0; i < Bytes / kWordBytes; ++i) {
#pragma HLS pipeline II = 1
    const std::uint64_t at = address + static_cast<std::uint64_t>(i) * kWordBytes;
    const Word word = read_word(memory, at);
    for (int b = 0; b < kWordBytes; ++b) {
      block[i * kWordBytes + b] = static_cast<std::uint8_t>(word >> (8 * b));
    }
  }
}

/// A word of an image that is held as bytes, and back; for hosts.
inline std::uint32_t word_of_bytes(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
         static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

inline void bytes_of_word(std::uint32_t word, std::uint8_t* bytes) {
  for (int b = 0; b < kWordBytes; ++b) bytes[b] = static_cast<std::uint8_t>(word >> (8 * b));
}

}  // namespace hls
}  // namespace edgemoe
