// SPDX-License-Identifier: Apache-2.0
/// The roofline plot, of one frame or of several designs.
#pragma once

#include <string>
#include <vector>

#include "host/report/chart.hpp"

namespace edgemoe::host {

/// A frame's products and DRAM bytes, what time they took and what time they would take alone.
struct RooflinePoint {
  std::string name;
  double macs = 0.0;
  double bytes = 0.0;
  double latency_ms = 0.0;
  double compute_ms = 0.0;  ///< floor of the computation
  double memory_ms = 0.0;   ///< floor of the memory
  bool hollow = false;      ///< a figure of somebody else: no roof is drawn for it

  double intensity() const { return macs / bytes; }         ///< MAC per byte
  double rate() const { return macs / latency_ms * 1e-6; }  ///< GMAC/s
  double ceiling() const { return macs / compute_ms * 1e-6; }
  double slope() const { return bytes / memory_ms * 1e-6; }  ///< GB/s
  bool plottable() const {
    return macs > 0 && bytes > 0 && latency_ms > 0 && (hollow || (compute_ms > 0 && memory_ms > 0));
  }
};

/// Points that are not plottable are left out; without any the chart has no series.
Chart roofline_chart(const std::vector<RooflinePoint>& points);

}  // namespace edgemoe::host
