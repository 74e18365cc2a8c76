// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace edgemoe::host {

/// RFC 4180: quotes are doubled, and a field with a comma, quote or line break is quoted.
inline std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace edgemoe::host
