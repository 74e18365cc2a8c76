// SPDX-License-Identifier: Apache-2.0
#include "models/reference/postprocess.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace edgemoe::models {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(ClassMap, LargestChannelWinsAndTiesGoToTheLowerIndex) {
  const Tensor head{{3, 1, 4}, {1, 0, 5, -3, 2, 0, 5, -2, 0, 0, 6, -2}};
  const GrayImage labels = class_map(head);
  EXPECT_EQ(labels.data, (std::vector<std::uint16_t>{1, 0, 2, 1}));
  EXPECT_EQ(labels.bits, 8);
  EXPECT_EQ(labels.width, 4);
}

TEST(ClassMap, NanNeverWins) {
  const float nan = std::nanf("");
  const Tensor head{{2, 1, 3}, {nan, -kInfinity, nan, -5.0f, -kInfinity, nan}};
  EXPECT_EQ(class_map(head).data, (std::vector<std::uint16_t>{1, 0, 0}));
}

TEST(PaintClasses, UsesTheTaskColoursThenTheWheelAndBlackForIgnore) {
  const GrayImage labels{1, 4, 8, {1, 0, 7, 255}};
  const Image image = paint_classes(labels, {{1, 2, 3}, {4, 5, 6}});
  EXPECT_EQ(std::vector<std::uint8_t>(image.rgb.begin(), image.rgb.begin() + 6),
            (std::vector<std::uint8_t>{4, 5, 6, 1, 2, 3}));
  EXPECT_GT(image.rgb[6] + image.rgb[7] + image.rgb[8], 0);
  EXPECT_EQ(image.rgb[9] + image.rgb[10] + image.rgb[11], 0);
}

TEST(UnitToGray16, RoundsAndClamps) {
  const Tensor head{{1, 1, 7}, {0.0f, 1.0f, 0.5f, -1.0f, 2.0f, std::nanf(""), kInfinity}};
  const GrayImage gray = unit_to_gray16(head);
  EXPECT_EQ(gray.bits, 16);
  EXPECT_EQ(gray.data, (std::vector<std::uint16_t>{0, 65535, 32768, 0, 65535, 0, 65535}));
}

TEST(SigmoidToGray8, HalfIsTheMiddleAndTheEndsSaturate) {
  const Tensor head{{1, 1, 4}, {0.0f, 100.0f, -100.0f, -kInfinity}};
  EXPECT_EQ(sigmoid_to_gray8(head).data, (std::vector<std::uint16_t>{128, 255, 0, 0}));
}

TEST(PaintNormals, NormalisesAndMapsToBytes) {
  const Tensor head{{3, 1, 2}, {5.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f}};
  EXPECT_EQ(paint_normals(head).rgb, (std::vector<std::uint8_t>{255, 128, 128, 128, 128, 128}));
}

TEST(RampColour, LightnessRisesAllTheWay) {
  double before = -1.0;
  for (int i = 0; i <= 255; ++i) {
    const auto colour = ramp_colour(i / 255.0);
    const double luma = 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2];
    EXPECT_GE(luma, before) << i;
    before = luma;
  }
  EXPECT_EQ(ramp_colour(-1.0), ramp_colour(0.0));
  EXPECT_EQ(ramp_colour(2.0), ramp_colour(1.0));
  EXPECT_EQ(ramp_colour(std::nan("")), ramp_colour(0.0));
}

TEST(PaintRamp, NeedsARangeAndOneChannel) {
  const Tensor values{{1, 1, 2}, {2.0f, 4.0f}};
  const Image image = paint_ramp(values, 2.0, 4.0);
  EXPECT_EQ(image.rgb[0], ramp_colour(0.0)[0]);
  EXPECT_EQ(image.rgb[3], ramp_colour(1.0)[0]);
  EXPECT_THROW(paint_ramp(values, 4.0, 4.0), std::invalid_argument);
  EXPECT_THROW(paint_ramp(Tensor{{2, 1, 1}, {0, 0}}, 0.0, 1.0), std::invalid_argument);
  EXPECT_THROW(class_map(Tensor{{2}, {0, 0}}), std::invalid_argument);
  EXPECT_THROW(class_map(Tensor{{2, 1, 1}, {0}}), std::invalid_argument);
}

TEST(RenderTask, EveryKindGivesAPictureAndItsData) {
  TaskConfig task;
  const Tensor one{{1, 1, 2}, {0.25f, 0.75f}};
  const Tensor three{{3, 1, 2}, {1, 0, 0, 1, 0, 0}};
  for (const TaskKind kind : {TaskKind::kSemseg, TaskKind::kHumanParts, TaskKind::kDepth,
                              TaskKind::kNormals, TaskKind::kSaliency, TaskKind::kEdge}) {
    task.kind = kind;
    const bool flat =
        kind == TaskKind::kDepth || kind == TaskKind::kSaliency || kind == TaskKind::kEdge;
    const TaskPicture picture = render_task(task, flat ? one : three);
    EXPECT_EQ(picture.colour.rgb.size(), 6u);
    EXPECT_EQ(picture.colour.width, 2);
    EXPECT_EQ(picture.data.has_value(), kind != TaskKind::kNormals);
    if (kind == TaskKind::kDepth) {
      EXPECT_EQ(picture.data->bits, 16);
      EXPECT_EQ(picture.data->data[0], 16384);
    }
    if (kind == TaskKind::kEdge) {
      EXPECT_EQ(picture.colour.rgb[0], picture.data->data[0]);
    }
  }
}

}  // namespace
}  // namespace edgemoe::models
