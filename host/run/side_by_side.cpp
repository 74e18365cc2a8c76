// SPDX-License-Identifier: Apache-2.0
#include "host/run/side_by_side.hpp"

#include <functional>
#include <stdexcept>

#include "models/io/file.hpp"

namespace edgemoe::host {
namespace {

/// Mean over the entries that have the value.
std::optional<double> mean(const Report& report,
                           const std::function<std::optional<double>(const RunRecord&)>& value) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const RunRecord& run : report.runs) {
    const std::optional<double> of_run = value(run);
    if (!of_run) continue;
    sum += *of_run;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional<double>(sum / static_cast<double>(count));
}

std::optional<double> scaled(const std::optional<std::uint64_t>& count, double factor) {
  return count ? std::optional<double>(static_cast<double>(*count) * factor) : std::nullopt;
}

template <class Part, class Value>
auto of_part(std::optional<Part> RunRecord::*part, Value Part::*value, double factor = 1.0) {
  return [part, value, factor](const RunRecord& run) -> std::optional<double> {
    if (!(run.*part)) return std::nullopt;
    return static_cast<double>((*(run.*part)).*value) * factor;
  };
}

WorkSummary work_of(const Report& report) {
  WorkSummary work;
  const auto band = [](std::size_t end) {
    return [end](const RunRecord& run) -> std::optional<double> {
      if (!run.energy_band_mj) return std::nullopt;
      return run.energy_band_mj->at(end);
    };
  };
  work.cycles = mean(report, [](const RunRecord& run) { return scaled(run.cycles, 1.0); });
  work.latency_ms = mean(report, [](const RunRecord& run) { return run.latency_ms; });
  work.energy_mj = mean(report, [](const RunRecord& run) { return run.energy_mj; });
  work.energy_low_mj = mean(report, band(0));
  work.energy_high_mj = mean(report, band(1));
  if (work.energy_mj && work.latency_ms) work.power_w = *work.energy_mj / *work.latency_ms;
  work.gmac = mean(report, [](const RunRecord& run) { return scaled(run.macs, 1e-9); });
  work.read_mb = mean(report, of_part(&RunRecord::dram, &DramInfo::read_bytes, 1e-6));
  work.write_mb = mean(report, of_part(&RunRecord::dram, &DramInfo::write_bytes, 1e-6));
  work.dram_share = mean(report, of_part(&RunRecord::dram, &DramInfo::efficiency));
  work.utilisation = mean(report, [](const RunRecord& run) { return run.utilisation; });
  work.compute_ms = mean(report, of_part(&RunRecord::roofline, &RooflineInfo::compute_ms));
  work.memory_ms = mean(report, of_part(&RunRecord::roofline, &RooflineInfo::memory_ms));
  return work;
}

std::map<std::string, double> mean_breakdown(const Report& report) {
  std::map<std::string, double> sums;
  double entries = 0.0;
  for (const RunRecord& run : report.runs) {
    if (!run.energy_breakdown_mj) continue;
    entries += 1.0;
    for (const auto& [cause, mj] : *run.energy_breakdown_mj) sums[cause] += mj;
  }
  for (auto& [cause, mj] : sums) mj /= entries;
  return sums;
}

}  // namespace

DesignSummary summarise_design(const Report& report, const Comparison& comparison,
                               const Report* alone) {
  if (report.runs.empty()) throw std::invalid_argument("side by side: a report without entries");
  DesignSummary summary;
  summary.name = report.design.name;
  summary.board = report.design.board;
  summary.precision = report.design.precision;
  summary.clock_mhz = report.design.clock_mhz;
  summary.model = report.model.name;
  summary.tokens = report.model.tokens;
  summary.tasks = report.runs.front().tasks;
  summary.frame = work_of(report);
  summary.task = alone == nullptr ? summary.frame : work_of(*alone);
  summary.resources = report.resources;
  summary.metrics = report.metrics;
  summary.energy_breakdown_mj = mean_breakdown(report);
  summary.notes = report.notes;
  if (comparison.entries == 0) return summary;
  summary.tap = comparison.tap;
  summary.sqnr_db = comparison.sqnr_db;
  summary.forced_sqnr_db = comparison.forced_sqnr_db;
  summary.routing_agreement = comparison.routing_agreement;
  if (!comparison.taps.empty()) summary.taps_out = comparison.taps_out;
  return summary;
}

void write_side_by_side(const SideBySide& content, const std::filesystem::path& folder) {
  models::write_file_atomically(folder / "compare.html", side_by_side_html(content));
  models::write_file_atomically(folder / "compare.csv", side_by_side_csv(content));
  Chart roofline = roofline_chart(roofline_points(content));
  if (roofline.series.empty()) return;  // the kernels alone have no time
  roofline.title = "Designs side by side, one task";
  models::write_file_atomically(folder / "roofline.svg", standalone_svg(roofline));
  models::write_file_atomically(folder / "roofline.csv", chart_csv(roofline));
}

}  // namespace edgemoe::host
