// SPDX-License-Identifier: Apache-2.0
#include "host/run/cost_study.hpp"

#include <cmath>

#include "host/compiler/precision.hpp"
#include "models/reference/taps.hpp"

namespace edgemoe::host {
namespace {

std::vector<SetMetrics> meters(const models::ModelConfig& model) {
  std::vector<SetMetrics> metrics;
  for (const models::TaskConfig& task : model.tasks) metrics.emplace_back(task);
  return metrics;
}

}  // namespace

CostStudy::CostStudy(const Setup& setup, const models::TensorMap& weights,
                     const models::Reference& reference)
    : setup_(setup),
      reference_(reference),
      network_(setup.model, weights, precision_of(setup.precision())),
      sites_(approximations(precision_of(setup.precision()))),
      reference_metrics_(meters(setup.model)) {
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    sums_.push_back({});
    sums_.back().metrics = meters(setup.model);
  }
}

void CostStudy::add(const InputImage& image, const TaskValues& values) {
  const std::string tap = models::block_tap(setup_.model.depth() - 1, "x");
  const auto task = static_cast<std::size_t>(values.task);
  ++entries_;
  reference_metrics_[task].add(values.head, image);
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const ApproximateRun run =
        network_.run(sites_[i].sites, image.pixels, values.task, values.taps);
    const double noise = run.noise.at(tap);
    sums_[i].noise += noise;
    if (noise > 0.0) {
      sums_[i].decibels -= 10.0 * std::log10(noise);
      ++sums_[i].finite;
    }
    sums_[i].metrics[task].add(reference_.head_forward(run.tokens, values.task), image);
  }
}

std::vector<CostRecord> CostStudy::records() const {
  std::vector<CostRecord> records;
  const double all = sums_.back().noise;
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const Sums& sums = sums_[i];
    CostRecord record;
    record.name = sites_[i].name;
    record.what = sites_[i].what;
    record.tap = models::block_tap(setup_.model.depth() - 1, "x");
    record.entries = entries_;
    if (sums.finite > 0) record.sqnr_db = sums.decibels / sums.finite;
    if (all > 0.0) record.share_of_noise = sums.noise / all;
    for (std::size_t t = 0; t < setup_.model.tasks.size(); ++t) {
      const Metrics truth = reference_metrics_[t].values();
      for (const auto& [key, value] : sums.metrics[t].values()) {
        const auto at = truth.find(key);
        if (key != "images" && at != truth.end())
          record.metrics[setup_.model.tasks[t].name][key] = value - at->second;
      }
    }
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace edgemoe::host
