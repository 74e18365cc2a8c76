// SPDX-License-Identifier: Apache-2.0
// Frames back to back.
#include <fmt/format.h>

#include <algorithm>

#include "host/report/markup.hpp"
#include "host/report/page_sections.hpp"

namespace edgemoe::host {
namespace {

constexpr std::size_t kShownFrames = 500;  ///< the rest is in report.json

std::string card(const std::string& label, const std::string& value, const std::string& detail) {
  return fmt::format("<div><span>{}</span><strong>{}</strong><small>{}</small></div>\n", label,
                     value, detail);
}

std::string frame_row(const StreamFrameRecord& f) {
  std::string tasks;
  for (const std::string& task : f.tasks) tasks += (tasks.empty() ? "" : " + ") + task;
  return fmt::format(
      "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
      "class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
      f.frame, escape_html(f.image), escape_html(tasks), f.program, grouped(f.begin),
      figure(f.latency_ms), figure(f.period_ms),
      f.switch_cycles ? fmt::format("{:+}", *f.switch_cycles) : "&ndash;");
}

}  // namespace

std::string stream_section(const Report& report) {
  if (!report.stream) return "";
  const StreamInfo& s = *report.stream;
  std::string text = "<h2>Stream</h2>\n<div class=\"cards\">\n";
  text += card("Throughput", figure(s.fps) + " fps",
               fmt::format("{} frames in {} ms", s.frames.size(), figure(s.total_ms)));
  text += card("Latency", figure(s.mean_latency_ms) + " ms",
               "longest " + figure(s.max_latency_ms) + " ms");
  text += card("Energy per frame", figure(s.energy_mj_per_frame) + " mJ", figure(s.power_w) + " W");
  text += card("Task switch",
               s.mean_switch_cycles ? fmt::format("{:+.0f} cycles", *s.mean_switch_cycles) : "none",
               fmt::format("{} in the stream, {:+} cycles at most", s.switches,
                           s.max_switch_cycles.value_or(0)));
  text +=
      "</div>\n<p class=\"note\">Latency is from asking for a frame's pixels to its last result "
      "and "
      "holds the wait for the frame before; period is from result to result. Switch: what a frame "
      "beside another task takes longer, from issue to issue, than ever in a stream of its own; "
      "the "
      "memory's refresh alone makes some cycles.</p>\n<div class=\"scroll\"><table>"
      "<tr><th>frame</th><th>image</th><th>tasks</th><th class=\"n\">program</th><th "
      "class=\"n\">begin</th><th class=\"n\">latency ms</th><th class=\"n\">period ms</th><th "
      "class=\"n\">switch</th></tr>\n";
  const std::size_t shown = std::min(s.frames.size(), kShownFrames);
  for (std::size_t i = 0; i < shown; ++i) text += frame_row(s.frames[i]);
  text += "</table></div>\n";
  for (const RunRecord& program : s.programs) {
    if (s.programs.size() > 1) text += "<h3>" + escape_html(program.image) + "</h3>\n";
    text += breakdown_section(program) + roofline_section(program) + stalls_section(program);
    if (&program - s.programs.data() == 2) break;  // programs of a stream are much alike
  }
  return text;
}

}  // namespace edgemoe::host
