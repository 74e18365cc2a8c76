// SPDX-License-Identifier: Apache-2.0
#include "models/reference/head.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "models/reference/network.hpp"
#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models {
namespace {

TEST(ResizePlanes, DoublingMixesThreeQuartersAndOneQuarter) {
  const Tensor twice = resize_planes(Tensor{{1, 1, 3}, {0.0f, 4.0f, 8.0f}}, 1, 6);
  EXPECT_EQ(twice.data, (std::vector<float>{0.0f, 1.0f, 3.0f, 5.0f, 7.0f, 8.0f}));
  const Tensor tall = resize_planes(Tensor{{1, 2, 1}, {0.0f, 4.0f}}, 4, 1);
  EXPECT_EQ(tall.data, (std::vector<float>{0.0f, 1.0f, 3.0f, 4.0f}));
}

TEST(ResizePlanes, OnePixelFillsEverythingAndChannelsStayApart) {
  const Tensor filled = resize_planes(Tensor{{2, 1, 1}, {3.0f, -1.0f}}, 2, 2);
  EXPECT_EQ(filled.shape, (std::vector<std::int64_t>{2, 2, 2}));
  EXPECT_EQ(filled.data, (std::vector<float>{3, 3, 3, 3, -1, -1, -1, -1}));
}

TEST(ResizePlanes, SameSizeIsACopyAndShrinkingSamples) {
  const Tensor planes{{1, 1, 4}, {1.0f, 2.0f, 3.0f, 4.0f}};
  EXPECT_EQ(resize_planes(planes, 1, 4).data, planes.data);
  EXPECT_EQ(resize_planes(planes, 1, 2).data, (std::vector<float>{1.5f, 3.5f}));
}

TEST(Convolve, HandComputedThreeByThreeWithZeroPadding) {
  const Tensor planes{{1, 2, 2}, {1.0f, 2.0f, 3.0f, 4.0f}};
  const std::vector<float> weight{0, 0, 0, 0, 1, 10, 0, 100, 0};  // centre, right, below
  const std::vector<float> bias{0.5f};
  const Tensor result = convolve(planes, ConvView{weight.data(), bias.data(), 1, 1, 3});
  EXPECT_EQ(result.data, (std::vector<float>{321.5f, 402.5f, 43.5f, 4.5f}));
}

TEST(Convolve, OnePixelSeesOnlyTheCentre) {
  const std::vector<float> weight{1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::vector<float> bias{-1.0f};
  const Tensor result =
      convolve(Tensor{{1, 1, 1}, {2.0f}}, ConvView{weight.data(), bias.data(), 1, 1, 3});
  EXPECT_EQ(result.data, (std::vector<float>{9.0f}));
}

TEST(Convolve, StripsOfRowsJoinWithoutSeams) {
  // 40 channels at width 64 make strips of 2 rows: far more than one strip for 33 rows.
  constexpr int kIn = 40, kHeight = 33, kWidth = 64;
  Tensor planes{{kIn, kHeight, kWidth}, std::vector<float>(kIn * kHeight * kWidth, 1.0f)};
  const std::vector<float> weight(kIn * 9, 1.0f);
  const std::vector<float> bias{0.0f};
  const Tensor result = convolve(planes, ConvView{weight.data(), bias.data(), 1, kIn, 3});
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const int rows = y == 0 || y == kHeight - 1 ? 2 : 3;
      const int columns = x == 0 || x == kWidth - 1 ? 2 : 3;
      ASSERT_EQ(result.data[static_cast<std::size_t>(y * kWidth + x)], kIn * rows * columns)
          << y << " " << x;
    }
  }
}

TEST(Head, TokensFromElsewhereGiveTheSameMap) {
  const ModelConfig model = testing::small_model();
  const TensorMap weights = synthetic_weights(model, 41);
  const Reference reference(model, weights);
  const TaskResult result = reference.run(testing::test_image(32, 48, 3), 0);
  EXPECT_EQ(reference.head_forward(result.tokens, 0).data, result.head.data);
  EXPECT_EQ(result.head.shape, (std::vector<std::int64_t>{3, 32, 48}));
}

TEST(Head, TheClassTokenDoesNotMatter) {
  const ModelConfig model = testing::small_model();
  const TensorMap weights = synthetic_weights(model, 42);
  const Reference reference(model, weights);
  TaskResult result = reference.run(testing::test_image(32, 48, 3), 1);
  for (std::size_t i = 0; i < 24; ++i) {
    result.tokens.data[i] = 1e6f;
  }
  EXPECT_EQ(reference.head_forward(result.tokens, 1).data, result.head.data);
}

TEST(Head, TokensOfAnotherShapeAreRefused) {
  const ModelConfig model = testing::small_model();
  const TensorMap weights = synthetic_weights(model, 43);
  const Reference reference(model, weights);
  EXPECT_THROW(reference.head_forward(Tensor{{6, 24}, std::vector<float>(144)}, 0),
               std::invalid_argument);
  EXPECT_THROW(reference.head_forward(Tensor{{7, 24}, std::vector<float>(167)}, 0),
               std::invalid_argument);
}

}  // namespace
}  // namespace edgemoe::models
