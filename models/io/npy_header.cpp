// SPDX-License-Identifier: Apache-2.0
#include "models/io/npy_header.hpp"

#include <charconv>
#include <set>
#include <stdexcept>

namespace edgemoe::models {

namespace {

constexpr std::size_t kMaxDimensions = 32;  // NumPy's own limit

/// The few pieces of Python syntax that NumPy writes.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool accept(char wanted) {
    skip_space();
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  void require(char wanted) {
    if (!accept(wanted)) throw std::invalid_argument(std::string("'") + wanted + "'");
  }
  std::string quoted() {
    skip_space();
    const char quote = text_.empty() ? '\0' : text_.front();
    const std::size_t end = text_.find(quote, 1);
    if ((quote != '\'' && quote != '"') || end == std::string_view::npos) {
      throw std::invalid_argument("a quoted string");
    }
    std::string value(text_.substr(1, end - 1));
    text_.remove_prefix(end + 1);
    return value;
  }
  bool boolean() {
    skip_space();
    for (const std::string_view word : {"True", "False"}) {
      if (text_.substr(0, word.size()) == word) {
        text_.remove_prefix(word.size());
        return word == "True";
      }
    }
    throw std::invalid_argument("True or False");
  }
  std::int64_t size() {
    skip_space();
    std::int64_t value = -1;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) throw std::invalid_argument("a size of 0 or more");
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return value;
  }
  bool at_end() {
    skip_space();
    return text_.empty();
  }

 private:
  void skip_space() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n'))
      text_.remove_prefix(1);
  }
  std::string_view text_;
};

std::vector<std::int64_t> parse_tuple(Scanner* scanner) {
  std::vector<std::int64_t> shape;
  scanner->require('(');
  while (!scanner->accept(')')) {
    if (shape.size() == kMaxDimensions) throw std::invalid_argument("at most 32 dimensions");
    shape.push_back(scanner->size());
    if (!scanner->accept(',')) {
      scanner->require(')');
      break;
    }
  }
  return shape;
}

}  // namespace

NpyHeader parse_npy_header(std::string_view text) {
  NpyHeader header;
  Scanner scanner(text);
  std::set<std::string> keys;
  scanner.require('{');
  while (!scanner.accept('}')) {
    const std::string key = scanner.quoted();
    if (!keys.insert(key).second) throw std::invalid_argument("each key once");
    scanner.require(':');
    if (key == "descr") {
      header.descr = scanner.quoted();
    } else if (key == "fortran_order") {
      header.fortran_order = scanner.boolean();
    } else if (key == "shape") {
      header.shape = parse_tuple(&scanner);
    } else {
      throw std::invalid_argument("only the keys descr, fortran_order and shape");
    }
    if (!scanner.accept(',')) {
      scanner.require('}');
      break;
    }
  }
  if (keys.size() != 3 || !scanner.at_end()) {
    throw std::invalid_argument("the keys descr, fortran_order and shape");
  }
  return header;
}

}  // namespace edgemoe::models
