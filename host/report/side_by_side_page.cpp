// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "host/report/markup.hpp"
#include "host/report/page_assets.hpp"
#include "host/report/side_by_side.hpp"

namespace edgemoe::host {
namespace {

/// Rows whose label begins with a space belong to the one above. Numbers are aligned right.
std::string table_of(const std::vector<TableRow>& rows, bool text_columns) {
  std::string text = "<div class=\"scroll\"><table>\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const char* tag = i == 0 ? "th" : "td";
    const std::string& label = rows[i].label;
    const bool part = !label.empty() && label.front() == ' ';
    text += fmt::format("<tr><{0}>{1}{2}</{0}>", tag, part ? "&emsp;" : "",
                        escape_html(part ? label.substr(label.find_first_not_of(' ')) : label));
    for (std::size_t c = 0; c < rows[i].cells.size(); ++c) {
      const std::string& cell = rows[i].cells[c];
      text += fmt::format("<{0}{1}>{2}</{0}>", tag, text_columns && c < 2 ? "" : " class=\"n\"",
                          cell == "-" ? "&ndash;" : escape_html(cell));
    }
    text += "</tr>\n";
  }
  return text + "</table></div>\n";
}

std::string header(const SideBySide& content) {
  std::string names;
  for (const DesignSummary& design : content.designs)
    names += (names.empty() ? "" : ", ") + design.name;
  const DesignSummary& first = content.designs.front();
  return fmt::format(
      "<header><h1>{}</h1>\n<p>{}, {} tokens, {} image{}; the same images and tasks for all; means "
      "over them</p></header>\n",
      escape_html(names), escape_html(first.model), first.tokens, content.images,
      content.images == 1 ? "" : "s");
}

/// Causes from the largest to the smallest over all designs: a cause has one colour on the page.
std::vector<std::string> causes_of(const SideBySide& content) {
  std::map<std::string, double> largest;
  for (const DesignSummary& design : content.designs) {
    for (const auto& [cause, mj] : design.energy_breakdown_mj) {
      const double share = mj / design.frame.energy_mj.value_or(1.0);
      largest[cause] = std::max(largest[cause], share);
    }
  }
  std::vector<std::string> causes;
  for (const auto& [cause, share] : largest) causes.push_back(cause);
  std::stable_sort(causes.begin(), causes.end(),
                   [&](const auto& a, const auto& b) { return largest.at(a) > largest.at(b); });
  return causes;
}

std::string energy_section(const SideBySide& content) {
  constexpr std::size_t kShown = 9;  // as many colours as there are
  const std::vector<std::string> causes = causes_of(content);
  std::string text;
  for (const DesignSummary& design : content.designs) {
    std::vector<BarPart> parts;
    double rest = 0.0;
    for (std::size_t i = 0; i < causes.size(); ++i) {
      const auto found = design.energy_breakdown_mj.find(causes[i]);
      if (found == design.energy_breakdown_mj.end()) continue;
      if (i >= kShown)
        rest += found->second;
      else
        parts.push_back(
            {causes[i], found->second, static_cast<int>(i), figure(found->second, 3) + " mJ"});
    }
    parts.push_back({"smaller causes", rest, 9, figure(rest, 3) + " mJ"});
    const std::string bar = stacked_bar(parts, "energy of " + design.name);
    if (!bar.empty()) text += "<div><h3>" + escape_html(design.name) + "</h3>\n" + bar + "</div>\n";
  }
  return text.empty() ? ""
                      : "<h2>Where the energy of a frame goes</h2>\n<div class=\"two\">\n" + text +
                            "</div>\n";
}

std::string notes_section(const SideBySide& content) {
  std::string rows;
  const auto add = [&rows](const std::string& name, const std::string& note) {
    if (!note.empty())
      rows +=
          fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escape_html(name), escape_html(note));
  };
  for (const DesignSummary& design : content.designs) {
    if (design.resources) add(design.name, "resources: " + design.resources->source);
    for (const std::string& note : design.notes) add(design.name, note);
    if (design.report.empty()) continue;
    rows += fmt::format("<tr><td>{}</td><td><a href=\"{}\">its own page</a></td></tr>\n",
                        escape_html(design.name), escape_html(design.report));
  }
  for (const models::PublishedFigures& entry : content.published) {
    add(entry.title, entry.source + (entry.note.empty() ? "" : "; " + entry.note) +
                         (entry.accuracy.empty() ? "" : "; " + entry.accuracy));
  }
  return "<h2>Sources and notes</h2>\n<table>" + rows + "</table>\n";
}

}  // namespace

std::string side_by_side_html(const SideBySide& content) {
  if (content.designs.empty()) return "";
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<title>Designs side by side</title>\n"
      "<style>\n{}</style></head>\n<body><main>\n",
      kPageStyle);
  text += header(content) + "<h2>Designs</h2>\n" + table_of(side_by_side_rows(content), false);
  const Chart roofline = roofline_chart(roofline_points(content));
  if (!roofline.series.empty()) {
    text +=
        "<h2>Roofline</h2>\n<p class=\"note\">One task of a frame: products of the network per "
        "DRAM "
        "byte, and per second. A design's line is what its own memory path and its own computation "
        "allow; hollow: published latency with the model's bytes.</p>\n" +
        chart_svg(roofline);
  }
  text += energy_section(content) +
          "<h2>Published by others</h2>\n<p class=\"note\">As printed; "
          "networks, images and measurements differ, so compare only where the token counts "
          "agree.</p>\n" +
          table_of(other_published_rows(content), true) + notes_section(content);
  return text +
         "<footer>Time, energy and bytes are those of the backbone, pixels in DRAM to tokens in "
         "DRAM. The same figures: <code>compare.csv</code>.</footer></main></body></html>\n";
}

}  // namespace edgemoe::host
