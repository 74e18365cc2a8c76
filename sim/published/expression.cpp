// SPDX-License-Identifier: Apache-2.0
#include "sim/published/expression.hpp"

#include <algorithm>
#include <cctype>

namespace edgemoe::sim {
namespace {

constexpr int kDeepest = 64;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  if (b == 0) throw ExpressionError("a division by zero");
  if (a == INT64_MIN && b == -1) throw ExpressionError("a result beyond 64 bits");
  const std::int64_t quotient = a / b;
  return quotient - ((a % b != 0) && ((a < 0) != (b < 0)));
}

std::int64_t remainder(std::int64_t a, std::int64_t b) {
  if (b == -1) return 0;
  return a - floor_div(a, b) * b;
}

std::int64_t arithmetic(char operation, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  bool beyond = false;
  switch (operation) {
    case '+':
      beyond = __builtin_add_overflow(a, b, &result);
      break;
    case '-':
      beyond = __builtin_sub_overflow(a, b, &result);
      break;
    case '*':
      beyond = __builtin_mul_overflow(a, b, &result);
      break;
    case '/':
      return floor_div(a, b);
    default:
      return remainder(a, b);
  }
  if (beyond) throw ExpressionError("a result beyond 64 bits");
  return result;
}

/// Recursive descent. `live_` is false inside the branch that a select does not take: it is parsed
/// but not evaluated, so that `select(n > 0, m / n, 0)` is fine.
class Parser {
 public:
  Parser(const std::string& text, const Names& names) : text_(text), names_(names) {}

  std::int64_t whole() {
    const std::int64_t result = comparison();
    if (peek() != '\0') unexpected();
    return result;
  }

 private:
  struct Depth {
    explicit Depth(int* level) : level_(level) {
      if (++*level_ > kDeepest) throw ExpressionError("too many nested parentheses");
    }
    ~Depth() { --*level_; }
    int* level_;
  };

  char peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(const std::string& token) {
    peek();
    if (text_.compare(at_, token.size(), token) != 0) return false;
    at_ += token.size();
    return true;
  }
  [[noreturn]] void unexpected() {
    const char next = peek();
    if (next == '\0') throw ExpressionError("an end where a value is missing");
    throw ExpressionError(std::string("an unexpected \"") + next + "\"");
  }
  void expect(const std::string& token) {
    if (!take(token)) unexpected();
  }

  std::int64_t comparison() {
    const Depth depth(&level_);
    const std::int64_t a = sum();
    if (take("==")) return a == sum();
    if (take("!=")) return a != sum();
    if (take("<=")) return a <= sum();
    if (take(">=")) return a >= sum();
    if (take("<")) return a < sum();
    if (take(">")) return a > sum();
    return a;
  }

  std::int64_t apply(char operation, std::int64_t a, std::int64_t b) const {
    return live_ ? arithmetic(operation, a, b) : 0;
  }

  std::int64_t sum() {
    std::int64_t result = product();
    for (;;) {
      const char next = peek();
      if (next != '+' && next != '-') return result;
      ++at_;
      result = apply(next, result, product());
    }
  }

  std::int64_t product() {
    std::int64_t result = factor();
    for (;;) {
      const char next = peek();
      if (next != '*' && next != '/' && next != '%') return result;
      ++at_;
      result = apply(next, result, factor());
    }
  }

  std::int64_t factor() {
    const Depth depth(&level_);
    const char next = peek();
    if (take("-")) return apply('-', 0, factor());
    if (take("(")) {
      const std::int64_t result = comparison();
      expect(")");
      return result;
    }
    if (std::isdigit(static_cast<unsigned char>(next))) return number();
    if (std::isalpha(static_cast<unsigned char>(next)) || next == '_') return named();
    unexpected();
  }

  std::int64_t number() {
    std::int64_t result = 0;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      result = arithmetic('+', arithmetic('*', result, 10), text_[at_++] - '0');
    }
    return result;
  }

  std::int64_t named() {
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) {
      ++at_;
    }
    const std::string name = text_.substr(begin, at_ - begin);
    if (!take("(")) return live_ ? names_.value(name) : 0;
    if (name == "select") return select();
    const std::vector<std::int64_t> values = arguments();
    std::int64_t result = 0;
    if (!live_ || call_arithmetic(name, values, &result)) return result;
    return names_.call(name, values);
  }

  std::vector<std::int64_t> arguments() {
    std::vector<std::int64_t> values;
    if (take(")")) return values;
    do values.push_back(comparison());
    while (take(","));
    expect(")");
    return values;
  }

  std::int64_t branch(bool taken) {
    const bool outer = live_;
    live_ = outer && taken;
    const std::int64_t result = comparison();
    live_ = outer;
    return taken ? result : 0;
  }

  std::int64_t select() {
    const bool first = comparison() != 0;
    expect(",");
    const std::int64_t a = branch(first);
    expect(",");
    const std::int64_t b = branch(!first);
    expect(")");
    return a + b;
  }

  const std::string& text_;
  const Names& names_;
  std::size_t at_ = 0;
  int level_ = 0;
  bool live_ = true;
};

}  // namespace

std::int64_t evaluate(const std::string& text, const Names& names) {
  return Parser(text, names).whole();
}

bool call_arithmetic(const std::string& name, const std::vector<std::int64_t>& arguments,
                     std::int64_t* result) {
  if (name != "min" && name != "max" && name != "ceil_div") return false;
  if (arguments.size() != 2) throw ExpressionError(name + " without its two arguments");
  const std::int64_t a = arguments[0];
  const std::int64_t b = arguments[1];
  if (name == "min") *result = std::min(a, b);
  if (name == "max") *result = std::max(a, b);
  if (name == "ceil_div") *result = arithmetic('-', 0, floor_div(arithmetic('-', 0, a), b));
  return true;
}

}  // namespace edgemoe::sim
