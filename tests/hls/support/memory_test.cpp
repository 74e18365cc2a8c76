// SPDX-License-Identifier: Apache-2.0
#include "hls/support/memory.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace edgemoe::hls {
namespace {

TEST(Memory, WordsAreLittleEndianAtAnyAlignment) {
  std::vector<std::uint8_t> bytes = {0, 0x01, 0x02, 0x03, 0x84, 0, 0};
  EXPECT_EQ(read_word(bytes.data(), 1), 0x84030201u);
  write_word(bytes.data(), 2, 0xf1e2d3c4u);
  const std::vector<std::uint8_t> expected = {0, 0x01, 0xc4, 0xd3, 0xe2, 0xf1, 0};
  EXPECT_EQ(bytes, expected);
}

TEST(Memory, BlocksKeepByteOrder) {
  std::vector<std::uint8_t> bytes(64);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(3 * i);
  std::uint8_t block[16];
  read_block(bytes.data(), 5, block);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(block[i], bytes[5 + i]);
}

}  // namespace
}  // namespace edgemoe::hls
