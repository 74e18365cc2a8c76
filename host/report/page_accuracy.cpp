// SPDX-License-Identifier: Apache-2.0
// Error per tap against the reference, and how tokens spread over experts.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/report/layers_csv.hpp"
#include "host/report/markup.hpp"
#include "host/report/page_sections.hpp"

namespace edgemoe::host {
namespace {

constexpr double kWidth = 1060, kHeight = 250, kLeft = 44, kRight = 8, kTop = 10, kBottom = 34;

/// One dot per tap in network order, with the bound as a step line.
class TapChart {
 public:
  explicit TapChart(const std::vector<TapError>& taps) : taps_(taps) {
    for (const TapError& tap : taps) {
      for (const auto& value : {tap.sqnr_db, tap.bound_db}) {
        if (value && std::isfinite(*value)) high_ = std::max(high_, *value);
      }
    }
    high_ = std::ceil(high_ / 10.0) * 10.0;
  }

  std::string svg() const {
    std::string text = fmt::format(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"SQNR per tap\">\n", kWidth, kHeight);
    return text + grid() + line("bound", &TapError::bound_db) + line("value", &TapError::sqnr_db) +
           dots() + "</svg>\n";
  }

 private:
  double x(std::size_t i) const {
    return kLeft + (static_cast<double>(i) + 0.5) / static_cast<double>(taps_.size()) *
                       (kWidth - kLeft - kRight);
  }
  double y(double db) const {
    return kHeight - kBottom - std::clamp(db / high_, 0.0, 1.0) * (kHeight - kTop - kBottom);
  }

  std::string grid() const {
    std::string text;
    const double step = high_ > 60 ? 20 : 10;
    for (double db = 0; db <= high_ + 0.01; db += step) {
      text += fmt::format(
          "<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
          "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:g}</text>\n",
          kLeft, kWidth - kRight, y(db), kLeft - 7, y(db) + 4, db);
    }
    std::string layer = "?";
    for (std::size_t i = 0; i < taps_.size(); ++i) {
      const std::string now = split_command_name(taps_[i].tap).layer;
      if (now == layer) continue;
      layer = now;
      const double at = x(i) - 0.5 * (kWidth - kLeft - kRight) / static_cast<double>(taps_.size());
      text +=
          fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>",
                      at, kTop, kHeight - kBottom + 6);
      if (layer != "-")
        text += fmt::format("<text x=\"{:.1f}\" y=\"{}\">block {}</text>\n", at + 5, kHeight - 14,
                            layer);
    }
    return text + fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">dB</text>\n", kLeft - 7,
                              kHeight - 14);
  }

  std::string line(const char* style, std::optional<double> TapError::*field) const {
    std::string points;
    for (std::size_t i = 0; i < taps_.size(); ++i) {
      const std::optional<double>& value = taps_[i].*field;
      if (value && std::isfinite(*value)) points += fmt::format("{:.1f},{:.1f} ", x(i), y(*value));
    }
    return points.empty() ? ""
                          : fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", style, points);
  }

  std::string dots() const {
    std::string text;
    for (std::size_t i = 0; i < taps_.size(); ++i) {
      const TapError& tap = taps_[i];
      if (!tap.sqnr_db || !std::isfinite(*tap.sqnr_db)) continue;
      text += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.8\" fill=\"var(--{})\"><title>{}: {:.2f} "
          "dB{}</title></circle>\n",
          x(i), y(*tap.sqnr_db), tap.ok.value_or(true) ? "accent" : "bad", escape_html(tap.tap),
          *tap.sqnr_db, tap.bound_db ? fmt::format(", bound {:.2f} dB", *tap.bound_db) : "");
    }
    return text;
  }

  const std::vector<TapError>& taps_;
  double high_ = 10.0;
};

