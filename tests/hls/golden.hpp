// SPDX-License-Identifier: Apache-2.0
/// Golden vectors of the w8a8 formats (tests/golden/README.md) for the tests below this folder.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace edgemoe::testing {

/// The cases of one function; throws when the file is missing, of another function, or empty.
inline nlohmann::json golden_cases(const std::string& function) {
  const std::string path =
      std::string(EDGEMOE_SOURCE_DIR) + "/tests/golden/w8a8_" + function + ".json";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path);
  const nlohmann::json all = nlohmann::json::parse(file);
  if (all.at("function") != function) throw std::runtime_error(path + ": another function");
  if (all.at("cases").empty()) throw std::runtime_error(path + ": no cases");
  return all.at("cases");
}

}  // namespace edgemoe::testing
