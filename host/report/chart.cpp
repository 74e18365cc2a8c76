// SPDX-License-Identifier: Apache-2.0
#include "host/report/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/report/csv.hpp"
#include "host/report/markup.hpp"

namespace edgemoe::host {
namespace {

constexpr double kWidth = 720, kPlotHeight = 270, kLeft = 64, kRight = 20, kBottom = 44;
constexpr double kTitleHeight = 22, kLegendHeight = 18, kCharacter = 6.6, kRadius = 4;

using Style = ChartSeries::Style;

/// One axis as a map from values to pixels.
class Scale {
 public:
  Scale(const ChartAxis& axis, std::vector<double> values, double from, double to)
      : logarithmic_(axis.logarithmic), from_(from), to_(to), ticks_(axis.ticks) {
    values.insert(values.end(), ticks_.begin(), ticks_.end());
    for (const auto& end : {axis.low, axis.high}) {
      if (end) values.push_back(*end);
    }
    values.erase(
        std::remove_if(values.begin(), values.end(), [this](double v) { return !shows(v); }),
        values.end());
    if (values.empty()) values = {1.0};
    low_ = place(*std::min_element(values.begin(), values.end()));
    high_ = place(*std::max_element(values.begin(), values.end()));
    if (ticks_.empty()) choose_ticks();
    if (high_ <= low_) high_ = low_ + 1.0;
    if (axis.low) low_ = place(*axis.low);
    if (axis.high) high_ = place(*axis.high);
  }

  bool shows(double value) const { return std::isfinite(value) && (!logarithmic_ || value > 0.0); }
  double pixel(double value) const {
    return from_ + (place(value) - low_) / (high_ - low_) * (to_ - from_);
  }
  const std::vector<double>& ticks() const { return ticks_; }

 private:
  double place(double value) const { return logarithmic_ ? std::log10(value) : value; }

  void choose_ticks() {
    if (logarithmic_) {
      low_ = std::floor(low_ + 1e-9);
      high_ = std::max(std::ceil(high_ - 1e-9), low_ + 1.0);
      for (double e = low_; e <= high_ + 0.01; e += 1.0) ticks_.push_back(std::pow(10.0, e));
      return;
    }
    low_ = std::min(low_, 0.0);
    const double span = std::max(high_ - low_, 1e-12);
    const double decade = std::pow(10.0, std::floor(std::log10(span / 4.0)));
    double step = decade;
    for (const double factor : {2.0, 5.0, 10.0}) {
      if (span / step > 6.0) step = factor * decade;
    }
    low_ = std::floor(low_ / step) * step;
    const double steps = std::ceil((high_ - low_) / step - 1e-9);
    high_ = low_ + std::max(steps, 1.0) * step;
    for (int i = 0; i <= static_cast<int>(std::lround((high_ - low_) / step)); ++i)
      ticks_.push_back(low_ + i * step);
  }

