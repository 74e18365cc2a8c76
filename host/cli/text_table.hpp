// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace edgemoe::host {

/// Rows of text in columns as wide as their longest cell, two spaces apart; the first column is
/// aligned left, the others right. Rows may have different lengths.
class TextTable {
 public:
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// Each line begins with `indent` spaces and has no trailing ones.
  std::string text(int indent = 0) const;
  /// Columns (by index) that are aligned left as well.
  void align_left(std::vector<std::size_t> columns) { left_ = std::move(columns); }

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> left_;
};

}  // namespace edgemoe::host
