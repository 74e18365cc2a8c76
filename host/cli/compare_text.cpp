// SPDX-License-Identifier: Apache-2.0
#include "host/cli/compare_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

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

/// Errors that no rounding explains: the format has no room for what the model computes.
std::string overflow_line(const Comparison& c) {
  if (c.overflows.empty()) return "";
  constexpr std::size_t kNamed = 4;
  std::uint64_t all = 0;
  std::string names;
  std::size_t named = 0;
  for (const auto& [command, values] : c.overflows) {
    all += values;
    if (named < kNamed) names += fmt::format("{}{} {}", named == 0 ? "" : ", ", command, values);
    ++named;
  }
  if (named > kNamed) names += fmt::format(" and {} more", named - kNamed);
  return fmt::format(
      "overflow: {} values beyond the range of their format ({}): errors from there on are those "
      "of the format's range, and the bounds include them\n",
      all, names);
}

std::string verdict(const Comparison& c) {
  std::string text = fmt::format(
      "{}: {} dB as it runs, {} dB with forced routing; routing agreement {:.2f} % of {}\n", c.tap,
      number(c.sqnr_db, "{:.2f}"), number(c.forced_sqnr_db, "{:.2f}"), 100.0 * c.routing_agreement,
      c.routing_total);
  text += overflow_line(c);
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
  if (report.multi_task_gain) {
    const Metrics& gain = *report.multi_task_gain;
    text += fmt::format("multi-task gain over {} single-task results: {:+.2f} %", gain.at("tasks"),
                        100.0 * gain.at("delta_m"));
    const auto reference = gain.find("reference_delta_m");
    if (reference != gain.end())
      text += fmt::format(" (reference {:+.2f} %)", 100.0 * reference->second);
    text += "\n";
  }
  return text;
}

/// Metrics that tell the quality of a task best.
bool is_main_metric(const std::string& key) {
  const std::set<std::string> main{"miou", "rmse", "mean_angle", "max_f", "ods_f"};
  return main.count(key) != 0;
}

std::string cost_table(const Report& report) {
  if (!report.costs || report.costs->empty()) return "";
  TextTable table;
  table.align_left({1});
  std::vector<std::string> titles{"alone", "what", "dB", "share of noise %"};
  for (const auto& [task, metrics] : report.costs->front().metrics) {
    for (const auto& [key, value] : metrics) {
      if (is_main_metric(key)) titles.push_back(task + " " + key);
    }
  }
  table.add(std::move(titles));
  for (const CostRecord& cost : *report.costs) {
    std::vector<std::string> cells{
        cost.name, cost.what, cost.sqnr_db ? fmt::format("{:.2f}", *cost.sqnr_db) : "exact",
        cost.share_of_noise ? fmt::format("{:.1f}", 100.0 * *cost.share_of_noise) : "-"};
    for (const auto& [task, metrics] : cost.metrics) {
      for (const auto& [key, value] : metrics) {
        if (is_main_metric(key)) cells.push_back(fmt::format("{:+.5f}", value));
      }
    }
    table.add(std::move(cells));
  }
  return fmt::format(
             "each approximation of {} alone at {}, all others in float; metrics: change "
             "against the reference\n",
             report.design.precision, report.costs->front().tap) +
         table.text();
}

std::string tap_cell(const Comparison& comparison, const std::string& name) {
  for (const TapSummary& tap : comparison.taps) {
    if (tap.tap == name) return number(tap.sqnr_db, "{:.2f}") + (tap.ok.value_or(true) ? " " : "!");
  }
  return "- ";
}

std::string tap_columns(const std::vector<ComparedDesign>& designs) {
  std::vector<const ComparedDesign*> judged;
  for (const ComparedDesign& design : designs) {
    if (!design.comparison.taps.empty()) judged.push_back(&design);
  }
  if (judged.empty()) return "";
  TextTable table;
  std::vector<std::string> titles{"SQNR dB of tap"};
  for (const ComparedDesign* design : judged) titles.push_back(design->report.design.name + " ");
  table.add(titles);
  for (const TapSummary& tap : judged.front()->comparison.taps) {
    std::vector<std::string> cells{tap.tap};
    for (const ComparedDesign* design : judged)
      cells.push_back(tap_cell(design->comparison, tap.tap));
    table.add(std::move(cells));
  }
  return table.text() + "\n";
}

std::string rows_text(const std::vector<TableRow>& rows, std::vector<std::size_t> left) {
  TextTable table;
  table.align_left(std::move(left));
  for (const TableRow& row : rows) {
    std::vector<std::string> cells{row.label};
    cells.insert(cells.end(), row.cells.begin(), row.cells.end());
    table.add(std::move(cells));
  }
  return table.text();
}

}  // namespace

std::string comparison_text(const ComparedDesign& design) {
  return heading(design) + tap_table(design.comparison) + verdict(design.comparison) +
         metric_lines(design.report) + cost_table(design.report);
}

std::string side_by_side_text(const std::vector<ComparedDesign>& designs,
                              const SideBySide& content) {
  std::string text = heading(designs.front()) + tap_columns(designs);
  for (const ComparedDesign& design : designs) {
    text += design.report.design.name + "\n";
    if (design.comparison.entries > 0)
      text += verdict(design.comparison) + metric_lines(design.report) + cost_table(design.report);
    for (const std::string& note : design.report.notes) text += "note: " + note + "\n";
    text += "\n";
  }
  return text + rows_text(other_published_rows(content), {1, 2}) + "\n" +
         rows_text(side_by_side_rows(content), {});
}

}  // namespace edgemoe::host
