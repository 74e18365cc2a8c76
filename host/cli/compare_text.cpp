// SPDX-License-Identifier: Apache-2.0
#include "host/cli/compare_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "host/cli/text_table.hpp"

namespace edgemoe::host {
namespace {

std::string number(const std::optional<double>& value, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value) : "-";
}

std::string heading(const ComparedDesign& design) {
  const Comparison& c = design.comparison;
  return fmt::format(
      "{} on {} ({}), {} image{}, {} entries (image x task); taps with the routing of the "
      "reference\n",
      design.report.model.name, design.report.design.name, design.report.design.board, c.images,
      c.images == 1 ? "" : "s", c.entries);
}

std::string tap_table(const Comparison& comparison) {
  TextTable table;
  table.add({"tap", "SQNR dB", "bound dB", "margin dB", "MSE", "MAE", "max", "ok"});
  for (const TapSummary& tap : comparison.taps) {
    table.add({tap.tap, number(tap.sqnr_db, "{:.2f}"), number(tap.bound_db, "{:.2f}"),
               number(tap.margin_db, "{:.2f}"), fmt::format("{:.3e}", tap.mse),
               fmt::format("{:.3e}", tap.mae), fmt::format("{:.3e}", tap.max_abs),
               !tap.ok   ? "-"
               : *tap.ok ? "ok"
                         : "OUT"});
  }
  return table.text();
}

std::string verdict(const Comparison& c) {
  std::string text = fmt::format(
      "{}: {} dB as it runs, {} dB with forced routing; routing agreement {:.2f} % of {}\n", c.tap,
      number(c.sqnr_db, "{:.2f}"), number(c.forced_sqnr_db, "{:.2f}"), 100.0 * c.routing_agreement,
      c.routing_total);
  if (c.first_out.empty()) return text + "every tap is within its bound\n";
  return text + fmt::format("first tap out of its bound: {} ({}, {})\n", c.first_out,
                            c.first_out_image, c.first_out_task);
}

std::string metric_lines(const Report& report) {
  std::string text;
  for (const auto& [task, metrics] : report.metrics) {
    text += task + ":";
    for (const auto& [key, value] : metrics) text += fmt::format("  {} {:.4g}", key, value);
    text += "\n";
  }
  return text;
}

std::string tap_cell(const Comparison& comparison, const std::string& name) {
  for (const TapSummary& tap : comparison.taps) {
    if (tap.tap == name) return number(tap.sqnr_db, "{:.2f}") + (tap.ok.value_or(true) ? " " : "!");
  }
  return "- ";
}

std::string totals(const std::vector<ComparedDesign>& designs) {
  TextTable table;
  table.add({"design", "SQNR dB", "forced dB", "routing %", "taps out", "latency ms", "energy mJ"});
  for (const ComparedDesign& design : designs) {
    const Comparison& c = design.comparison;
    table.add({design.report.design.name, number(c.sqnr_db, "{:.2f}"),
               number(c.forced_sqnr_db, "{:.2f}"),
               fmt::format("{:.2f}", 100.0 * c.routing_agreement), std::to_string(c.taps_out),
               number(c.latency_ms, "{:.4f}"), number(c.energy_mj, "{:.3f}")});
  }
  return table.text();
}

}  // namespace

std::string comparison_text(const ComparedDesign& design) {
  return heading(design) + tap_table(design.comparison) + verdict(design.comparison) +
         metric_lines(design.report);
}

std::string side_by_side_text(const std::vector<ComparedDesign>& designs) {
  std::string text = heading(designs.front());
  TextTable table;
  std::vector<std::string> titles{"SQNR dB of tap"};
  for (const ComparedDesign& design : designs) titles.push_back(design.report.design.name + " ");
  table.add(titles);
  for (const TapSummary& tap : designs.front().comparison.taps) {
    std::vector<std::string> cells{tap.tap};
    for (const ComparedDesign& design : designs)
      cells.push_back(tap_cell(design.comparison, tap.tap));
    table.add(std::move(cells));
  }
  text += table.text() + "\n" + totals(designs);
  for (const ComparedDesign& design : designs) {
    text += "\n" + design.report.design.name + "\n" + verdict(design.comparison) +
            metric_lines(design.report);
  }
  return text;
}

}  // namespace edgemoe::host
