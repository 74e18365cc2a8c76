// SPDX-License-Identifier: Apache-2.0
/// MATLAB files (level 5), as PASCAL-Context's labels are stored: numeric and logical arrays, text,
/// cells and structures, compressed or not.
///
/// Source: the published description "MAT-File Format". Little-endian only; sparse arrays, objects
/// and complex parts are refused. Limits: 64 MB inflated, 32 levels, a million elements of cells
/// and structures. Errors: DataError `FILE: error: mat: expected ..., got ...`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace edgemoe::models {

struct MatArray {
  enum class Kind { kNumbers, kText, kCell, kStruct };

  Kind kind = Kind::kNumbers;
  std::vector<std::int64_t> shape;
  std::vector<double> numbers;      ///< column by column, as stored; also the codes of text
  std::vector<std::string> fields;  ///< names of a structure's fields
  std::vector<MatArray> items;      ///< cells; or element by element, all fields of each

  std::size_t elements() const;
  /// Field `field` (by position) of element `element` of a structure; null when there is none.
  const MatArray* field(std::size_t element, std::size_t field) const;
  std::string text() const;
};

/// The variables of a file, by name.
std::map<std::string, MatArray> read_mat(const std::filesystem::path& path);
std::map<std::string, MatArray> parse_mat(const std::filesystem::path& path,
                                          std::string_view bytes);

}  // namespace edgemoe::models
