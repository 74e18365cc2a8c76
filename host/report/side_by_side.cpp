// SPDX-License-Identifier: Apache-2.0
#include "host/report/side_by_side.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "host/report/csv.hpp"

namespace edgemoe::host {
namespace {

using models::PublishedFigures;

/// Four significant digits, no exponent; whole numbers without a fraction; "-" when empty.
std::string number(const std::optional<double>& value, int digits = 4) {
  if (!value || !std::isfinite(*value)) return "-";
  if (*value == std::floor(*value) && std::fabs(*value) < 1e9) return fmt::format("{:.0f}", *value);
  const double magnitude = std::fabs(*value);
  const int before = magnitude < 1e-9 ? 1 : static_cast<int>(std::floor(std::log10(magnitude))) + 1;
  return fmt::format("{:.{}f}", *value, std::clamp(digits - before, 0, 6));
}

std::optional<double> real(const std::optional<int>& value) {
  return value ? std::optional<double>(*value) : std::nullopt;
}

std::string count(const std::optional<int>& value) { return value ? std::to_string(*value) : "-"; }

/// A column of the table: a design, or what was published of it.
struct Column {
  const DesignSummary* design = nullptr;
  const PublishedFigures* published = nullptr;  ///< null: the design's own column
};

std::vector<Column> columns_of(const SideBySide& content) {
  std::vector<Column> columns;
  for (const DesignSummary& design : content.designs) {
    columns.push_back({&design, nullptr});
    for (const PublishedFigures& entry : content.published) {
      if (entry.design == design.name) columns.push_back({&design, &entry});
    }
  }
  return columns;
}

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  using OfDesign = std::function<std::string(const DesignSummary&)>;
  using OfPublished = std::function<std::string(const PublishedFigures&)>;

  void add(const std::string& label, const OfDesign& design, const OfPublished& published) {
    TableRow row{label, {}};
    for (const Column& column : columns_)
      row.cells.push_back(column.published ? published(*column.published) : design(*column.design));
    const bool known = std::any_of(row.cells.begin(), row.cells.end(),
                                   [](const std::string& cell) { return cell != "-"; });
    if (known) rows_.push_back(std::move(row));
  }
  void add(const std::string& label, const OfDesign& design) {
    add(label, design, [](const PublishedFigures&) { return std::string("-"); });
  }
  const std::vector<Column>& columns() const { return columns_; }
  std::vector<TableRow> take() { return std::move(rows_); }

