// SPDX-License-Identifier: Apache-2.0
/// Collects everything that is wrong with a configuration; not for use outside this folder.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "models/schema/yaml_node.hpp"

namespace edgemoe::models {

class Findings {
 public:
  /// `WHERE: error: PATH: expected EXPECTED, got GOT` and, unless empty, the line `  hint: HINT`.
  void add(const Location& where, const std::string& path, const std::string& expected,
           const std::string& got, const std::string& hint = "");

  bool empty() const { return entries_.empty(); }

  /// True when `path`, something inside it or something around it (other than the file) was found
  /// wrong.
  bool concerns(const std::string& path) const;

  /// Throws ConfigError with all findings in the order of their positions, unless there are none.
  /// More than 100 are cut with a line that says so.
  void throw_if_any() const;

 private:
  struct Entry {
    Location where;
    std::string message;
  };
  std::vector<Entry> entries_;
  std::vector<std::string> sources_;  ///< in order of first appearance
  std::set<std::string> paths_;
};

}  // namespace edgemoe::models
