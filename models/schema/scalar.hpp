// SPDX-License-Identifier: Apache-2.0
/// Scalars of YAML, read more strictly than YAML does; not for use outside this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edgemoe::models {

/// Decimal digits with an optional sign: no leading zeros (YAML 1.1 reads 010 as 8), no 0x, no `_`,
/// no `:`.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// An integer that is well-formed but for leading zeros.
bool has_leading_zeros(std::string_view text);

/// A finite decimal number, with optional fraction and exponent; the integer part has no leading
/// zeros.
std::optional<double> parse_real(std::string_view text);

/// A sign or digit first and only characters that numbers are made of: shown without quotes in
/// messages.
bool looks_like_number(std::string_view text);

/// Text that YAML reads back as text without quotes: a letter first, then letters, digits, `_ - .
/// /`, and none of the words that YAML takes for something else.
bool is_plain_text(std::string_view text);

/// The text as a double-quoted YAML scalar.
std::string escape_yaml(std::string_view text);

/// Shortest text that reads back as the same double.
std::string format_real(double value);

}  // namespace edgemoe::models