 private:
  std::vector<Column> columns_;
  std::vector<TableRow> rows_;
};

std::string band(const WorkSummary& work) {
  if (!work.energy_low_mj || !work.energy_high_mj) return "-";
  return number(work.energy_low_mj, 3) + ".." + number(work.energy_high_mj, 3);
}

/// Model against publication, where both computed as many tokens.
std::string difference(const Column& column) {
  if (!column.published || !column.published->latency_ms || !column.design->task.latency_ms ||
      column.published->tokens != column.design->tokens)
    return "-";
  const double ratio = *column.design->task.latency_ms / *column.published->latency_ms;
  return fmt::format("{:+.1f}", 100.0 * (ratio - 1.0));
}

std::string power_difference(const Column& column) {
  if (!column.published || !column.published->power_w || !column.design->task.power_w ||
      column.published->tokens != column.design->tokens)
    return "-";
  const double ratio = *column.design->task.power_w / *column.published->power_w;
  return fmt::format("{:+.1f}", 100.0 * (ratio - 1.0));
}

void add_difference(const std::string& label, std::string (*of)(const Column&), Table* table,
                    std::vector<TableRow>* rows) {
  TableRow row{label, {}};
  for (const Column& column : table->columns()) row.cells.push_back(of(column));
  if (std::any_of(row.cells.begin(), row.cells.end(), [](const auto& c) { return c != "-"; }))
    rows->push_back(std::move(row));
}

void add_facts(Table* table) {
  table->add(
      "board", [](const auto& d) { return d.board; }, [](const auto& p) { return p.platform; });
  table->add(
      "precision", [](const auto& d) { return d.precision; },
      [](const auto& p) { return p.precision; });
  table->add(
      "clock, MHz", [](const auto& d) { return number(d.clock_mhz); },
      [](const auto& p) { return number(p.clock_mhz); });
  table->add(
      "tokens", [](const auto& d) { return std::to_string(d.tokens); },
      [](const auto& p) { return p.tokens == 0 ? "not said" : std::to_string(p.tokens); });
}

void add_frame(const SideBySide& content, Table* table) {
  std::string tasks;
  for (const std::string& task : content.designs.front().tasks)
    tasks += (tasks.empty() ? "" : " + ") + task;
  if (content.designs.front().tasks.size() < 2) return;
  table->add("frame (" + tasks + "), ms", [](const auto& d) { return number(d.frame.latency_ms); });
  table->add("  frames a second", [](const auto& d) {
    return d.frame.latency_ms ? number(1e3 / *d.frame.latency_ms) : "-";
  });
  table->add("  energy, mJ", [](const auto& d) { return number(d.frame.energy_mj); });
  table->add("  band, mJ", [](const auto& d) { return band(d.frame); });
  table->add("  DRAM read, MB", [](const auto& d) { return number(d.frame.read_mb); });
  table->add("  DRAM written, MB", [](const auto& d) { return number(d.frame.write_mb); });
}

void add_task(Table* table) {
  table->add(
      "one task, ms", [](const auto& d) { return number(d.task.latency_ms); },
      [](const auto& p) { return number(p.latency_ms); });
  table->add(
      "  frames a second",
      [](const auto& d) { return d.task.latency_ms ? number(1e3 / *d.task.latency_ms) : "-"; },
      [](const auto& p) { return p.latency_ms ? number(1e3 / *p.latency_ms) : "-"; });
  table->add(
      "  energy, mJ", [](const auto& d) { return number(d.task.energy_mj); },
      [](const auto& p) { return number(p.energy_mj); });
  table->add("  band, mJ", [](const auto& d) { return band(d.task); });
  table->add(
      "  power, W", [](const auto& d) { return number(d.task.power_w); },
      [](const auto& p) { return number(p.power_w); });
  table->add("  DRAM read, MB", [](const auto& d) { return number(d.task.read_mb); });
  table->add("  DRAM written, MB", [](const auto& d) { return number(d.task.write_mb); });
  table->add("  of the memory's peak, %", [](const auto& d) {
    return d.task.dram_share ? number(100.0 * *d.task.dram_share, 3) : "-";
  });
  table->add("  GMAC/s", [](const auto& d) {
    return d.task.gmac && d.task.latency_ms ? number(1e3 * *d.task.gmac / *d.task.latency_ms) : "-";
  });
  table->add("  compute floor, ms", [](const auto& d) { return number(d.task.compute_ms); });
  table->add("  memory floor, ms", [](const auto& d) { return number(d.task.memory_ms); });
}

void add_resources(Table* table) {
  const auto of = [](std::optional<int> ResourceInfo::*field) {
    return [field](const DesignSummary& d) {
      return d.resources ? count((*d.resources).*field) : std::string("-");
    };
  };
  table->add("DSP", of(&ResourceInfo::dsp), [](const auto& p) { return count(p.dsp); });
  table->add("block RAM", of(&ResourceInfo::bram36), [](const auto& p) { return number(p.bram); });
  table->add("UltraRAM", of(&ResourceInfo::uram), [](const auto& p) { return count(p.uram); });
  table->add(
      "LUT", [](const auto&) { return std::string("-"); },
      [](const auto& p) { return count(p.lut); });
}

std::string metric_of(const DesignSummary& design, const std::string& task,
                      const std::string& key) {
  const auto of_task = design.metrics.find(task);
  if (of_task == design.metrics.end()) return "-";
  const auto found = of_task->second.find(key);
  return found == of_task->second.end() ? "-" : number(found->second);
}

/// Each task's metrics, and below each the float reference's.
void add_metrics(const SideBySide& content, Table* table) {
  std::map<std::string, Metrics> all;
  for (const DesignSummary& d : content.designs) {
    for (const auto& [task, metrics] : d.metrics) all[task].insert(metrics.begin(), metrics.end());
  }
  for (const auto& [task, metrics] : all) {
    for (const auto& [key, value] : metrics) {
      if (key == "images" || key.rfind("reference_", 0) == 0) continue;
      const std::string reference = "reference_" + key;
      table->add(task + " " + key, [&](const DesignSummary& d) { return metric_of(d, task, key); });
      table->add("  of the float reference",
                 [&](const DesignSummary& d) { return metric_of(d, task, reference); });
    }
  }
}

void add_accuracy(const SideBySide& content, Table* table) {
  table->add("SQNR, dB", [](const auto& d) { return number(d.sqnr_db); });
  table->add("  routing forced, dB", [](const auto& d) { return number(d.forced_sqnr_db); });
  table->add("  routing agrees, %", [](const auto& d) {
    return d.routing_agreement ? number(100.0 * *d.routing_agreement) : "-";
  });
  table->add("  taps out of bounds",
             [](const auto& d) { return d.taps_out ? std::to_string(*d.taps_out) : "-"; });
  add_metrics(content, table);
}

}  // namespace

