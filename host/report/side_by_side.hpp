// SPDX-License-Identifier: Apache-2.0
/// Designs side by side on the same model, images and tasks, beside what was published: the content
/// of compare's table, page and CSV.
///
/// Figures are means over the entries (image, or image and task). An empty one is not known.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/report/report.hpp"
#include "host/report/roofline_chart.hpp"
#include "models/schema/published_figures.hpp"

namespace edgemoe::host {

/// Time and energy of a unit of work: a frame, or one task computed alone.
struct WorkSummary {
  std::optional<double> cycles, latency_ms, energy_mj, energy_low_mj, energy_high_mj, power_w;
  std::optional<double> gmac;  ///< products of the network, in units of 1e9
  std::optional<double> read_mb, write_mb;
  std::optional<double> dram_share;  ///< of the memory's peak bandwidth
  std::optional<double> utilisation;
  std::optional<double> compute_ms, memory_ms;  ///< floors
};

struct DesignSummary {
  std::string name, board, precision, model;
  double clock_mhz = 0.0;
  int tokens = 0;
  std::vector<std::string> tasks;  ///< of an entry
  WorkSummary frame;               ///< an entry: its tasks together
  WorkSummary task;                ///< one task alone; equal to `frame` when an entry is one task
  std::optional<ResourceInfo> resources;
  std::string tap;  ///< that the decibels are of
  std::optional<double> sqnr_db, forced_sqnr_db;
  std::optional<double> routing_agreement;
  std::optional<std::size_t> taps_out;
  std::map<std::string, Metrics> metrics;
  std::map<std::string, double> energy_breakdown_mj;  ///< of the frame
  std::vector<std::string> notes;
  std::string report;  ///< page of this design, relative to the comparison's; may be empty
};

struct SideBySide {
  std::size_t images = 0;
  std::vector<DesignSummary> designs;
  std::vector<models::PublishedFigures> published;  ///< all known; those of a design beside it
};

/// One line of the table: a label and a cell per column.
struct TableRow {
  std::string label;
  std::vector<std::string> cells;
};

/// Columns: a design, then what was published of it, then the next design. First row: names.
std::vector<TableRow> side_by_side_rows(const SideBySide& content);

/// What was published of designs that are not among the columns. First row: titles.
std::vector<TableRow> other_published_rows(const SideBySide& content);

/// Points of all designs; hollow: published latency, where the token count is the model's.
std::vector<RooflinePoint> roofline_points(const SideBySide& content);

/// One line per design and per published entry, figures as plain numbers.
std::string side_by_side_csv(const SideBySide& content);

/// The page; it needs nothing else but the pages of the designs, which it links to.
std::string side_by_side_html(const SideBySide& content);

}  // namespace edgemoe::host
