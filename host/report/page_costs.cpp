// SPDX-License-Identifier: Apache-2.0
// What each approximation costs on its own.
#include <fmt/format.h>

#include <algorithm>

#include "host/report/markup.hpp"
#include "host/report/page_sections.hpp"

namespace edgemoe::host {
namespace {

std::string changes(const CostRecord& cost) {
  std::string text;
  for (const auto& [task, metrics] : cost.metrics) {
    for (const auto& [key, value] : metrics)
      text += fmt::format("{}{} {} {:+.5f}", text.empty() ? "" : ", ", escape_html(task),
                          escape_html(key), value);
  }
  return text.empty() ? "&ndash;" : text;
}

}  // namespace

std::string costs_section(const Report& report) {
  if (!report.costs || report.costs->empty()) return "";
  std::string rows;
  for (const CostRecord& cost : *report.costs) {
    const double share = 100.0 * cost.share_of_noise.value_or(0.0);
    rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td><div class=\"meter\"><i "
        "style=\"width:{:.1f}%\"></i></div></td><td class=\"n\">{:.1f} %</td><td>{}</td></tr>\n",
        escape_html(cost.name), escape_html(cost.what),
        cost.sqnr_db ? figure(cost.sqnr_db, 4) : "exact", std::min(share, 100.0), share,
        changes(cost));
  }
  return fmt::format(
      "<h2>What each approximation costs</h2>\n<p class=\"note\">The float network with one "
      "approximation in it, the reference's experts forced: decibels at {}, noise against all "
      "together, and the change of the task metrics over {} entries.</p>\n<div "
      "class=\"scroll\"><table><tr><th>alone</th><th>what</th><th class=\"n\">dB</th><th></th><th "
      "class=\"n\">of the noise</th><th>metrics</th></tr>\n{}</table></div>\n",
      escape_html(report.costs->front().tap), report.costs->front().entries, rows);
}

}  // namespace edgemoe::host