std::string tap_rows(const std::vector<TapError>& taps) {
  std::string rows;
  for (const TapError& tap : taps) {
    const char* verdict = !tap.ok ? "&ndash;" : *tap.ok ? "ok" : "out";
    rows += fmt::format(
        "<tr><td><code>{}</code></td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
        "class=\"n\">{}</td><td class=\"n\">{}</td>"
        "<td class=\"n\">{}</td><td class=\"{}\">{}</td></tr>\n",
        escape_html(tap.tap), figure(tap.sqnr_db), figure(tap.bound_db), figure(tap.mse, 3),
        figure(tap.mae, 3), figure(tap.max_abs, 3), tap.ok.value_or(true) ? "ok" : "fail", verdict);
  }
  return rows;
}

std::string task_accuracy(const std::string& task, const GoldenComparison& golden) {
  std::string text = fmt::format(
      "<h3>{}</h3>\n<p class=\"note\">As it runs, <code>{}</code> is at {} dB and {} % of {} "
      "expert choices agree{}.",
      escape_html(task), escape_html(golden.tap), figure(golden.sqnr_db),
      figure(100.0 * golden.routing_agreement),
      grouped(static_cast<std::uint64_t>(golden.routing_total)),
      golden.routing_forced ? " (forced)" : "");
  if (!golden.forced) return text + "</p>\n";
  const ForcedComparison& forced = *golden.forced;
  text += fmt::format(" With the reference&rsquo;s routing forced: {} dB.</p>\n",
                      figure(forced.sqnr_db));
  if (forced.taps.empty()) return text;
  text += TapChart(forced.taps).svg();
  return text +
         "<details><summary>Every tap</summary><div class=\"scroll\"><table><tr><th>tap</th><th "
         "class=\"n\">SQNR dB</th>"
         "<th class=\"n\">bound dB</th><th class=\"n\">MSE</th><th class=\"n\">MAE</th><th "
         "class=\"n\">max</th><th></th></tr>\n" +
         tap_rows(forced.taps) + "</table></div></details>\n";
}

std::string heat_row(const ExpertLoadRecord& loads, int busiest) {
  std::string row = fmt::format("<tr><th>block {}</th>", loads.layer);
  for (const int load : loads.load) {
    if (load == 0) {
      row += "<td class=\"z\">0</td>";
      continue;
    }
    const double share = 12.0 + 66.0 * load / std::max(busiest, 1);
    row += fmt::format(
        "<td style=\"background:color-mix(in srgb,var(--k3) {:.0f}%,var(--panel))\">{}</td>", share,
        load);
  }
  return row + fmt::format("<th>{}</th></tr>\n", loads.active);
}

}  // namespace

std::string accuracy_section(const RunRecord& run) {
  if (!run.golden || run.golden->empty()) return "";
  std::string text =
      "<h2>Error against the float reference</h2>\n<p class=\"note\">Signal over error power per "
      "tap, "
      "with the reference&rsquo;s routing forced so that one near-tie does not hide the "
      "arithmetic. The line is the "
      "bound: twice the predicted quantisation noise.</p>\n";
  for (const auto& [task, golden] : *run.golden) text += task_accuracy(task, golden);
  return text;
}

std::string experts_section(const RunRecord& run) {
  if (run.experts.empty()) return "";
  std::string text =
      "<h2>Expert loads</h2>\n<p class=\"note\">Tokens per expert; the last column counts active "
      "experts.</p>\n";
  for (const std::string& task : run.tasks) {
    int busiest = 0;
    std::size_t experts = 0;
    for (const ExpertLoadRecord& loads : run.experts) {
      if (loads.task != task) continue;
      for (const int load : loads.load) busiest = std::max(busiest, load);
      experts = std::max(experts, loads.load.size());
    }
    if (experts == 0) continue;
    text += fmt::format("<h3>{}</h3>\n<div class=\"scroll\"><table class=\"heat\"><tr><th></th>",
                        escape_html(task));
    for (std::size_t e = 0; e < experts; ++e) text += fmt::format("<th>{}</th>", e);
    text += "<th>active</th></tr>\n";
    for (const ExpertLoadRecord& loads : run.experts) {
      if (loads.task == task) text += heat_row(loads, busiest);
    }
    text += "</table></div>\n";
  }
  return text;
}

}  // namespace edgemoe::host
