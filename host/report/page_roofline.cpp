// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/report/markup.hpp"
#include "host/report/page_sections.hpp"
#include "host/report/roofline_chart.hpp"

namespace edgemoe::host {
namespace {

double decade_below(double value) { return std::pow(10.0, std::floor(std::log10(value)) - 1.0); }
double decade_above(double value) { return std::pow(10.0, std::ceil(std::log10(value)) + 1.0); }

/// Ends of the axes: every point and knee with a decade around it, every ceiling.
void set_axes(const std::vector<RooflinePoint>& points, Chart* chart) {
  double left = 1e30, right = 0.0, bottom = 1e30, top = 0.0;
  for (const RooflinePoint& p : points) {
    const double knee = p.hollow ? p.intensity() : p.ceiling() / p.slope();
    left = std::min({left, p.intensity(), knee});
    right = std::max({right, p.intensity(), knee});
    bottom = std::min(bottom, p.rate());
    top = std::max(top, p.hollow ? p.rate() : p.ceiling());
  }
  chart->x.low = decade_below(left);
  chart->x.high = decade_above(right);
  chart->y.low = decade_below(bottom);
  chart->y.high = std::pow(10.0, std::ceil(std::log10(top)));
}

ChartSeries roof_of(const RooflinePoint& p, const Chart& chart, int colour) {
  const double left = std::max(*chart.x.low, *chart.y.low / p.slope());
  const double knee = p.ceiling() / p.slope();
  return {"",
          {{left, left * p.slope()}, {knee, p.ceiling()}, {*chart.x.high, p.ceiling()}},
          ChartSeries::Style::kLine,
          colour};
}

}  // namespace

Chart roofline_chart(const std::vector<RooflinePoint>& points) {
  Chart chart;
  chart.name = "roofline";
  chart.x = {"MAC per DRAM byte", true, {}, {}, {}};
  chart.y = {"GMAC/s", true, {}, {}, {}};
  std::vector<RooflinePoint> shown;
  std::copy_if(points.begin(), points.end(), std::back_inserter(shown),
               [](const RooflinePoint& p) { return p.plottable(); });
  if (shown.empty()) return chart;
  set_axes(shown, &chart);
  int colour = 0;
  for (const RooflinePoint& p : shown) {
    // A figure of somebody else has the colour of the model before it.
    if (!p.hollow) chart.series.push_back(roof_of(p, chart, ++colour % 9));
    chart.series.push_back(
        {p.name,
         {{p.intensity(), p.rate()}},
         p.hollow ? ChartSeries::Style::kHollowPoints : ChartSeries::Style::kPoints,
         colour % 9});
  }
  return chart;
}

std::string roofline_section(const RunRecord& run) {
  if (!run.roofline || !run.latency_ms || !run.dram) return "";
  const RooflineInfo& limits = *run.roofline;
  RooflinePoint point;
  point.name = "this frame";
  // Padding takes slots of the array; of a design whose slots are not known, the network counts.
  const bool slots = run.macs_padded && run.utilisation;
  point.macs = static_cast<double>(slots ? *run.macs_padded : run.macs.value_or(0));
  point.bytes = static_cast<double>(run.dram->needed_bytes + run.dram->write_bytes);
  point.latency_ms = *run.latency_ms;
  point.compute_ms = limits.compute_ms;
  point.memory_ms = limits.memory_ms;
  if (!point.plottable()) return "";
  return fmt::format(
      "<h2>Roofline</h2>\n<p class=\"note\">Compute allows {} ms, memory {} ms; the frame took {} "
      "ms, {} times the larger. Ceilings: {} GMAC/s, {} GB/s.</p>\n{}",
      figure(limits.compute_ms), figure(limits.memory_ms), figure(run.latency_ms),
      figure(limits.ratio, 3), figure(point.ceiling()), figure(point.slope()),
      chart_svg(roofline_chart({point})));
}

}  // namespace edgemoe::host
