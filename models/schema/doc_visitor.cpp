// SPDX-License-Identifier: Apache-2.0
#include "models/schema/doc_visitor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/schema/range_text.hpp"
#include "models/schema/scalar.hpp"

namespace edgemoe::models {

void DocVisitor::add(const Key& key, const std::string& type, const std::string& range,
                     const std::string& default_value) {
  if (key.name.empty()) {  // a list's item completes the type of its list
    KeyDoc& list = docs_[lists_.back().doc];
    if (lists_.back().item < lists_.back().default_size && !list.required) {
      list.default_value += (list.default_value.empty() ? "" : ", ") + default_value;
    }
    if (lists_.back().item > 0) return;
    list.type += " " + type;
    if (!range.empty()) list.range += (list.range.empty() ? "each " : ", each ") + range;
    return;
  }
  std::string path;
  for (const std::string& part : path_) path += part.empty() ? "" : part + ".";
  docs_.push_back({path + key.name, type, range, key.required ? "" : default_value, key.unit,
                   key.description, key.required});
}

void DocVisitor::integer(const Key& key, const IntegerRange& range, std::int64_t* value) {
  add(key, "integer", range_text(range) + (range.power_of_two ? ", powers of two" : ""),
      fmt::format("{}", *value));
}

void DocVisitor::real(const Key& key, const RealRange& range, double* value) {
  add(key, "number", range_text(range), format_real(*value));
}

void DocVisitor::boolean(const Key& key, bool* value) {
  add(key, "true or false", "", *value ? "true" : "false");
}

void DocVisitor::text(const Key& key, TextRule rule, std::string* value) {
  add(key, rule_text(rule), "", *value);
}

void DocVisitor::choice(const Key& key, const std::vector<std::string>& names, int* index) {
  add(key, one_of(names), "", names.at(static_cast<std::size_t>(*index)));
}

bool DocVisitor::open_map(const Key& key, bool) {
  if (key.name.empty()) {
    if (lists_.empty()) {
      path_.push_back("");  // the file itself
    } else {
      KeyDoc& list = docs_[lists_.back().doc];
      list.type += " maps";
      path_.push_back(list.path.substr(list.path.find_last_of('.') + 1) + "[]");
    }
    return true;
  }
  add(key, "map", "", "");
  path_.push_back(key.name);
  return true;
}

std::optional<std::size_t> DocVisitor::open_list(const Key& key, const SizeRange& range,
                                                 std::size_t size) {
  add(key, "list of " + range_text(range), "", "");
  const bool nested = key.name.empty();
  // A list within a list has no default of its own when the outer one is empty.
  const bool absent = nested && lists_.back().default_size == 0;
  lists_.push_back({nested ? lists_.back().doc : docs_.size() - 1, absent ? 0 : size, 0});
  return std::max<std::size_t>(size, 1);
}

void DocVisitor::close_list() {
  const List list = lists_.back();
  lists_.pop_back();
  std::string& text = docs_[list.doc].default_value;
  if (!text.empty()) text = "[" + text + "]";
}

}  // namespace edgemoe::models
