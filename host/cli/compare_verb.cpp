// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>

#include "host/cli/arguments.hpp"
#include "host/cli/compare_text.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/verbs.hpp"
#include "host/run/outputs.hpp"
#include "host/run/published.hpp"
#include "host/run/side_by_side.hpp"

namespace edgemoe::host {
namespace {

namespace po = boost::program_options;

po::options_description compare_options() {
  po::options_description options("options", kHelpWidth);
  add_setup_options(&options);
  add_frame_options(&options);
  auto add = options.add_options();
  add("engine", po::value<std::string>()->value_name("NAME"),
      "kernels, or cycle for time and energy as well (default: kernels for one design, cycle for "
      "several)");
  add("costs", po::bool_switch(),
      "what each approximation costs on its own, all others in float: decibels and task metrics");
  add("bound-factor", po::value<double>()->value_name("X")->default_value(2.0, "2"),
      "a tap is out when its error power exceeds the predicted noise this many times");
  add("out", po::value<std::string>()->value_name("DIR"),
      "folder for the same files as those of run; of several designs compare.html and compare.csv, "
      "and the files of run in 1/, 2/, ...");
  return options;
}

SessionOptions compare_session(const po::variables_map& values) {
  SessionOptions session = session_options(values);
  const bool several = session.design.find(',') != std::string::npos;
  session.engine = values.count("engine") != 0 ? engine_by_name(values["engine"].as<std::string>())
                   : several                   ? Engine::kCycle
                                               : Engine::kKernels;
  session.bound_factor = values["bound-factor"].as<double>();
  session.costs = values["costs"].as<bool>();
  session.pictures = values.count("out") != 0;
  if (session.engine == Engine::kReference) {
    throw UsageError(
        "--engine: error: expected kernels or cycle, got \"reference\"\n"
        "  hint: the reference is what compare compares with");
  }
  if (!(session.bound_factor > 0.0)) {
    throw UsageError(fmt::format("--bound-factor: error: expected a number above 0, got {}",
                                 session.bound_factor));
  }
  return session;
}

ComparedDesign compare_design(const SessionOptions& session, const Context& context,
                              const std::string& folder, ProgressLine* line) {
  SessionResult result = run_session(
      session, context.locations, [line](const ProgressStep& step) { line->show(step); },
      [line](const std::string& text) { line->note(text); });
  result.page.report.tool = {context.version, context.revision};
  if (!folder.empty()) write_outputs(result, folder);
  Comparison comparison = summarise(result.page.report);
  return {std::move(result.page.report), std::move(comparison)};
}

/// The tasks one at a time: what published figures speak of. Nothing but time and energy.
Report report_of_tasks_alone(SessionOptions session, const Context& context, ProgressLine* line) {
  session.separate = true;
  session.golden = false;
  session.costs = false;
  session.pictures = false;
  return run_session(session, context.locations,
                     [line](const ProgressStep& step) { line->show(step); })
      .page.report;
}

/// All designs; with `folder`, each one's files in `folder`/N and the comparison in `folder`.
std::string compare_designs(SessionOptions session, const std::vector<std::string>& names,
                            const Context& context, const std::string& folder,
                            bool* out_of_bounds) {
  ProgressLine line;
  std::vector<ComparedDesign> designs;
  SideBySide content;
  content.published = published_figures(context.locations);
  for (const std::string& name : names) {
    session.design = name;
    const std::string number = std::to_string(designs.size() + 1);
    designs.push_back(
        compare_design(session, context, folder.empty() ? "" : folder + "/" + number, &line));
    const ComparedDesign& design = designs.back();
    std::optional<Report> alone;
    if (session.engine == Engine::kCycle && design.report.runs.front().tasks.size() > 1)
      alone = report_of_tasks_alone(session, context, &line);
    content.designs.push_back(
        summarise_design(design.report, design.comparison, alone ? &*alone : nullptr));
    if (!folder.empty()) content.designs.back().report = number + "/report.html";
    *out_of_bounds = *out_of_bounds || design.comparison.taps_out > 0;
  }
  content.images = designs.front().comparison.images;
  if (!folder.empty()) write_side_by_side(content, folder);
  return side_by_side_text(designs, content);
}

}  // namespace

int compare_verb(const std::vector<std::string>& words, const Context& context, std::string* out) {
  const po::options_description options = compare_options();
  if (asks_for_help(words)) {
    *out += verb_help(
        "compare",
        "Every tap against the float reference. --design A,B,... puts designs side by side.",
        options);
    return kOk;
  }
  const po::variables_map values = parse_words("compare", words, options);
  SessionOptions session = compare_session(values);
  const std::vector<std::string> names = split_list("--design", session.design);
  const std::string folder = values.count("out") != 0 ? values["out"].as<std::string>() : "";
  std::optional<OutputFolder> prepared;
  if (values.count("out") != 0) prepared.emplace(folder);
  bool out_of_bounds = false;
  if (names.size() > 1) {
    *out += compare_designs(session, names, context, folder, &out_of_bounds);
  } else {
    ProgressLine line;
    const ComparedDesign design = compare_design(session, context, folder, &line);
    *out += comparison_text(design);
    out_of_bounds = design.comparison.taps_out > 0;
  }
  return out_of_bounds ? kOutOfBounds : kOk;
}

}  // namespace edgemoe::host
