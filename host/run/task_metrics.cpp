// SPDX-License-Identifier: Apache-2.0
#include "host/run/task_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "models/io/error.hpp"
#include "models/reference/metrics.hpp"
#include "models/reference/postprocess.hpp"
#include "models/schema/baseline.hpp"

namespace edgemoe::host {

using models::GrayImage;
using models::GroundTruth;
using models::TaskKind;
using models::Tensor;

class Meter {
 public:
  virtual ~Meter() = default;
  virtual void add(const Tensor& head, const InputImage& image) = 0;
  virtual Metrics values() const = 0;
};

namespace {

bool has_classes(TaskKind kind) {
  return kind == TaskKind::kSemseg || kind == TaskKind::kHumanParts;
}

const std::optional<GrayImage>& class_labels(TaskKind kind, const GroundTruth& truth) {
  return kind == TaskKind::kHumanParts ? truth.human_parts : truth.semseg;
}

bool has_labels(const models::TaskConfig& task, const Tensor& head, const InputImage& image) {
  if (head.size() == 0) return false;
  switch (task.kind) {
    case TaskKind::kSemseg:
    case TaskKind::kHumanParts:
      return class_labels(task.kind, image.truth).has_value();
    case TaskKind::kDepth:
      return image.truth.depth.has_value();
    case TaskKind::kNormals:
      return image.truth.normals.has_value();
    case TaskKind::kSaliency:
      return image.truth.saliency.has_value();
    case TaskKind::kEdge:
      return image.truth.edge.has_value();
  }
  return false;
}

const std::vector<std::uint16_t>& checked_labels(const models::TaskConfig& task,
                                                 const InputImage& image) {
  const int classes = task.output_channels();
  const std::vector<std::uint16_t>& labels = class_labels(task.kind, image.truth)->data;
  for (const std::uint16_t label : labels) {
    if (label < classes || label == models::kIgnoreLabel) continue;
    throw models::DataError(fmt::format("{}: error: labels: expected classes 0..{} or {}, got {}",
                                        image.given, classes - 1, models::kIgnoreLabel, label));
  }
  return labels;
}

std::vector<float> probabilities(const Tensor& head) {
  std::vector<float> result(head.size());
  std::transform(head.data.begin(), head.data.end(), result.begin(),
                 [](float v) { return 1.0F / (1.0F + std::exp(-v)); });
  return result;
}

class ClassMeter : public Meter {
 public:
  explicit ClassMeter(const models::TaskConfig& task)
      : task_(task),
        iou_(std::max(task.output_channels(), 1), task.kind == TaskKind::kHumanParts) {}
  void add(const Tensor& head, const InputImage& image) override {
    iou_.add(models::class_map(head).data, checked_labels(task_, image));
  }
  Metrics values() const override { return {{"miou", iou_.value()}}; }

 private:
  const models::TaskConfig& task_;
  models::MeanIou iou_;
};

class DepthMeter : public Meter {
 public:
  void add(const Tensor& head, const InputImage& image) override {
    error_.add(head.data, image.truth.depth->data);
  }
  Metrics values() const override {
    return {{"rmse", error_.rmse()}, {"log_rmse", error_.log_rmse()}};
  }

 private:
  models::DepthError error_;
};

class NormalsMeter : public Meter {
 public:
  void add(const Tensor& head, const InputImage& image) override {
    error_.add(head.data, image.truth.normals->data);
  }
  Metrics values() const override {
    return {{"mean_angle", error_.mean()},        {"median_angle", error_.median()},
            {"rmse_angle", error_.rmse()},        {"within_11_25", error_.within(11.25)},
            {"within_22_5", error_.within(22.5)}, {"within_30", error_.within(30.0)}};
  }

 private:
  models::NormalsError error_;
};

class SaliencyMeter : public Meter {
 public:
  void add(const Tensor& head, const InputImage& image) override {
    metric_.add(probabilities(head), image.truth.saliency->data);
  }
  Metrics values() const override { return {{"max_f", metric_.max_f()}, {"miou", metric_.miou()}}; }

