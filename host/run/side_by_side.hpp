// SPDX-License-Identifier: Apache-2.0
/// From the reports of several designs to the comparison of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/report/side_by_side.hpp"
#include "host/run/comparison.hpp"

namespace edgemoe::host {

/// `report`: the tasks of a frame as asked for. `alone`: the same tasks one at a time, or null when
/// an entry of `report` is one task already. Throws std::invalid_argument for a report without
/// entries.
DesignSummary summarise_design(const Report& report, const Comparison& comparison,
                               const Report* alone);

/// Writes compare.html, compare.csv, roofline.svg and roofline.csv. Errors: models::DataError.
void write_side_by_side(const SideBySide& content, const std::filesystem::path& folder);

}  // namespace edgemoe::host
