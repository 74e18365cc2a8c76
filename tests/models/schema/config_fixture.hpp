// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "models/schema/error.hpp"
#include "models/schema/override.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::tests {

inline std::string shipped(const std::string& path) {
  return std::string(EDGEMOE_SOURCE_DIR) + "/" + path;
}

/// Starts from a valid text and changes it; a change that finds nothing to change is a mistake in
/// the test.
inline std::string changed(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("no such text: " + from);
  return text.replace(at, from.size(), to);
}

/// Reads one kind of configuration from texts; file names in messages are cut down to `FILE`.
template <typename Config, Config (*read)(const std::filesystem::path&, const models::Overrides&)>
class ConfigTest : public testing::Test {
 protected:
  Config load(const std::string& text, const models::Overrides& overrides = {}) {
    return read(folder_.write("FILE", text), overrides);
  }
  /// All messages, one per line, or "(no error)".
  std::string error(const std::string& text, const models::Overrides& overrides = {}) {
    std::string message = error_of<models::ConfigError>([&] { load(text, overrides); });
    const std::string prefix = folder_.path().string() + "/";
    for (std::size_t at = message.find(prefix); at != std::string::npos;
         at = message.find(prefix)) {
      message.erase(at, prefix.size());
    }
    return message;
  }
  TempFolder folder_;
};

}  // namespace edgemoe::tests
