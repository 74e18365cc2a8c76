// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/schema/board_config.hpp"
#include "models/schema/config_file.hpp"

namespace edgemoe::models {

/// The keys of a board file (board_keys.cpp).
void visit(BoardConfig* board, Visitor* visitor);

/// The rules between them (board_rules.cpp).
void check(const BoardConfig& board, Rules* rules);

}  // namespace edgemoe::models
