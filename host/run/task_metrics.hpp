// SPDX-License-Identifier: Apache-2.0
/// Task metrics where labels lie beside the image: mIoU for segmentation, RMSE for depth (of the
/// range 1).
///
/// Over one image, classes that neither label nor prediction holds do not count; over a set the
/// published definition applies (models/reference/metrics.hpp). Errors: models::DataError for
/// labels that are no class.
#pragma once

#include <map>
#include <string>

#include "host/report/report.hpp"
#include "host/run/images.hpp"
#include "models/io/tensor.hpp"
#include "models/reference/metrics.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// `miou`, `pixel_accuracy` or `rmse`, `log_rmse`; empty without labels or head.
Metrics image_metrics(const models::TaskConfig& task, const models::Tensor& head,
                      const InputImage& image);

/// One task over a set of images.
class SetMetrics {
 public:
  explicit SetMetrics(const models::TaskConfig& task);
  void add(const models::Tensor& head, const InputImage& image);
  /// Empty when no image had labels.
  Metrics values() const;

 private:
  const models::TaskConfig& task_;
  int images_ = 0;
  models::MeanIou iou_;
  models::DepthError depth_;
};

/// Labels painted like the task's maps, for the page; an empty image without labels.
models::Image paint_labels(const models::TaskConfig& task, const InputImage& image);

}  // namespace edgemoe::host
