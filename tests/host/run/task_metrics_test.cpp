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
  image.truth.semseg = models::GrayImage{1, 4, 8, std::move(labels)};
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

TEST(TaskMetrics, DepthWithoutMeasurementDoesNotCount) {
  InputImage image;
  image.truth.depth = models::Tensor{{1, 1, 2}, {1.0F, 0.0F}};
  models::Tensor head{{1, 1, 2}, {0.5F, 0.9F}};
  EXPECT_NEAR(image_metrics(depth(), head, image).at("rmse"), 0.5, 1e-6);
}

models::TaskConfig of_kind(const char* name, models::TaskKind kind) {
  models::TaskConfig task;
  task.name = name;
  task.kind = kind;
  return task;
}

TEST(TaskMetrics, HumanPartsHaveLabelsOfTheirOwnAndSkipImagesWithoutPeople) {
  models::TaskConfig task = semseg();
  task.kind = models::TaskKind::kHumanParts;
  EXPECT_TRUE(image_metrics(task, head_of({0, 0, 1, 1}), labelled({0, 0, 1, 0})).empty());
  InputImage people, nobody;
  people.truth.human_parts = models::GrayImage{1, 4, 8, {0, 0, 1, 2}};
  nobody.truth.human_parts = models::GrayImage{1, 4, 8, {0, 0, 0, 0}};
  SetMetrics set(task);
  set.add(head_of({0, 0, 1, 2}), people);
  set.add(head_of({1, 1, 1, 1}), nobody);
  EXPECT_NEAR(set.values().at("miou"), 1.0, 1e-9);
}

TEST(TaskMetrics, NormalsAreAnglesInDegrees) {
  InputImage image;
  image.truth.normals = models::Tensor{{3, 1, 2}, {1, 0, 0, 0, 0, 1}};
  const models::Tensor head{{3, 1, 2}, {5, 1, 0, 0, 0, 1}};
  const Metrics metrics =
      image_metrics(of_kind("normals", models::TaskKind::kNormals), head, image);
  EXPECT_NEAR(metrics.at("mean_angle"), 22.5, 1e-4);
  EXPECT_NEAR(metrics.at("within_30"), 0.5, 1e-9);
}

TEST(TaskMetrics, SaliencyAndEdgesAreJudgedAsProbabilities) {
  InputImage image;
  image.truth.saliency = image.truth.edge = models::GrayImage{1, 4, 8, {0, 1, 0, 0}};
  const models::Tensor head{{1, 1, 4}, {-9, 9, -9, -9}};
  const Metrics salient = image_metrics(of_kind("sal", models::TaskKind::kSaliency), head, image);
  EXPECT_NEAR(salient.at("max_f"), 1.0, 1e-9);
  EXPECT_NEAR(salient.at("miou"), 1.0, 1e-9);
  const models::TaskConfig edge = of_kind("edge", models::TaskKind::kEdge);
  SetMetrics set(edge);
  EXPECT_TRUE(set.values().empty());
  set.add(head, image);
  EXPECT_NEAR(set.values().at("ods_f"), 1.0, 1e-9);
}

TEST(MultiTaskGain, AveragesRelativeGainsWithTheirSign) {
  models::ModelConfig model;
  model.tasks = {semseg(), depth()};
  const std::map<std::string, Metrics> metrics{
      {"semseg", {{"miou", 0.44}, {"reference_miou", 0.4}}},
      {"depth", {{"rmse", 0.5}, {"reference_rmse", 0.4}}}};
  const Metrics gain = multi_task_gain(model, metrics, {{"semseg", 0.4}, {"depth", 0.4}});
  EXPECT_NEAR(gain.at("delta_m"), 0.5 * (0.1 - 0.25), 1e-9);
  EXPECT_NEAR(gain.at("reference_delta_m"), 0.0, 1e-9);
  EXPECT_EQ(gain.at("tasks"), 2.0);
  EXPECT_EQ(multi_task_gain(model, metrics, {{"semseg", 0.4}}).at("tasks"), 1.0);
  EXPECT_TRUE(multi_task_gain(model, metrics, {}).empty());
  EXPECT_TRUE(multi_task_gain(model, {}, {{"semseg", 0.4}}).empty());
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
