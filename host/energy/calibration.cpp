// SPDX-License-Identifier: Apache-2.0
#include "host/energy/calibration.hpp"

#include <stdexcept>

namespace edgemoe::host {

const std::vector<std::string>& calibration_names() {
  static const std::vector<std::string> kNames{"edge-moe-zcu102", "coqmoe-zcu102"};
  return kNames;
}

PowerPoint power_point(const std::string& name, double published_w, const EnergyEstimate& estimate,
                       double seconds) {
  if (!(seconds > 0.0) || !(published_w > 0.0)) {
    throw std::invalid_argument(name + ": expected a time and a power above 0");
  }
  const auto watts = [&](double mj) { return mj * 1e-3 / seconds; };
  PowerPoint point;
  point.name = name;
  point.published_w = published_w;
  for (const EnergyItem& item : estimate.items) {
    (item.cause == "logic" ? point.logic_w : point.other_w) += watts(item.mj);
  }
  point.low_w = watts(estimate.low_mj);
  point.high_w = watts(estimate.high_mj);
  return point;
}

double fit_logic(const std::vector<PowerPoint>& points) {
  double numerator = 0.0, denominator = 0.0;
  for (const PowerPoint& point : points) {
    const double logic = point.logic_w / point.published_w;
    numerator += logic * (1.0 - point.other_w / point.published_w);
    denominator += logic * logic;
  }
  if (!(denominator > 0.0)) throw std::invalid_argument("expected calibration points with logic");
  return numerator / denominator;
}

double mean_power(const std::vector<PowerPoint>& points) {
  if (points.empty()) throw std::invalid_argument("expected calibration points, got none");
  double sum = 0.0;
  for (const PowerPoint& point : points) sum += point.published_w;
  return sum / static_cast<double>(points.size());
}

}  // namespace edgemoe::host
