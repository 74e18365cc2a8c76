// SPDX-License-Identifier: Apache-2.0
#include "host/report/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/report/markup.hpp"
#include "host/report/page_assets.hpp"
#include "host/report/page_sections.hpp"

namespace edgemoe::host {
namespace {

std::string tasks_text(const RunRecord& run) {
  std::string text;
  for (const std::string& task : run.tasks) text += (text.empty() ? "" : " + ") + task;
  return text;
}

std::string run_name(const RunRecord& run) {
  const std::size_t slash = run.image.find_last_of('/');
  return (slash == std::string::npos ? run.image : run.image.substr(slash + 1)) + ", " +
         tasks_text(run);
}

std::string header(const Report& report) {
  return fmt::format(
      "<header><h1>{} on {}</h1>\n<p>Board {}, {} MHz, {}, engine <code>{}</code>, edgemoe {} "
      "({})</p></header>\n",
      escape_html(report.model.name), escape_html(report.design.name),
      escape_html(report.design.board), figure(report.design.clock_mhz),
      escape_html(report.design.precision), escape_html(report.engine),
      escape_html(report.tool.version), escape_html(report.tool.revision));
}

std::string navigation(const Report& report, std::size_t shown) {
  if (report.runs.size() < 2) return "";
  std::string text = "<nav class=\"runs\" aria-label=\"runs\">";
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("<button type=\"button\" aria-pressed=\"false\">{}</button>",
                        escape_html(run_name(report.runs[i])));
  }
  text += "</nav>\n";
  if (shown < report.runs.size()) {
    text += fmt::format(
        "<p class=\"note\">The first {} of {} entries; all of them are in report.json.</p>\n",
        shown, report.runs.size());
  }
  return text;
}

std::string run_section(const PageContent& content, std::size_t index) {
  const RunRecord& run = content.report.runs[index];
  const auto& head_ms = content.report.host.head_ms;
  std::string text = "<section class=\"run\">\n";
  text += headline_section(
      run, index < head_ms.size() ? std::vector<double>{head_ms[index]} : std::vector<double>{});
  if (index < content.pictures.size()) text += maps_section(run, content.pictures[index]);
  text += breakdown_section(run);
  if (index < content.timelines.size()) text += timeline_section(content.timelines[index]);
  text += roofline_section(run);
  text += stalls_section(run);
  text += accuracy_section(run);
  text += experts_section(run);
  text += commands_section(run);
  return text + "</section>\n";
}

}  // namespace

std::string report_html(const PageContent& content) {
  const Report& report = content.report;
  const std::size_t shown = std::min<std::size_t>(report.runs.size(), kMaxPageRuns);
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{} on {}</title>\n<style>\n{}</style></head>\n<body><main>\n",
      escape_html(report.model.name), escape_html(report.design.name), kPageStyle);
  text += header(report) + stream_section(report) + navigation(report, shown);
  for (std::size_t i = 0; i < shown; ++i) text += run_section(content, i);
  text += costs_section(report) + checks_section(report) + facts_section(report);
  return text + "</main>\n<script>\n" + kPageScript + "</script>\n</body></html>\n";
}

}  // namespace edgemoe::host
