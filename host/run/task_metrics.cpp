// SPDX-License-Identifier: Apache-2.0
#include "host/run/task_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/io/error.hpp"
#include "models/reference/postprocess.hpp"

namespace edgemoe::host {
namespace {

using models::TaskKind;

bool has_classes(const models::TaskConfig& task) {
  return task.kind == TaskKind::kSemseg || task.kind == TaskKind::kHumanParts;
}

bool has_labels(const models::TaskConfig& task, const models::Tensor& head,
                const InputImage& image) {
  if (head.size() == 0) return false;
  return has_classes(task) ? image.labels.has_value()
                           : task.kind == TaskKind::kDepth && image.depth.has_value();
}

const std::vector<std::uint16_t>& checked_labels(const models::TaskConfig& task,
                                                 const InputImage& image) {
  const int classes = task.output_channels();
  for (const std::uint16_t label : image.labels->data) {
    if (label < classes || label == models::kIgnoreLabel) continue;
    throw models::DataError(fmt::format("{}: error: labels: expected classes 0..{} or {}, got {}",
                                        image.given, classes - 1, models::kIgnoreLabel, label));
  }
  return image.labels->data;
}

std::vector<float> depth_of(const models::GrayImage& image) {
  const float full = image.bits == 16 ? 65535.0F : 255.0F;
  std::vector<float> depth(image.data.size());
  std::transform(image.data.begin(), image.data.end(), depth.begin(),
                 [full](std::uint16_t value) { return static_cast<float>(value) / full; });
  return depth;
}

Metrics depth_metrics(const models::DepthError& error) {
  return {{"rmse", error.rmse()}, {"log_rmse", error.log_rmse()}};
}

}  // namespace

Metrics image_metrics(const models::TaskConfig& task, const models::Tensor& head,
                      const InputImage& image) {
  if (!has_labels(task, head, image)) return {};
  if (!has_classes(task)) {
    models::DepthError error;
    error.add(head.data, depth_of(*image.depth));
    return depth_metrics(error);
  }
  const std::vector<std::uint16_t>& labels = checked_labels(task, image);
  const std::vector<std::uint16_t> prediction = models::class_map(head).data;
  models::MeanIou iou(task.output_channels());
  iou.add(prediction, labels);
  std::set<std::size_t> present;
  std::size_t valid = 0, right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == models::kIgnoreLabel) continue;
    present.insert({labels[i], prediction[i]});
    ++valid;
    right += labels[i] == prediction[i] ? 1 : 0;
  }
  if (valid == 0) return {};
  const std::vector<double> per_class = iou.per_class();
  double sum = 0.0;
  for (const std::size_t c : present) sum += per_class[c];
  return {{"miou", sum / static_cast<double>(present.size())},
          {"pixel_accuracy", static_cast<double>(right) / static_cast<double>(valid)}};
}

SetMetrics::SetMetrics(const models::TaskConfig& task)
    : task_(task), iou_(std::max(task.output_channels(), 1), task.kind == TaskKind::kHumanParts) {}

void SetMetrics::add(const models::Tensor& head, const InputImage& image) {
  if (!has_labels(task_, head, image)) return;
  ++images_;
  if (has_classes(task_)) {
    iou_.add(models::class_map(head).data, checked_labels(task_, image));
  } else {
    depth_.add(head.data, depth_of(*image.depth));
  }
}

Metrics SetMetrics::values() const {
  if (images_ == 0) return {};
  Metrics metrics = has_classes(task_) ? Metrics{{"miou", iou_.value()}} : depth_metrics(depth_);
  metrics["images"] = images_;
  return metrics;
}

models::Image paint_labels(const models::TaskConfig& task, const InputImage& image) {
  if (has_classes(task) && image.labels) return models::paint_classes(*image.labels, task.colours);
  if (task.kind != TaskKind::kDepth || !image.depth) return {};
  models::Tensor depth;
  depth.shape = {1, image.depth->height, image.depth->width};
  depth.data = depth_of(*image.depth);
  return models::paint_ramp(depth, 0.0, 1.0);
}

}  // namespace edgemoe::host
