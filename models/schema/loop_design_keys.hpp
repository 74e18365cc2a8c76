// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "models/schema/config_file.hpp"
#include "models/schema/loop_design.hpp"

namespace edgemoe::models {

/// The keys of a loop design (loop_design_keys.cpp). The names under `define` are free: the design
/// comes with them filled in.
void visit(LoopDesignConfig* design, Visitor* visitor);

/// Calls `use` with every formula and its path, e.g. `steps[0].processes[1].loops[0].ii`.
void for_each_formula(LoopDesignConfig* design,
                      const std::function<void(const std::string&, Formula*)>& use);

/// Connections (loop_design_rules.cpp): every stream has one end that puts and one that takes,
/// every port exists, every region has something to do.
void check(const LoopDesignConfig& design, Rules* rules);

}  // namespace edgemoe::models
