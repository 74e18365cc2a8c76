// SPDX-License-Identifier: Apache-2.0
/// Plots as SVG and as CSV: lines and points over linear or logarithmic axes.
///
/// The markup uses the page's colours (`--k0`..`--k8`, classes `axis` and `strong` of
/// page.css); `standalone_svg` brings them along for a file of its own. Points that are not finite,
/// or not above 0 on a logarithmic axis, are left out of the plot and kept in the CSV.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edgemoe::host {

struct ChartAxis {
  std::string title;
  bool logarithmic = false;
  std::vector<double> ticks;        ///< empty: chosen from the values
  std::optional<double> low, high;  ///< ends of the axis; absent: from values and ticks
};

struct ChartSeries {
  enum class Style { kLine, kPoints, kHollowPoints, kLineAndPoints, kDashes };
  std::string name;  ///< in the legend; empty: not there
  std::vector<std::pair<double, double>> points;
  Style style = Style::kLineAndPoints;
  int colour = 0;  ///< 0..8
};

struct Chart {
  std::string name;   ///< of its files and for screen readers, e.g. `active-experts`
  std::string title;  ///< above the plot; may be empty
  ChartAxis x, y;
  std::vector<ChartSeries> series;
};

/// An `svg` element for the page.
std::string chart_svg(const Chart& chart);

/// The same as the content of a file.
std::string standalone_svg(const Chart& chart);

/// `series,X,Y` with the axes' titles as names of the columns.
std::string chart_csv(const Chart& chart);

}  // namespace edgemoe::host
