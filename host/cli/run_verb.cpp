// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "host/cli/arguments.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/stream_text.hpp"
#include "host/cli/text_table.hpp"
#include "host/cli/verbs.hpp"
#include "host/run/outputs.hpp"

namespace edgemoe::host {
namespace {

namespace po = boost::program_options;

constexpr const char* kStreamDesign = "m3-zcu102-stream";

po::options_description run_options() {
  po::options_description options("options", kHelpWidth);
  add_setup_options(&options);
  add_frame_options(&options);
  auto add = options.add_options();
  add("engine", po::value<std::string>()->value_name("NAME")->default_value("cycle"),
      "cycle, rtl, kernels or reference");
  add("wave", po::value<std::string>()->value_name("COMMAND"),
      "rtl: waveform of a command's time (l03.moe, l03.moe.route...) as COMMAND.fst beside the "
      "report");
  add("event-log", po::bool_switch(),
      "every tile, row and pass with its cycle as events-cycle.txt (and events-rtl.txt) beside the "
      "report: diff the two");
  add("stream", po::value<std::string>()->value_name("FILE"),
      "frames back to back: a file of lines IMAGE TASK[,TASK...] (design: m3-zcu102-stream)");
  add("no-golden", po::bool_switch(), "do not run the float reference");
  add("max-cycles", po::value<std::string>()->value_name("N"),
      "give up on a frame after this many cycles (exit code 5)");
  add("out", po::value<std::string>()->value_name("DIR")->default_value("out"),
      "folder for report, page, trace and pictures");
  add("dump-taps", po::value<std::string>()->value_name("DIR"),
      "folder for every tap as IMAGE/TASK/TAP.npy");
  return options;
}

std::string decibels(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f} dB", *value) : "-";
}

std::string metric_text(const RunRecord& run, const std::string& task) {
  if (!run.metrics || run.metrics->count(task) == 0) return "-";
  std::string text;
  for (const char* key : {"miou", "rmse", "mean_angle", "max_f", "ods_f"}) {
    const Metrics& metrics = run.metrics->at(task);
    const auto value = metrics.find(key);
    if (value == metrics.end()) continue;
    text += fmt::format("{} {:.4f}", key, value->second);
    const auto reference = metrics.find(std::string("reference_") + key);
    if (reference != metrics.end()) text += fmt::format(" (reference {:.4f})", reference->second);
  }
  return text.empty() ? "-" : text;
}

std::string bounds_text(const GoldenComparison& golden) {
  if (!golden.forced) return "-";
  std::size_t within = 0, bounded = 0;
  for (const TapError& tap : golden.forced->taps) {
    bounded += tap.ok ? 1 : 0;
    within += tap.ok.value_or(false) ? 1 : 0;
  }
  return fmt::format("{} of {}", within, bounded);
}

std::string headline(const RunRecord& run) {
  if (!run.latency_ms) return "";
  std::string text = fmt::format("  latency {:.4f} ms  ({} cycles)  {:.1f} fps", *run.latency_ms,
                                 *run.cycles, run.fps.value_or(0.0));
  if (run.energy_mj) {
    text += fmt::format("  energy {:.3f} mJ [{:.3f}, {:.3f}]  {:.2f} W", *run.energy_mj,
                        run.energy_band_mj->at(0), run.energy_band_mj->at(1),
                        run.power_w.value_or(0.0));
  }
  text += fmt::format(
      "\n  roofline: compute {:.4f} ms, memory {:.4f} ms; DRAM read {:.3f} MB ({:.3f} MB "
      "prefetched in vain)",
      run.roofline->compute_ms, run.roofline->memory_ms,
      static_cast<double>(run.dram->read_bytes) * 1e-6,
      static_cast<double>(run.dram->wasted_prefetch_bytes) * 1e-6);
  return text + "\n";
}

std::string task_table(const RunRecord& run) {
  TextTable table;
  table.align_left({5});
  table.add({"task", "SQNR", "routing agrees", "SQNR, routing forced", "taps in bound", "metric"});
  for (const std::string& task : run.tasks) {
    if (!run.golden || run.golden->count(task) == 0) {
      table.add({task, "-", "-", "-", "-", metric_text(run, task)});
      continue;
    }
    const GoldenComparison& golden = run.golden->at(task);
    table.add(
        {task, decibels(golden.sqnr_db),
         fmt::format("{:.2f} % of {}", 100.0 * golden.routing_agreement, golden.routing_total),
         golden.forced ? decibels(golden.forced->sqnr_db) : "-", bounds_text(golden),
         metric_text(run, task)});
  }
  return table.text(2);
}

std::string summary(const Report& report) {
  std::string text;
  if (report.stream) text += stream_text(report);
  for (const RunRecord& run : report.runs) {
    if (report.stream) break;
    std::string tasks;
    for (const std::string& task : run.tasks) tasks += (tasks.empty() ? "" : ", ") + task;
    text += fmt::format("{}: {} on {} ({}), {}, engine {}\n", run.image, report.model.name,
                        report.design.name, report.design.board, tasks, report.engine);
    text += headline(run) + task_table(run);
  }
  std::set<std::string> images;
  for (const RunRecord& run : report.runs) images.insert(run.image);
  for (const auto& [task, metrics] : report.metrics) {
    if (images.size() < 2) break;
    text += task + " over the set:";
    for (const auto& [key, value] : metrics) text += fmt::format("  {} {:.4g}", key, value);
    text += "\n";
  }
  for (const std::string& note : report.notes) text += "note: " + note + "\n";
  const auto failed = std::count_if(report.checks.begin(), report.checks.end(),
                                    [](const Check& c) { return !c.ok; });
  if (report.checks.empty()) return text;  // the reference alone has nothing to conserve
  if (failed == 0) return text + fmt::format("checks: all {} ok\n", report.checks.size());
  for (const Check& check : report.checks) {
    if (!check.ok) text += fmt::format("check failed: {}: {}\n", check.name, check.detail);
  }
  return text;
}

/// A stream has images and tasks of its own, and a design that can run it unless one is given.
void set_stream(const po::variables_map& values, SessionOptions* session) {
  if (values.count("stream") == 0) return;
  session->stream = values["stream"].as<std::string>();
  for (const char* other : {"image", "dataset", "task", "separate"}) {
    const bool given = values.count(other) != 0 && !values[other].defaulted();
    if (given) {
      throw UsageError(
          std::string("--stream: error: expected images and tasks in its file, got --") + other);
    }
  }
  if (values["design"].defaulted()) session->design = kStreamDesign;
}

}  // namespace

