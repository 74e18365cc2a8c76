// SPDX-License-Identifier: Apache-2.0
#include "host/cli/stream_text.hpp"

#include <fmt/format.h>

#include "host/cli/text_table.hpp"

namespace edgemoe::host {
namespace {

constexpr std::size_t kShownAtEachEnd = 20;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::string decibels(const RunRecord& run) {
  if (!run.golden) return "-";
  std::string text;
  for (const auto& [task, golden] : *run.golden)
    text += (text.empty() ? "" : ", ") +
            (golden.sqnr_db ? fmt::format("{:.2f}", *golden.sqnr_db) : std::string("exact"));
  return text;
}

std::string frame_table(const Report& report) {
  const std::vector<StreamFrameRecord>& frames = report.stream->frames;
  TextTable table;
  table.align_left({1, 2});
  table.add({"frame", "image", "tasks", "program", "begin ms", "latency ms", "period ms",
             "switch cycles", "SQNR dB"});
  const double cycle_ms = 1e-3 / report.design.clock_mhz;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i == kShownAtEachEnd && frames.size() > 2 * kShownAtEachEnd) {
      i = frames.size() - kShownAtEachEnd;
      table.add({"..."});
    }
    const StreamFrameRecord& f = frames[i];
    table.add({std::to_string(f.frame), f.image, joined(f.tasks), std::to_string(f.program),
               fmt::format("{:.4f}", static_cast<double>(f.begin) * cycle_ms),
               fmt::format("{:.4f}", f.latency_ms), fmt::format("{:.4f}", f.period_ms),
               f.switch_cycles ? fmt::format("{:+}", *f.switch_cycles) : "-",
               decibels(report.runs[i])});
  }
  return table.text(2);
}

}  // namespace

std::string stream_text(const Report& report) {
  const StreamInfo& s = *report.stream;
  std::string text = fmt::format("stream of {} frame{} in {} program{}: {} on {} ({})\n",
                                 s.frames.size(), s.frames.size() == 1 ? "" : "s",
                                 s.programs.size(), s.programs.size() == 1 ? "" : "s",
                                 report.model.name, report.design.name, report.design.board);
  text += frame_table(report);
  text += fmt::format(
      "  {:.4f} ms  ({} cycles)  {:.1f} fps  latency mean {:.4f} ms, longest {:.4f} ms\n"
      "  energy {:.3f} mJ, {:.3f} mJ a frame  {:.2f} W\n",
      s.total_ms, s.cycles, s.fps, s.mean_latency_ms, s.max_latency_ms, s.energy_mj,
      s.energy_mj_per_frame, s.power_w);
  if (s.switches == 0) return text + "  no change of tasks within a program\n";
  if (!s.mean_switch_cycles)
    return text + "  task switches: a program has no room for a frame twice to compare with\n";
  const double frame_cycles = static_cast<double>(s.cycles) / static_cast<double>(s.frames.size());
  return text + fmt::format(
                    "  {} task switch{}: frames beside them take {:+.1f} cycles more in the mean "
                    "({:+.3f} % "
                    "of a frame), {:+} at most; refresh alone makes {}\n",
                    s.switches, s.switches == 1 ? "" : "es", *s.mean_switch_cycles,
                    100.0 * *s.mean_switch_cycles / frame_cycles, *s.max_switch_cycles,
                    *s.refresh_cycles);
}

}  // namespace edgemoe::host
