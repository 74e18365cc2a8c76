// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/schema/config_file.hpp"
#include "models/schema/design_config.hpp"

namespace edgemoe::models {

/// The keys of a design file (design_keys.cpp).
void visit(DesignConfig* design, Visitor* visitor);

/// The rules between them (design_rules.cpp).
void check(const DesignConfig& design, Rules* rules);

}  // namespace edgemoe::models
