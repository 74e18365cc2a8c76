// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"

namespace edgemoe::models {

/// What a design asks of its board by name or index: the ports it loads through must exist.
/// (Whether buffers and DSPs fit is the compiler's question.) Throws ConfigError.
void check_design_on_board(const DesignConfig& design, const BoardConfig& board);

}  // namespace edgemoe::models
