// SPDX-License-Identifier: Apache-2.0
#include "host/run/task_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/io/error.hpp"

namespace edgemoe::host {
namespace {

models::TaskConfig semseg() {
  models::TaskConfig task;
  task.name = "semseg";
  task.kind = models::TaskKind::kSemseg;
  task.classes = {"a", "b", "c"};
  task.colours = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
  return task;
}

models::TaskConfig depth() {
  models::TaskConfig task;
  task.name = "depth";
  task.kind = models::TaskKind::kDepth;
  return task;
}

/// [3, 1, 4]: class per pixel by the largest channel.
models::Tensor head_of(const std::vector<int>& classes) {
  models::Tensor head;
  head.shape = {3, 1, 4};
  head.data.assign(12, 0.0F);
  for (std::size_t i = 0; i < 4; ++i)
    head.data[static_cast<std::size_t>(classes[i]) * 4 + i] = 1.0F;
  return head;
}

InputImage labelled(std::vector<std::uint16_t> labels) {
  InputImage image;
  image.given = "a.png";
  image.labels = models::GrayImage{1, 4, 8, std::move(labels)};
  return image;
}

TEST(TaskMetrics, ClassesThatDoNotOccurDoNotCountInOneImage) {
  const Metrics metrics = image_metrics(semseg(), head_of({0, 0, 1, 1}), labelled({0, 0, 1, 0}));
  EXPECT_NEAR(metrics.at("miou"), 0.5 * (2.0 / 3.0 + 0.5), 1e-9);
  EXPECT_NEAR(metrics.at("pixel_accuracy"), 0.75, 1e-12);
}

TEST(TaskMetrics, SetFollowsThePublishedDefinition) {
  const models::TaskConfig task = semseg();
  SetMetrics set(task);
  EXPECT_TRUE(set.values().empty());
  set.add(head_of({0, 0, 1, 1}), labelled({0, 0, 1, 0}));
  EXPECT_NEAR(set.values().at("miou"), (2.0 / 3.0 + 0.5) / 3.0, 1e-9);
  EXPECT_EQ(set.values().at("images"), 1.0);
}

TEST(TaskMetrics, IgnoredPixelsDoNotCountAndAllIgnoredIsNothing) {
  EXPECT_EQ(image_metrics(semseg(), head_of({0, 1, 2, 0}), labelled({0, 255, 255, 255})).at("miou"),
            1.0);
  EXPECT_TRUE(
      image_metrics(semseg(), head_of({0, 1, 2, 0}), labelled({255, 255, 255, 255})).empty());
}

TEST(TaskMetrics, LabelThatIsNoClassIsRefused) {
  EXPECT_THROW(image_metrics(semseg(), head_of({0, 1, 2, 0}), labelled({0, 3, 0, 0})),
               models::DataError);
}

TEST(TaskMetrics, DepthIsAFractionOfSixteenBits) {
  InputImage image;
  image.depth = models::GrayImage{1, 2, 16, {65535, 0}};
  models::Tensor head{{1, 1, 2}, {0.5F, 0.9F}};
  EXPECT_NEAR(image_metrics(depth(), head, image).at("rmse"), 0.5, 1e-6);
}

TEST(TaskMetrics, WithoutLabelsOrHeadThereAreNone) {
  EXPECT_TRUE(image_metrics(semseg(), head_of({0, 0, 0, 0}), InputImage{}).empty());
  EXPECT_TRUE(image_metrics(semseg(), models::Tensor{}, labelled({0, 0, 0, 0})).empty());
  EXPECT_TRUE(image_metrics(depth(), models::Tensor{}, labelled({0, 0, 0, 0})).empty());
  EXPECT_TRUE(paint_labels(depth(), InputImage{}).rgb.empty());
}

TEST(TaskMetrics, LabelsArePaintedInTheTasksColours) {
  EXPECT_EQ(paint_labels(semseg(), labelled({0, 2, 255, 1})).rgb,
            (std::vector<std::uint8_t>{1, 2, 3, 7, 8, 9, 0, 0, 0, 4, 5, 6}));
}

}  // namespace
}  // namespace edgemoe::host
