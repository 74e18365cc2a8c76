// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace edgemoe::models {

/// A file or its data is wrong (exit code 4): `file: error: WHERE: expected ..., got ...`.
class DataError : public std::runtime_error {
 public:
  explicit DataError(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace edgemoe::models
