// SPDX-License-Identifier: Apache-2.0
/// What `compare` prints.
#pragma once

#include <string>
#include <vector>

#include "host/report/report.hpp"
#include "host/report/side_by_side.hpp"
#include "host/run/comparison.hpp"

namespace edgemoe::host {

/// One design and what came out for it.
struct ComparedDesign {
  Report report;
  Comparison comparison;
};

/// Every tap with error and bound, then the verdict and the task metrics.
std::string comparison_text(const ComparedDesign& design);

/// Taps of all designs in one table, one column of SQNR per design (`!` marks a tap out of its
/// bound), the verdict per design, what was published by others, and last the one table of all
/// designs.
std::string side_by_side_text(const std::vector<ComparedDesign>& designs,
                              const SideBySide& content);

}  // namespace edgemoe::host