int run_verb(const std::vector<std::string>& words, const Context& context, std::string* out) {
  const po::options_description options = run_options();
  if (asks_for_help(words)) {
    *out += verb_help("run",
                      "Runs images through tasks on a design and leaves report.json, report.html, "
                      "layers.csv, trace.json and pictures.\n"
                      "  edgemoe run --image street.png --board zcu102-measured --out out/street\n"
                      "  edgemoe run --task depth --set design.array.out_lanes=32\n"
                      "  edgemoe run --stream frames.txt --board zcu102-measured",
                      options);
    return kOk;
  }
  const po::variables_map values = parse_words("run", words, options);
  SessionOptions session = session_options(values);
  session.engine = engine_by_name(values["engine"].as<std::string>());
  if (values.count("max-cycles") != 0) {
    session.max_cycles = parse_number("--max-cycles", values["max-cycles"].as<std::string>());
  }
  session.golden = !values["no-golden"].as<bool>();
  set_stream(values, &session);
  const std::string folder = values["out"].as<std::string>();
  const OutputFolder prepared(folder);
  if (values.count("wave") != 0) {
    if (session.engine != Engine::kRtl)
      throw UsageError("--wave: error: expected with --engine rtl, got --engine " +
                       values["engine"].as<std::string>());
    session.wave = values["wave"].as<std::string>();
  }
  session.event_log = values["event-log"].as<bool>();
  if (!session.stream.empty() && (session.event_log || !session.wave.empty()))
    throw UsageError("--wave, --event-log: error: expected a frame alone, got --stream");
  session.file_folder = folder;
  std::optional<OutputFolder> prepared_taps;
  if (values.count("dump-taps") != 0) {
    const std::string place = values["dump-taps"].as<std::string>();
    prepared_taps.emplace(place);
    session.tap_sink = [place](const std::string& image, const std::string& task,
                               const models::TensorMap& taps) {
      write_taps(place, image, task, taps);
    };
  }

  ProgressLine line;
  SessionResult result = run_session(
      session, context.locations, [&line](const ProgressStep& step) { line.show(step); },
      [&line](const std::string& text) { line.note(text); });
  result.page.report.tool = {context.version, context.revision};
  write_outputs(result, folder);
  *out += summary(result.page.report);
  *out += fmt::format(
      "written: {0}/report.html, report.json, layers.csv, trace.json and pictures\n", folder);
  return kOk;
}

}  // namespace edgemoe::host
