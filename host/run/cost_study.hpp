// SPDX-License-Identifier: Apache-2.0
/// What each approximation costs on its own, over the images of a call: `compare --costs`.
///
/// For every image and task, the float network runs once per approximation (host/compiler/
/// approximation_costs.hpp), the reference's experts forced; the heads run on its tokens.
#pragma once

#include <memory>
#include <vector>

#include "host/compiler/approximation_costs.hpp"
#include "host/report/report.hpp"
#include "host/run/executor.hpp"
#include "host/run/images.hpp"
#include "host/run/session.hpp"
#include "host/run/task_metrics.hpp"

namespace edgemoe::host {

class CostStudy {
 public:
  /// All arguments must outlive the object. `weights` holds `quant.*`.
  CostStudy(const Setup& setup, const models::TensorMap& weights,
            const models::Reference& reference);

  /// `values`: what the reference computed for this image and task.
  void add(const InputImage& image, const TaskValues& values);

  /// One record per approximation. Decibels are means over images and tasks, shares are of the mean
  /// noise power of `all`, metrics are differences to the reference's over the set.
  std::vector<CostRecord> records() const;

 private:
  struct Sums {
    double decibels = 0.0;
    int finite = 0;  ///< entries with noise
    double noise = 0.0;
    std::vector<SetMetrics> metrics;  ///< per task of the model
  };

  const Setup& setup_;
  const models::Reference& reference_;
  ApproximationCosts network_;
  std::vector<NamedSites> sites_;
  std::vector<Sums> sums_;  ///< of each of sites_
  std::vector<SetMetrics> reference_metrics_;
  int entries_ = 0;
};

}  // namespace edgemoe::host
