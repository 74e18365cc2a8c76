// SPDX-License-Identifier: Apache-2.0
/// The two kinds of failure that outside input can cause. The command line maps them to exit codes
/// 3 and 4.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace edgemoe::models {

/// A configuration that is wrong (exit code 3). `messages` has one line per finding, each in the
/// form `file:line:column: error: path.to.key: expected ..., got ...` and optionally a line ` hint:
/// ...`.
class ConfigError : public std::runtime_error {
 public:
  explicit ConfigError(std::vector<std::string> messages);
  const std::vector<std::string>& messages() const { return messages_; }

 private:
  std::vector<std::string> messages_;
};

}  // namespace edgemoe::models
