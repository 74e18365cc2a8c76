// SPDX-License-Identifier: Apache-2.0
#include "models/schema/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace edgemoe::models {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// from_chars takes no plus sign.
std::string_view without_plus(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  return text;
}

}  // namespace

bool has_leading_zeros(std::string_view text) {
  const std::string_view digits = without_sign(text);
  return all_digits(digits) && digits.size() > 1 && digits.front() == '0';
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (!all_digits(without_sign(text)) || has_leading_zeros(text)) return std::nullopt;
  const std::string_view digits = without_plus(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_real(std::string_view text) {
  const std::string_view unsigned_text = without_sign(text);
  const std::string_view whole = unsigned_text.substr(0, unsigned_text.find_first_of(".eE"));
  if (unsigned_text.empty() || has_leading_zeros(whole)) return std::nullopt;
  if (!is_digit(unsigned_text.front()) && unsigned_text.front() != '.') return std::nullopt;
  const std::string_view digits = without_plus(text);
  double value = 0.0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole_text = end == digits.data() + digits.size();
  if (error != std::errc() || !whole_text || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool looks_like_number(std::string_view text) {
  const std::string_view rest = without_sign(text);
  return !rest.empty() && text.size() <= 40 && is_digit(rest.front()) &&
         rest.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
}

bool is_plain_text(std::string_view text) {
  constexpr std::array<std::string_view, 10> kWords{"true", "false", "yes", "no", "on",
                                                    "off",  "null",  "y",   "n",  "nan"};
  if (text.empty() || !is_letter(text.front())) return false;
  const bool characters = std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || is_letter(c) || c == '_' || c == '-' || c == '.' || c == '/';
  });
  std::string small(text);
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return characters && std::find(kWords.begin(), kWords.end(), small) == kWords.end();
}

std::string escape_yaml(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string format_real(double value) {
  std::array<char, 40> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return std::string(buffer.data(), result.ptr);
}

}  // namespace edgemoe::models
