// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace edgemoe::models {

/// Throws DataError naming `file` and `where` unless `shape` has exactly `elements` elements. Safe
/// against negative dimensions and overflow. Not for use outside this folder.
void check_shape(const std::filesystem::path& file, const std::string& where,
                 const std::vector<std::int64_t>& shape, std::size_t elements);

/// `[2, 3]`, for messages and headers.
std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace edgemoe::models
