// SPDX-License-Identifier: Apache-2.0
// Headline figures, maps, checks and facts.
#include <fmt/format.h>

#include "host/report/markup.hpp"
#include "host/report/page_sections.hpp"

namespace edgemoe::host {
namespace {

std::string card(const std::string& label, const std::string& value, const std::string& detail) {
  return fmt::format("<div><span>{}</span><strong>{}</strong><small>{}</small></div>\n", label,
                     value, detail.empty() ? "&nbsp;" : detail);
}

/// A picture, or a place that stays empty so that the rows below stay aligned.
std::string cell(const std::string& png, const std::string& caption) {
  if (png.empty()) return "<div class=\"void\"></div>\n";
  const std::string text = escape_html(caption);
  return fmt::format(
      "<figure><img alt=\"{}\" "
      "src=\"data:image/png;base64,{}\"><figcaption>{}</figcaption></figure>\n",
      text, base64(png), text);
}

std::string metric_text(const RunRecord& run, const std::string& task) {
  if (!run.metrics) return "";
  const auto found = run.metrics->find(task);
  if (found == run.metrics->end()) return "";
  std::string text;
  for (const auto& [name, value] : found->second) {
    if (name.rfind("reference_", 0) == 0) continue;
    text += fmt::format(", {} {}", name, figure(value));
  }
  return text;
}

std::string row(const std::string& key, const std::string& value) {
  return fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", key, value);
}

}  // namespace

std::string headline_section(const RunRecord& run, const std::vector<double>& head_ms) {
  std::string text = "<div class=\"cards\">\n";
  if (run.latency_ms) {
    text += card("Latency", figure(run.latency_ms) + " ms",
                 grouped(run.cycles.value_or(0)) + " cycles");
    text += card("Rate", figure(run.fps) + " fps", "one frame at a time");
  }
  if (run.energy_mj) {
    std::string band;
    if (run.energy_band_mj && run.energy_band_mj->size() == 2) {
      band = figure((*run.energy_band_mj)[0], 3) + " to " + figure((*run.energy_band_mj)[1], 3) +
             " mJ";
    }
    text += card("Energy per frame", figure(run.energy_mj) + " mJ", band);
    text += card("Power", figure(run.power_w) + " W", "energy over latency");
  }
  if (run.dram) {
    text += card("DRAM read", bytes_text(run.dram->read_bytes),
                 bytes_text(run.dram->wasted_prefetch_bytes) + " prefetched in vain");
  }
  if (run.utilisation) {
    text +=
        card("Array utilisation", figure(100.0 * *run.utilisation, 3) + " %", "useful products");
  }
  if (run.golden) {
    for (const auto& [task, golden] : *run.golden) {
      text +=
          card(escape_html(task) + " SQNR", figure(golden.sqnr_db, 3) + " dB",
               fmt::format("{} % of routing agrees", figure(100.0 * golden.routing_agreement, 3)));
    }
  }
  if (!head_ms.empty() && head_ms[0] > 0.0) {
    text += card("Heads", figure(head_ms[0], 3) + " ms", "on this host, in float");
  }
  return text + "</div>\n";
}

std::string maps_section(const RunRecord& run, const RunPictures& pictures) {
  std::string text =
      "<h2>Maps</h2>\n<div class=\"maps\">\n" + cell(pictures.input_png, "input, " + run.image);
  bool first = true;
  for (const TaskPictures& task : pictures.tasks) {
    if (!first) text += cell("", "");  // the input's column
    first = false;
    text += cell(task.map_png, task.task + metric_text(run, task.task));
    text += cell(task.reference_png, task.task + ", float reference");
    text += cell(task.label_png, task.task + ", label");
  }
  return text + "</div>\n";
}

std::string checks_section(const Report& report) {
  if (report.checks.empty()) return "";
  std::string rows;
  int failed = 0;
  for (const Check& check : report.checks) {
    failed += check.ok ? 0 : 1;
    rows += fmt::format("<tr><td class=\"{}\">{}</td><td>{}</td><td>{}</td></tr>\n",
                        check.ok ? "ok" : "fail", check.ok ? "ok" : "failed",
                        escape_html(check.name), escape_html(check.detail));
  }
  return fmt::format(
      "<h2>Checks</h2>\n<p class=\"note\">Conservation laws and limits that every run tests on "
      "itself: {}.</p>\n"
      "<div class=\"scroll\"><table>{}</table></div>\n",
      failed == 0 ? "all hold" : fmt::format("<span class=\"fail\">{} failed</span>", failed),
      rows);
}

std::string facts_section(const Report& report) {
  std::string rows;
  rows += row("Model",
              fmt::format("{}, {} tokens, {} parameters, <code>{}</code>",
                          escape_html(report.model.name), report.model.tokens,
                          grouped(report.model.params), escape_html(report.model.config_hash)));
  rows += row("Design",
              fmt::format("{} <code>{}</code>, board {} <code>{}</code>",
                          escape_html(report.design.name), escape_html(report.design.config_hash),
                          escape_html(report.design.board), escape_html(report.design.board_hash)));
  if (report.resources) {
    const ResourceInfo& r = *report.resources;
    rows += row("Resources",
                fmt::format("{} DSP, {} BRAM36, {} URAM ({})", r.dsp.value_or(0),
                            r.bram36.value_or(0), r.uram.value_or(0), escape_html(r.source)));
  }
  for (const std::string& note : report.notes) rows += row("Note", escape_html(note));
  std::string phases;
  for (const auto& [phase, seconds] : report.host.phases_s) {
    phases += fmt::format("{}{} {} s", phases.empty() ? "" : ", ", escape_html(phase),
                          figure(seconds, 3));
  }
  rows +=
      row("This run", fmt::format("{} s, {} MB resident at most; {}", figure(report.host.wall_s, 3),
                                  figure(report.host.peak_rss_mb, 3), phases));
  return "<h2>Facts</h2>\n<table>" + rows +
         "</table>\n<footer>Figures of the accelerator are simulated for the backbone, pixels in "
         "DRAM to tokens in "
         "DRAM; the heads run on the host in float. The same data: <code>report.json</code>, "
         "<code>layers.csv</code>, <code>trace.json</code> (Perfetto).</footer>\n";
}

}  // namespace edgemoe::host