 private:
  models::SaliencyMetric metric_;
};

class EdgeMeter : public Meter {
 public:
  void add(const Tensor& head, const InputImage& image) override {
    const GrayImage& edge = *image.truth.edge;
    if (!metric_) metric_.emplace(edge.height, edge.width, radius(edge.height, edge.width));
    metric_->add(probabilities(head), edge.data);
  }
  Metrics values() const override { return {{"ods_f", metric_ ? metric_->ods_f() : 0.0}}; }

 private:
  /// Tolerance of the published benchmark, as a share of the diagonal.
  static int radius(int height, int width) {
    return std::max(1, static_cast<int>(std::lround(0.0075 * std::hypot(height, width))));
  }
  std::optional<models::EdgeMetric> metric_;
};

std::unique_ptr<Meter> make_meter(const models::TaskConfig& task) {
  switch (task.kind) {
    case TaskKind::kDepth:
      return std::make_unique<DepthMeter>();
    case TaskKind::kNormals:
      return std::make_unique<NormalsMeter>();
    case TaskKind::kSaliency:
      return std::make_unique<SaliencyMeter>();
    case TaskKind::kEdge:
      return std::make_unique<EdgeMeter>();
    case TaskKind::kSemseg:
    case TaskKind::kHumanParts:
      break;
  }
  return std::make_unique<ClassMeter>(task);
}

Metrics class_metrics(const models::TaskConfig& task, const Tensor& head, const InputImage& image) {
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

models::Image paint_gray(const GrayImage& mask) {
  models::Image image{mask.height, mask.width, {}};
  for (const std::uint16_t value : mask.data)
    image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(value != 0 ? 255 : 0));
  return image;
}

}  // namespace

Metrics image_metrics(const models::TaskConfig& task, const Tensor& head, const InputImage& image) {
  if (!has_labels(task, head, image)) return {};
  if (has_classes(task.kind)) return class_metrics(task, head, image);
  const std::unique_ptr<Meter> meter = make_meter(task);
  meter->add(head, image);
  return meter->values();
}

SetMetrics::SetMetrics(const models::TaskConfig& task) : task_(task), meter_(make_meter(task)) {}
SetMetrics::~SetMetrics() = default;
SetMetrics::SetMetrics(SetMetrics&& other) noexcept = default;

void SetMetrics::add(const Tensor& head, const InputImage& image) {
  if (!has_labels(task_, head, image)) return;
  ++images_;
  meter_->add(head, image);
}

Metrics SetMetrics::values() const {
  if (images_ == 0) return {};
  Metrics metrics = meter_->values();
  metrics["images"] = images_;
  return metrics;
}

models::Image paint_labels(const models::TaskConfig& task, const InputImage& image) {
  const GroundTruth& truth = image.truth;
  if (has_classes(task.kind)) {
    const std::optional<GrayImage>& labels = class_labels(task.kind, truth);
    return labels ? models::paint_classes(*labels, task.colours) : models::Image{};
  }
  if (task.kind == TaskKind::kDepth && truth.depth)
    return models::paint_ramp(*truth.depth, 0.0, 1.0);
  if (task.kind == TaskKind::kNormals && truth.normals)
    return models::paint_normals(*truth.normals);
  if (task.kind == TaskKind::kSaliency && truth.saliency) return paint_gray(*truth.saliency);
  if (task.kind == TaskKind::kEdge && truth.edge) return paint_gray(*truth.edge);
  return {};
}

Metrics multi_task_gain(const models::ModelConfig& model,
                        const std::map<std::string, Metrics>& metrics,
                        const std::map<std::string, double>& baseline) {
  std::vector<models::TaskScore> scores, reference;
  for (const models::TaskConfig& task : model.tasks) {
    const auto single = baseline.find(task.name);
    const auto measured = metrics.find(task.name);
    if (single == baseline.end() || measured == metrics.end()) continue;
    const std::string key = models::primary_metric(task.kind);
    const bool higher = models::higher_is_better(task.kind);
    scores.push_back({measured->second.at(key), single->second, higher});
    const auto golden = measured->second.find("reference_" + key);
    if (golden != measured->second.end())
      reference.push_back({golden->second, single->second, higher});
  }
  if (scores.empty()) return {};
  Metrics gain{{"delta_m", models::delta_m(scores)}, {"tasks", static_cast<double>(scores.size())}};
  if (reference.size() == scores.size()) gain["reference_delta_m"] = models::delta_m(reference);
  return gain;
}

}  // namespace edgemoe::host
