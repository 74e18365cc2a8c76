// SPDX-License-Identifier: Apache-2.0
#include "models/io/fail.hpp"

#include <fmt/format.h>

#include <system_error>

#include "models/io/error.hpp"

namespace edgemoe::models {

std::string printable(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
  }
  if (text.size() > kLongest) out += "...";
  return out;
}

void fail(const std::filesystem::path& file, const std::string& where, const std::string& expected,
          const std::string& got) {
  throw DataError(fmt::format("{}: error: {}: expected {}, got {}", file.string(), printable(where),
                              expected, got));
}

void fail_os(const std::filesystem::path& file, const std::string& what, int code) {
  throw DataError(
      fmt::format("{}: error: {}: {}", file.string(), what, std::generic_category().message(code)));
}

}  // namespace edgemoe::models
