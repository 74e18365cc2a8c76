// SPDX-License-Identifier: Apache-2.0
/// What publications say about accelerators: the content of constraints/published/figures.yaml.
///
/// What for:  shown beside modelled figures, and the points that energy is calibrated on and judged
///            by. Data of others: nothing here is computed from a model of ours.
/// Units:     in the names. A figure that a publication does not give is empty, never 0.
/// Errors:    ConfigError with all findings, each naming file, line and key.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace edgemoe::models {

struct PublishedFigures {
  std::string name;      ///< unique: work and platform, e.g. `edge-moe-zcu102`
  std::string design;    ///< design of this repository that describes it; empty: none
  std::string title;     ///< work, venue and year
  std::string platform;  ///< board or device
  std::string network;   ///< network and image as the publication says
  int tokens = 0;        ///< 0: the publication does not say, see `note`
  std::string precision;
  std::optional<double> clock_mhz;
  std::optional<double> latency_ms;
  std::optional<double> power_w;
  std::optional<double> energy_mj;  ///< of a frame
  std::optional<int> dsp, uram, lut, ff;
  std::optional<double> bram;  ///< block RAMs as printed: 36 kbit, halves are 18 kbit
  std::string accuracy;        ///< in words; empty: not published
  std::string source;
  std::string note;
};

std::vector<PublishedFigures> read_published_figures(const std::filesystem::path& file);

}  // namespace edgemoe::models
