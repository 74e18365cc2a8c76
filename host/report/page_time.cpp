// SPDX-License-Identifier: Apache-2.0
// Where time and energy go: breakdowns, timeline, stalls, commands.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "host/report/markup.hpp"
#include "host/report/page_sections.hpp"
#include "host/report/stall_words.hpp"

namespace edgemoe::host {
namespace {

constexpr double kSmallShare =
    0.005;  ///< energy causes below this share of the total are shown as one
constexpr double kShownStall =
    0.0005;  ///< reasons below this share of the time are in report.json only

bool uses_colour(const std::vector<BarPart>& parts, int colour) {
  return std::any_of(parts.begin(), parts.end(),
                     [colour](const BarPart& part) { return part.colour == colour; });
}

/// Kinds of commands in their order, then groups that a design named itself.
std::string latency_bar(const RunRecord& run) {
  std::vector<BarPart> parts;
  for (const std::string& kind : command_kinds()) {
    const auto found = run.latency_breakdown_cycles->find(kind);
    if (found == run.latency_breakdown_cycles->end()) continue;
    parts.push_back(
        {kind, static_cast<double>(found->second), kind_index(kind), grouped(found->second)});
  }
  int colour = 0;
  for (const auto& [group, cycles] : *run.latency_breakdown_cycles) {
    const auto& kinds = command_kinds();
    if (std::find(kinds.begin(), kinds.end(), group) != kinds.end()) continue;
    while (uses_colour(parts, colour % 9) && colour < 9) ++colour;
    parts.push_back({group, static_cast<double>(cycles), colour++ % 9, grouped(cycles)});
  }
  return stacked_bar(parts, "cycles by kind of work");
}

std::string energy_bar(const RunRecord& run) {
  std::vector<std::pair<std::string, double>> causes(run.energy_breakdown_mj->begin(),
                                                     run.energy_breakdown_mj->end());
  std::stable_sort(causes.begin(), causes.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<BarPart> parts;
  double small = 0.0;
  std::size_t small_causes = 0;
  for (const auto& [cause, mj] : causes) {
    if (mj < kSmallShare * run.energy_mj.value_or(0.0)) {
      small += mj;
      ++small_causes;
      continue;
    }
    std::string text = figure(mj, 3) + " mJ";
    if (run.energy_share_of_band && run.energy_share_of_band->count(cause) != 0) {
      text += fmt::format(" (band {:.0f} %)", 100.0 * run.energy_share_of_band->at(cause));
    }
    parts.push_back({cause, mj, static_cast<int>(parts.size() % 9), text});
  }
  if (small_causes > 0) {
    parts.push_back(
        {fmt::format("{} smaller causes", small_causes), small, 9, figure(small, 3) + " mJ"});
  }
  return stacked_bar(parts, "energy by cause");
}

/// The coefficients that the width of the band comes from, widest first.
std::string dominating_table(const RunRecord& run) {
  std::vector<EnergyItemRecord> items = *run.energy_items;
  std::stable_sort(items.begin(), items.end(),
                   [](const auto& a, const auto& b) { return a.share_of_band > b.share_of_band; });
  std::string rows;
  for (const EnergyItemRecord& item : items) {
    if (item.share_of_band < kSmallShare) continue;
    rows += fmt::format(
        "<tr><td>{}</td><td>{} {} &plusmn; {:.0f} %</td><td>{:.0f} %</td><td>{}</td></tr>\n",
        escape_html(item.coefficient), figure(item.value, 3), escape_html(item.unit),
        100.0 * item.uncertainty, 100.0 * item.share_of_band, escape_html(item.source));
  }
  return rows.empty() ? ""
                      : "<table><tr><th>coefficient</th><th>value</th><th>of the band</th>"
                        "<th>source</th></tr>\n" +
                            rows + "</table>\n";
}

/// `per task: semseg 1 mJ, depth 2 mJ; an expert load: 3 uJ`
std::string energy_parts(const RunRecord& run) {
  std::string text;
  if (run.energy_per_task_mj && run.energy_per_task_mj->size() > 1) {
    for (const auto& [task, mj] : *run.energy_per_task_mj) {
      text += (text.empty() ? "Per task: " : ", ") + escape_html(task) + " " + figure(mj) + " mJ";
    }
    text += ". ";
  }
  if (run.energy_per_expert_load_mj) {
    text += "Loading one expert: " + figure(1e3 * *run.energy_per_expert_load_mj, 3) +
            " &micro;J beside the powers of the time. ";
  }
  return text.empty() ? "" : "<p>" + text + "</p>\n";
}

nlohmann::json timeline_data(const Timeline& timeline) {
  nlohmann::json data{{"clock", timeline.clock_mhz}, {"cycles", timeline.cycles}};
  std::map<std::string, std::size_t> index;
  nlohmann::json names = nlohmann::json::array(), lanes = nlohmann::json::array();
  for (const TimelineLane& lane : lanes_of(timeline)) {
    nlohmann::json slices = nlohmann::json::array();
    for (const TimelineSlice* slice : lane.slices) {
      const auto [at, fresh] = index.emplace(slice->name, index.size());
      if (fresh) names.push_back(slice->name);
      slices.push_back({slice->begin, slice->end, at->second, kind_index(kind_of(slice->name))});
    }
    const std::string suffix = lane.number == 0 ? "" : fmt::format(" ({})", lane.number + 1);
    lanes.push_back({{"name", lane.track + suffix}, {"slices", std::move(slices)}});
  }
  nlohmann::json counters = nlohmann::json::array();
  for (const TimelineCounter& counter : timeline.counters) {
    counters.push_back(
        {{"name", counter.name}, {"unit", counter.unit}, {"points", counter.points}});
  }
  data["names"] = std::move(names);
  data["lanes"] = std::move(lanes);
  data["counters"] = std::move(counters);
  return data;
}

/// Adds the reasons that it names to `shown`.
std::string stall_cells(const std::map<std::string, std::uint64_t>& reasons, double total,
                        std::set<std::string>* shown) {
  std::vector<std::pair<std::string, std::uint64_t>> ordered(reasons.begin(), reasons.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [reason, cycles] : ordered) {
    if (reason == "busy" || static_cast<double>(cycles) < kShownStall * total) continue;
    text += fmt::format("{}<span title=\"{}\">{} {:.1f} %</span>", text.empty() ? "" : ", ",
                        escape_html(stall_words(reason)), escape_html(reason),
                        100.0 * static_cast<double>(cycles) / total);
    shown->insert(reason);
  }
  return text.empty() ? "&ndash;" : text;
}

std::string glossary(const std::set<std::string>& reasons) {
  std::string rows;
  for (const std::string& reason : reasons) {
    const std::string words = stall_words(reason);
    if (!words.empty())
      rows +=
          fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escape_html(reason), escape_html(words));
  }
  return rows.empty()
             ? ""
             : "<details><summary>What the reasons mean</summary><table class=\"legend\">" + rows +
                   "</table></details>\n";
}

}  // namespace

std::string breakdown_section(const RunRecord& run) {
  if (!run.latency_breakdown_cycles && !run.energy_breakdown_mj) return "";
  std::string text = "<h2>Where time and energy go</h2>\n<div class=\"two\">\n";
  if (run.latency_breakdown_cycles) {
    text += "<div><h3>Cycles by kind of work</h3>\n" + latency_bar(run) + "</div>\n";
  }
  if (run.energy_breakdown_mj) {
    text += "<div><h3>Energy</h3>\n" + energy_bar(run) +
            "<p class=\"note\">Counted events times the board's coefficients, and static power "
            "times latency. "
            "&ldquo;band&rdquo; is a cause's share in the squared width of the uncertainty "
            "band.</p>\n" +
            energy_parts(run) + (run.energy_items ? dominating_table(run) : "") + "</div>\n";
  }
  return text + "</div>\n";
}

std::string timeline_section(const Timeline& timeline) {
  if (timeline.slices.empty()) return "";
  const std::string data =
      timeline_data(timeline).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string legend;
  for (int i = 0; i + 1 < static_cast<int>(command_kinds().size()); ++i) {
    legend += fmt::format("<span><b class=\"dot\" style=\"background:var(--k{})\"></b>{}</span>", i,
                          command_kinds()[static_cast<std::size_t>(i)]);
  }
  return fmt::format(
      "<h2>Timeline</h2>\n<p class=\"key\">{}</p>\n<div class=\"timeline\" hidden><canvas></canvas>"
      "<div class=\"tip\">Wheel zooms, dragging moves, a double click shows everything.</div>"
      "<script type=\"application/json\">{}</script></div>\n",
      legend, escape_script(data));
}

std::string stalls_section(const RunRecord& run) {
  if (!run.stalls || run.stalls->empty()) return "";
  std::string rows;
  std::set<std::string> shown;
  for (const auto& [unit, reasons] : *run.stalls) {
    double total = 0.0;
    for (const auto& [reason, cycles] : reasons) total += static_cast<double>(cycles);
    const auto busy = reasons.find("busy");
    const double share =
        busy == reasons.end() || total == 0.0 ? 0.0 : static_cast<double>(busy->second) / total;
    rows += fmt::format(
        "<tr><td>{}</td><td><div class=\"meter\"><i style=\"width:{:.1f}%\"></i></div></td><td "
        "class=\"n\">{:.1f} %</td>"
        "<td>{}</td></tr>\n",
        escape_html(unit), 100.0 * share, 100.0 * share,
        stall_cells(reasons, std::max(total, 1.0), &shown));
  }
  return "<h2>Why units wait</h2>\n<p class=\"note\">Every unit's cycles are busy or have a named "
         "reason; they add up "
         "to the latency.</p>\n<div class=\"scroll\"><table><tr><th>unit</th><th></th><th "
         "class=\"n\">busy</th>"
         "<th>waiting for</th></tr>\n" +
         rows + "</table></div>\n" + glossary(shown);
}

std::string commands_section(const RunRecord& run) {
  if (!run.commands || run.commands->empty()) return "";
  std::string rows;
  for (const CommandRecord& command : *run.commands) {
    std::uint64_t stalled = 0;
    for (const auto& [reason, cycles] : command.stall) stalled += cycles;
    rows += fmt::format(
        "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td "
        "class=\"n\">{}</td>"
        "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
        escape_html(command.name), escape_html(command.task), escape_html(command.unit),
        grouped(command.begin), grouped(command.end - command.begin), grouped(stalled),
        command.macs ? grouped(*command.macs) : "&ndash;", grouped(command.bytes));
  }
  return fmt::format(
      "<details><summary>All {} commands</summary><div "
      "class=\"scroll\"><table><tr><th>command</th><th>task</th>"
      "<th>unit</th><th class=\"n\">begin</th><th class=\"n\">cycles</th><th "
      "class=\"n\">stalled</th>"
      "<th class=\"n\">MAC</th><th class=\"n\">bytes</th></tr>\n{}</table></div></details>\n",
      run.commands->size(), rows);
}

}  // namespace edgemoe::host