  bool logarithmic_;
  double from_, to_, low_ = 0.0, high_ = 1.0;
  std::vector<double> ticks_;
};

std::string tick_text(double value) {
  const double magnitude = std::fabs(value);
  if (magnitude != 0.0 && (magnitude < 0.01 || magnitude > 99999.0))
    return fmt::format("{:.0e}", value);
  return fmt::format("{:g}", std::round(value * 1e6) / 1e6);
}

/// Legend entries, wrapped into rows.
std::vector<std::vector<const ChartSeries*>> legend_rows(const Chart& chart) {
  std::vector<std::vector<const ChartSeries*>> rows;
  double used = kWidth;
  for (const ChartSeries& series : chart.series) {
    if (series.name.empty()) continue;
    const double width = 26.0 + kCharacter * static_cast<double>(series.name.size());
    if (used + width > kWidth - kLeft) {
      rows.emplace_back();
      used = 0.0;
    }
    rows.back().push_back(&series);
    used += width;
  }
  return rows;
}

std::string marker(double x, double y, const ChartSeries& series) {
  const bool hollow = series.style == Style::kHollowPoints;
  return fmt::format(
      "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" stroke=\"var(--k{})\" "
      "stroke-width=\"1.6\"/>",
      x, y, hollow ? kRadius + 3 : kRadius,
      hollow ? "none" : fmt::format("var(--k{})", series.colour), series.colour);
}

bool has_line(Style style) {
  return style == Style::kLine || style == Style::kLineAndPoints || style == Style::kDashes;
}

bool has_points(Style style) { return style != Style::kLine && style != Style::kDashes; }

std::string legend(const Chart& chart, double top) {
  std::string text;
  double y = top;
  for (const auto& row : legend_rows(chart)) {
    double x = kLeft;
    for (const ChartSeries* series : row) {
      if (has_points(series->style))
        text += marker(x + 6, y - 4, *series);
      else
        text += fmt::format(
            "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"var(--k{})\" "
            "stroke-width=\"1.6\"{}/>",
            x, x + 12, y - 4, y - 4, series->colour,
            series->style == Style::kDashes ? " stroke-dasharray=\"4 3\"" : "");
      text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x + 16, y,
                          escape_html(series->name));
      x += 26.0 + kCharacter * static_cast<double>(series->name.size());
    }
    y += kLegendHeight;
  }
  return text;
}

std::string grid(const Chart& chart, const Scale& x, const Scale& y, double top, double bottom) {
  std::string text;
  for (const double tick : x.ticks()) {
    text += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>"
        "<text x=\"{0:.1f}\" y=\"{3:.1f}\" text-anchor=\"middle\">{4}</text>\n",
        x.pixel(tick), top, bottom, bottom + 16, tick_text(tick));
  }
  for (const double tick : y.ticks()) {
    text += fmt::format(
        "<line class=\"axis\" x1=\"{1}\" x2=\"{2}\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        y.pixel(tick), kLeft, kWidth - kRight, kLeft - 8, y.pixel(tick) + 4, tick_text(tick));
  }
  return text + fmt::format(
                    "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>"
                    "<text transform=\"translate(14 {:.1f}) rotate(-90)\" "
                    "text-anchor=\"middle\">{}</text>\n",
                    (kLeft + kWidth - kRight) / 2, bottom + 36, escape_html(chart.x.title),
                    (top + bottom) / 2, escape_html(chart.y.title));
}

std::string curve(const ChartSeries& series, const Scale& x, const Scale& y) {
  std::string line, markers;
  for (const auto& [across, up] : series.points) {
    if (!x.shows(across) || !y.shows(up)) continue;
    line += fmt::format("{}{:.1f},{:.1f}", line.empty() ? "" : " ", x.pixel(across), y.pixel(up));
    markers += marker(x.pixel(across), y.pixel(up), series);
  }
  std::string text;
  if (has_line(series.style))
    text += fmt::format(
        "<polyline fill=\"none\" stroke=\"var(--k{})\" stroke-width=\"1.6\"{} points=\"{}\"/>",
        series.colour, series.style == Style::kDashes ? " stroke-dasharray=\"4 3\"" : "", line);
  if (has_points(series.style)) text += markers;
  return text + "\n";
}

struct Drawing {
  double height = 0.0;
  std::string content;
};

Drawing draw(const Chart& chart) {
  std::vector<double> across, up;
  for (const ChartSeries& series : chart.series) {
    for (const auto& [a, b] : series.points) {
      across.push_back(a);
      up.push_back(b);
    }
  }
  const double title = chart.title.empty() ? 0.0 : kTitleHeight;
  const double top = 8 + title + kLegendHeight * static_cast<double>(legend_rows(chart).size());
  const double bottom = top + kPlotHeight;
  const Scale x(chart.x, across, kLeft, kWidth - kRight), y(chart.y, up, bottom, top);
  Drawing drawing;
  drawing.height = bottom + kBottom;
  if (!chart.title.empty())
    drawing.content = fmt::format("<text class=\"strong\" x=\"{}\" y=\"16\">{}</text>\n", kLeft,
                                  escape_html(chart.title));
  drawing.content += legend(chart, 16 + title) + grid(chart, x, y, top, bottom);
  for (const ChartSeries& series : chart.series) drawing.content += curve(series, x, y);
  return drawing;
}

const char kStandaloneStyle[] =
    "<style>svg{--k0:#8f6bb8;--k1:#2f6fd0;--k2:#2a9d8f;--k3:#e07a1f;--k4:#c8434f;--k5:#7a9a2e;"
    "--k6:#6c7f93;--k7:#a9814f;--k8:#9aa0a8;--k9:#1c1e21;background:#fff}"
    "text{fill:#5c636d;font:11px system-ui,sans-serif}.strong{fill:#1c1e21;font-weight:600}"
    ".axis{stroke:#dfe1e4}</style>\n";

}  // namespace

std::string chart_svg(const Chart& chart) {
  const Drawing drawing = draw(chart);
  return fmt::format(
      "<svg class=\"narrow\" viewBox=\"0 0 {} {:.0f}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
      kWidth, drawing.height, escape_html(chart.name), drawing.content);
}

std::string standalone_svg(const Chart& chart) {
  const Drawing drawing = draw(chart);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0} {1:.0f}\" role=\"img\" aria-label=\"{2}\">\n{3}{4}</svg>\n",
      kWidth, drawing.height, escape_html(chart.name), kStandaloneStyle, drawing.content);
}

std::string chart_csv(const Chart& chart) {
  std::string text =
      fmt::format("series,{},{}\n", csv_field(chart.x.title), csv_field(chart.y.title));
  for (const ChartSeries& series : chart.series) {
    for (const auto& [x, y] : series.points)
      text += fmt::format("{},{:.6g},{:.6g}\n", csv_field(series.name), x, y);
  }
  return text;
}

}  // namespace edgemoe::host
