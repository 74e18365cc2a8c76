// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "host/cli/arguments.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/text_table.hpp"
#include "host/cli/verbs.hpp"
#include "host/run/comparison.hpp"
#include "host/run/outputs.hpp"

namespace edgemoe::host {
namespace {

namespace po = boost::program_options;

po::options_description compare_options() {
  po::options_description options("options");
  add_setup_options(&options);
  add_frame_options(&options);
  options.add_options()("engine", po::value<std::string>()->default_value("kernels"),
                        "kernels, or cycle for time and energy as well")(
      "bound-factor", po::value<double>()->default_value(2.0, "2"),
      "a tap is out when its error power exceeds the predicted noise this many times")(
      "out", po::value<std::string>(), "folder for the same files as those of run");
  return options;
}

std::string number(const std::optional<double>& value, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value) : "-";
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

std::string heading(const Comparison& c, const Report& report) {
  return fmt::format(
      "{} on {} ({}), {} image{} x task: {} entries; taps with the routing of the reference\n",
      report.model.name, report.design.name, report.design.board, c.images,
      c.images == 1 ? "" : "s", c.entries);
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

/// One line per design: what a reader would line up himself.
std::string side_by_side(const std::vector<Report>& reports,
                         const std::vector<Comparison>& comparisons) {
  TextTable table;
  table.add({"design", "SQNR dB", "forced dB", "routing %", "taps out", "latency ms", "energy mJ"});
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const Comparison& c = comparisons[i];
    table.add({reports[i].design.name, number(c.sqnr_db, "{:.2f}"),
               number(c.forced_sqnr_db, "{:.2f}"),
               fmt::format("{:.2f}", 100.0 * c.routing_agreement), std::to_string(c.taps_out),
               number(c.latency_ms, "{:.4f}"), number(c.energy_mj, "{:.3f}")});
  }
  return table.text();
}

Report compare_design(const SessionOptions& session, const Context& context,
                      const std::string& folder, ProgressLine* line) {
  SessionResult result = run_session(
      session, context.locations, [line](const ProgressStep& step) { line->show(step); },
      [line](const std::string& text) { line->note(text); });
  result.page.report.tool = {context.version, context.revision};
  if (!folder.empty()) write_outputs(result, folder);
  return std::move(result.page.report);
}

}  // namespace

int compare_verb(const std::vector<std::string>& words, const Context& context, std::string* out) {
  const po::options_description options = compare_options();
  if (std::find(words.begin(), words.end(), "--help") != words.end()) {
    *out += verb_help(
        "compare",
        "Every tap against the float reference. --design A,B,... puts designs side by side.",
        options);
    return kOk;
  }
  const po::variables_map values = parse_words("compare", words, options);
  SessionOptions session = session_options(values);
  session.engine = engine_by_name(values["engine"].as<std::string>());
  if (session.engine == Engine::kReference) {
    throw UsageError(
        "--engine: error: expected kernels or cycle, got \"reference\"\n  hint: the reference is "
        "what compare compares with");
  }
  session.bound_factor = values["bound-factor"].as<double>();
  if (!(session.bound_factor > 0.0)) {
    throw UsageError(fmt::format("--bound-factor: error: expected a number above 0, got {}",
                                 session.bound_factor));
  }
  const std::vector<std::string> designs = split_list("--design", session.design);
  const std::string folder = values.count("out") != 0 ? values["out"].as<std::string>() : "";
  session.pictures = !folder.empty();
  if (!folder.empty()) prepare_folder(folder);
  ProgressLine line;
  std::vector<Report> reports;
  std::vector<Comparison> comparisons;
  for (std::size_t i = 0; i < designs.size(); ++i) {
    session.design = designs[i];
    const std::string place =
        folder.empty() || designs.size() == 1 ? folder : folder + "/" + std::to_string(i + 1);
    reports.push_back(compare_design(session, context, place, &line));
    comparisons.push_back(summarise(reports.back()));
    *out += heading(comparisons.back(), reports.back()) + tap_table(comparisons.back()) +
            verdict(comparisons.back()) + metric_lines(reports.back()) +
            (i + 1 < designs.size() ? "\n" : "");
  }
  if (designs.size() > 1) *out += "\n" + side_by_side(reports, comparisons);
  const bool out_of_bounds = std::any_of(comparisons.begin(), comparisons.end(),
                                         [](const Comparison& c) { return c.taps_out > 0; });
  return out_of_bounds ? kOutOfBounds : kOk;
}

}  // namespace edgemoe::host
