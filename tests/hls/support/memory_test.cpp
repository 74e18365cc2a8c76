// SPDX-License-Identifier: Apache-2.0
#include "hls/support/memory.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace edgemoe::hls {
namespace {

TEST(Memory, WordsAreLittleEndianAndAddressedInBytes) {
  const std::uint8_t bytes[] = {0x01, 0x02, 0x03, 0x84};
  EXPECT_EQ(word_of_bytes(bytes), 0x84030201u);
  std::uint8_t back[4] = {};
  bytes_of_word(0x84030201u, back);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(back[i], bytes[i]);
  std::vector<std::uint32_t> memory = {1, 2, 3};
  EXPECT_EQ(read_word(memory.data(), 8), 3u);
  write_word(memory.data(), 4, 9);
  EXPECT_EQ(memory, (std::vector<std::uint32_t>{1, 9, 3}));
}

TEST(Memory, BlocksKeepByteOrder) {
  std::vector<std::uint32_t> memory = {0, 0x03020100, 0x07060504, 0x0b0a0908};
  std::uint8_t block[12];
  read_block(memory.data(), 4, block);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(block[i], i);
}

}  // namespace
}  // namespace edgemoe::hls
