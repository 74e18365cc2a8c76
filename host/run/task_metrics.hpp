// SPDX-License-Identifier: Apache-2.0
/// Task metrics where something is known about an image (models/reference/metrics.hpp has the
/// definitions), by kind of task:
///
/// | semseg, human_parts | `miou`, of one image also `pixel_accuracy` |
/// | depth | `rmse`, `log_rmse` in the labels' unit |
/// | normals | `mean_angle`, `median_angle`, `rmse_angle` in degrees, `within_11_25`, `_22_5`,
/// `_30` | | saliency | `max_f`, `miou` | | edge | `ods_f`, matching within 0.75 % of the diagonal,
/// no thinning, no one-to-one assignment |
///
/// Over one image, classes that neither label nor prediction holds do not count; over a set the
/// published definition applies. All at the model's resolution. Errors: models::DataError for
/// labels that are no class.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "host/report/report.hpp"
#include "host/run/images.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// Empty without labels or head.
Metrics image_metrics(const models::TaskConfig& task, const models::Tensor& head,
                      const InputImage& image);

/// What one kind of task counts (task_metrics.cpp).
class Meter;

/// One task over a set of images. `task` must outlive the object.
class SetMetrics {
 public:
  explicit SetMetrics(const models::TaskConfig& task);
  ~SetMetrics();
  SetMetrics(SetMetrics&& other) noexcept;

  void add(const models::Tensor& head, const InputImage& image);
  /// Empty when no image had labels; `images` counts those that had.
  Metrics values() const;

 private:
  const models::TaskConfig& task_;
  int images_ = 0;
  std::unique_ptr<Meter> meter_;
};

/// Labels painted like the task's maps, for the page; an empty image without labels.
models::Image paint_labels(const models::TaskConfig& task, const InputImage& image);

/// Multi-task gain over single-task results: `delta_m`, `reference_delta_m` where the reference has
/// metrics too (both fractions), `tasks` counted. Empty when no task has both.
Metrics multi_task_gain(const models::ModelConfig& model,
                        const std::map<std::string, Metrics>& metrics,
                        const std::map<std::string, double>& baseline);

}  // namespace edgemoe::host
