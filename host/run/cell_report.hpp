// SPDX-License-Identifier: Apache-2.0
/// Cells of a synthesised hierarchy against a board, and as JSON for other programs.
#pragma once

#include <optional>
#include <string>

#include "host/run/cell_statistics.hpp"
#include "models/schema/board_config.hpp"

namespace edgemoe::host {

/// No kind of cell is used more often than the board has it.
bool fits(const CellCounts& cells, const models::BoardConfig& board);

/// {"design", "board": {name, dsp, ..., fits}, "hierarchy": {module, instances, own, cells,
/// children}}; `design` is null for a module by itself, `board` when there is none.
std::string to_json(const ModuleCells& top, const std::string& design,
                    const std::optional<models::BoardConfig>& board);

}  // namespace edgemoe::host
