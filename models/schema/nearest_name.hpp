// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace edgemoe::models {

/// The candidate that `word` most likely meant, or "" when none is near: equal but for case, else
/// the least number of inserted, deleted, changed or swapped characters (at most 1 for up to 4
/// characters, else a third of the longer word), else the only candidate that begins with `word` (2
/// characters or more). Ties: the earlier one. For hints of the kind `did you mean "..."`; words
/// above 64 characters have no neighbour.
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace edgemoe::models
