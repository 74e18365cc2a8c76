// SPDX-License-Identifier: Apache-2.0
#include "models/schema/range_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "models/schema/scalar.hpp"

namespace edgemoe::models {

namespace {

bool is_name(const std::string& text, const char* punctuation) {
  const std::string allowed =
      std::string("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") + punctuation;
  return !text.empty() && text.size() <= 64 && text.front() != '.' && text.front() != '-' &&
         text.find_first_not_of(allowed) == std::string::npos;
}

bool is_inner_path(const std::string& text) {
  const std::filesystem::path path(text);
  const bool upwards =
      std::any_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
  return !text.empty() && text.size() <= 400 && path.is_relative() && !upwards &&
         text.find('\n') == std::string::npos;
}

}  // namespace

std::string range_text(const IntegerRange& range) {
  return range.low == range.high ? fmt::format("{}", range.low)
                                 : fmt::format("{}..{}", range.low, range.high);
}

std::string range_text(const RealRange& range) {
  if (range.above_low) {
    return fmt::format("above {}, up to {}", format_real(range.low), format_real(range.high));
  }
  return fmt::format("{}..{}", format_real(range.low), format_real(range.high));
}

std::string range_text(const SizeRange& range) {
  return range.low == range.high ? fmt::format("{}", range.low)
                                 : fmt::format("{}..{}", range.low, range.high);
}

std::string rule_text(TextRule rule) {
  switch (rule) {
    case TextRule::kName:
      return "a name (1..64 letters, digits, _ - .)";
    case TextRule::kToken:
      return "a name (1..64 letters, digits, _ -)";
    case TextRule::kLine:
      return "a text of 1..400 characters";
    case TextRule::kPath:
      return "a relative path inside the folder of this file";
  }
  return "";
}

std::string one_of(const std::vector<std::string>& names) {
  return fmt::format("one of {}", fmt::join(names, ", "));
}

bool satisfies(TextRule rule, const std::string& text) {
  switch (rule) {
    case TextRule::kName:
      return is_name(text, "_-.");
    case TextRule::kToken:
      return is_name(text, "_-");
    case TextRule::kLine:
      return !text.empty() && text.size() <= 400;
    case TextRule::kPath:
      return is_inner_path(text);
  }
  return false;
}

}  // namespace edgemoe::models
