// SPDX-License-Identifier: Apache-2.0
/// Every key of the three YAML files, as the readers know it: the reference of keys is generated
/// from this.
#pragma once

#include <string>
#include <vector>

namespace edgemoe::models {

/// One key. A path below a list has `[]` (`tasks[].name`).
struct KeyDoc {
  std::string path;
  std::string type;   ///< `integer`, `number`, `true or false`, `one of a, b`, `list of ...`, `map`
  std::string range;  ///< `1..64`, `1..64, powers of two`; empty when the type says all
  std::string default_value;  ///< as YAML; empty when the key is required or absent by default
  std::string unit;           ///< empty for counts and names
  std::string description;
  bool required = false;  ///< within its map
};

std::vector<KeyDoc> model_keys();
std::vector<KeyDoc> design_keys();
std::vector<KeyDoc> board_keys();

}  // namespace edgemoe::models