std::vector<TableRow> side_by_side_rows(const SideBySide& content) {
  if (content.designs.empty()) return {};
  Table table(columns_of(content));
  table.add(
      "", [](const auto& d) { return d.name; }, [](const auto&) { return "published"; });
  add_facts(&table);
  add_frame(content, &table);
  add_task(&table);
  std::vector<TableRow> rows = table.take();
  add_difference("  model's latency against it, %", difference, &table, &rows);
  add_difference("  model's power against it, %", power_difference, &table, &rows);
  add_resources(&table);
  add_accuracy(content, &table);
  for (TableRow& row : table.take()) rows.push_back(std::move(row));
  return rows;
}

std::vector<TableRow> other_published_rows(const SideBySide& content) {
  std::vector<TableRow> rows{
      {"published by others",
       {"platform", "network", "tokens", "precision", "ms", "W", "mJ", "DSP", "block RAM", "LUT"}}};
  for (const PublishedFigures& entry : content.published) {
    const bool beside = std::any_of(content.designs.begin(), content.designs.end(),
                                    [&](const auto& d) { return d.name == entry.design; });
    if (beside) continue;
    rows.push_back({entry.title,
                    {entry.platform, entry.network,
                     entry.tokens == 0 ? "not said" : std::to_string(entry.tokens), entry.precision,
                     number(entry.latency_ms), number(entry.power_w), number(entry.energy_mj),
                     count(entry.dsp), number(entry.bram), count(entry.lut)}});
  }
  return rows;
}

std::vector<RooflinePoint> roofline_points(const SideBySide& content) {
  std::vector<RooflinePoint> points;
  for (const Column& column : columns_of(content)) {
    const WorkSummary& work = column.design->task;
    if (!work.gmac || !work.latency_ms || !work.read_mb || !work.write_mb) continue;
    RooflinePoint point;
    point.name = column.design->name;
    point.macs = *work.gmac * 1e9;
    point.bytes = (*work.read_mb + *work.write_mb) * 1e6;
    point.latency_ms = *work.latency_ms;
    point.compute_ms = work.compute_ms.value_or(0.0);
    point.memory_ms = work.memory_ms.value_or(0.0);
    if (column.published != nullptr) {
      if (!column.published->latency_ms || column.published->tokens != column.design->tokens)
        continue;
      point.name += " published";
      point.latency_ms = *column.published->latency_ms;
      point.hollow = true;
    }
    points.push_back(std::move(point));
  }
  return points;
}

std::string side_by_side_csv(const SideBySide& content) {
  std::string text =
      "name,published,platform,precision,clock_mhz,tokens,frame_ms,frame_mj,task_ms,task_mj,"
      "task_mj_low,task_mj_high,power_w,read_mb,write_mb,dsp,bram36,uram,lut,sqnr_db,"
      "forced_sqnr_db,routing_agreement\n";
  const auto plain = [](const std::optional<double>& value) {
    return value && std::isfinite(*value) ? fmt::format("{:.8g}", *value) : std::string();
  };
  const auto line = [&](std::vector<std::string> cells) {
    for (std::string& cell : cells) cell = csv_field(cell);
    text += fmt::format("{}\n", fmt::join(cells, ","));
  };
  for (const DesignSummary& d : content.designs) {
    const ResourceInfo r = d.resources.value_or(ResourceInfo{});
    line({d.name,
          "no",
          d.board,
          d.precision,
          plain(d.clock_mhz),
          std::to_string(d.tokens),
          plain(d.frame.latency_ms),
          plain(d.frame.energy_mj),
          plain(d.task.latency_ms),
          plain(d.task.energy_mj),
          plain(d.task.energy_low_mj),
          plain(d.task.energy_high_mj),
          plain(d.task.power_w),
          plain(d.task.read_mb),
          plain(d.task.write_mb),
          plain(real(r.dsp)),
          plain(real(r.bram36)),
          plain(real(r.uram)),
          "",
          plain(d.sqnr_db),
          plain(d.forced_sqnr_db),
          plain(d.routing_agreement)});
  }
  for (const PublishedFigures& p : content.published) {
    line({p.name,
          "yes",
          p.platform,
          p.precision,
          plain(p.clock_mhz),
          p.tokens == 0 ? "" : std::to_string(p.tokens),
          "",
          "",
          plain(p.latency_ms),
          plain(p.energy_mj),
          "",
          "",
          plain(p.power_w),
          "",
          "",
          plain(real(p.dsp)),
          plain(p.bram),
          plain(real(p.uram)),
          plain(real(p.lut)),
          "",
          "",
          ""});
  }
  return text;
}

}  // namespace edgemoe::host
