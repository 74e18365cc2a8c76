// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/transfer.hpp"

#include <gtest/gtest.h>

#include "hls/kernels/copy.hpp"
#include "tests/hls/kernels/fixture.hpp"

namespace edgemoe::hls {
namespace {

TEST(Transfer, EveryPixelLandsInItsPatch) {
  const auto tokens = testing::make_tokens();
  const int width = 48, height = 32;
  std::vector<std::uint8_t> memory(256 + 3 * width * height);
  for (std::size_t i = 0; i < memory.size(); ++i)
    memory[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  load_pixels(testing::to_words(memory).data(), 256, width, height,
              PatchRange{0, width / 16 * (height / 16)}, *tokens);
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const int patch = y / 16 * (width / 16) + x / 16;
        const int column = c * 256 + y % 16 * 16 + x % 16;
        ASSERT_EQ(tokens->pixels[patch][column], memory[256 + (c * height + y) * width + x]);
      }
    }
  }
}

TEST(Transfer, StoredRowsAreDense) {
  const auto tokens = testing::make_tokens();
  const RowSet rows{0, 3, 2, 8};
  const int dim = 5;
  for (int r = 0; r < 16; ++r) {
    for (int d = 0; d < dim; ++d) tokens->residual[r][d] = (r * 100 + d) * (d % 2 == 0 ? 1 : -1);
  }
  std::vector<Word> memory(2 * 3 * dim + 1, 0xeeeeeeee);
  store_residual(memory.data(), 0, rows, dim, *tokens);
  for (int i = 0; i < 6 * dim; ++i) {
    const int row = row_of(rows, i / dim / 3, i / dim % 3);
    ASSERT_EQ(static_cast<std::int32_t>(memory[i]), tokens->residual[row][i % dim]) << i;
  }
  EXPECT_EQ(memory.back(), 0xeeeeeeee) << "nothing is written behind the last row";
}

TEST(Transfer, PositionsReadBackWhatWasStored) {
  const auto tokens = testing::make_tokens();
  std::vector<std::uint8_t> memory(4 * 7 * 3);
  for (int i = 0; i < 21; ++i) program::put_word(memory.data() + 4 * i, (i - 10) * 123456789);
  load_positions(testing::to_words(memory).data(), 0, 3, 7, *tokens);
  for (int i = 0; i < 21; ++i) {
    EXPECT_EQ(tokens->position[i / 7][i % 7], program::get_word(memory.data() + 4 * i));
  }
}

TEST(Copy, ReachesEverySegmentAndNothingElse) {
  const auto tokens = testing::make_tokens();
  for (int r = 0; r < 12; ++r) {
    for (int d = 0; d < 4; ++d) tokens->residual[r][d] = r * 10 + d;
  }
  copy_segments(RowSet{0, 3, 3, 4}, 3, *tokens);
  for (int r = 0; r < 12; ++r) {
    for (int d = 0; d < 4; ++d) {
      const bool copied = r % 4 < 3 && d < 3;
      EXPECT_EQ(tokens->residual[r][d], (copied ? r % 4 : r) * 10 + d) << r << ", " << d;
    }
  }
}

}  // namespace
}  // namespace edgemoe::hls
