// SPDX-License-Identifier: Apache-2.0
/// Integer expressions of a loop design.
///
/// Grammar: numbers, names, `+ - * / %` (division rounds towards minus infinity; the remainder has
///          the divisor's sign), comparisons `== != < <= > >=` (1 or 0, one at a time),
///          parentheses, unary minus, and calls NAME(a, b, ...). `select(c, a, b)` evaluates only
///          the branch that it takes.
/// Range:   64-bit signed; a result beyond it is an error, never a wrap.
/// Errors:  ExpressionError says what is wrong; the caller knows where it stands.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace edgemoe::sim {

class ExpressionError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Meanings of names and calls; both throw ExpressionError for what they do not know.
struct Names {
  std::function<std::int64_t(const std::string&)> value;
  std::function<std::int64_t(const std::string&, const std::vector<std::int64_t>&)> call;
};

std::int64_t evaluate(const std::string& text, const Names& names);

/// Functions that need no network: min, max, ceil_div. False: not one of them.
bool call_arithmetic(const std::string& name, const std::vector<std::int64_t>& arguments,
                     std::int64_t* result);

}  // namespace edgemoe::sim
