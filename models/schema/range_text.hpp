// SPDX-License-Identifier: Apache-2.0
/// Ranges in words, the same in error messages and in the reference of keys; not for use outside
/// this folder.
#pragma once

#include <string>
#include <vector>

#include "models/schema/visitor.hpp"

namespace edgemoe::models {

std::string range_text(const IntegerRange& range);          ///< `1..64`
std::string range_text(const RealRange& range);             ///< `0..1`, `above 0, up to 1`
std::string range_text(const SizeRange& range);             ///< `3`, `1..16`
std::string rule_text(TextRule rule);                       ///< `a name (letters, digits, ...)`
std::string one_of(const std::vector<std::string>& names);  ///< `one of a, b, c`
bool satisfies(TextRule rule, const std::string& text);

}  // namespace edgemoe::models
