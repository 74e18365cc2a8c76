// SPDX-License-Identifier: Apache-2.0
#include "models/schema/read_visitor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/schema/nearest_name.hpp"
#include "models/schema/range_text.hpp"
#include "models/schema/scalar.hpp"

namespace edgemoe::models {

namespace {

using Kind = YamlNode::Kind;

bool in_range(const IntegerRange& range, std::int64_t value) {
  const bool power = !range.power_of_two || (value > 0 && (value & (value - 1)) == 0);
  return value >= range.low && value <= range.high && power;
}

std::string leading_zeros_hint(const std::string& text) {
  const std::size_t first = std::min(text.find_first_not_of("+-0"), text.size() - 1);
  return fmt::format("leading zeros mean octal to some YAML readers: write {}", text.substr(first));
}

/// `did you mean "..."?` for the name nearest to `word`, or "".
std::string did_you_mean(const std::string& word, const std::vector<std::string>& names) {
  const std::string near = nearest_name(word, names);
  return near.empty() ? "" : fmt::format("did you mean \"{}\"?", near);
}

}  // namespace

ReadVisitor::ReadVisitor(const YamlNode& root, Findings* findings) : findings_(findings) {
  frames_.push_back({&root, "", {}});
  positions_[""] = root.where;
}

std::string ReadVisitor::path_of(const Key& key) const {
  const std::string& outer = frames_.back().path;
  return key.name.empty() || outer.empty() ? outer + key.name : outer + "." + key.name;
}

const YamlNode* ReadVisitor::take(const Key& key) {
  Frame& frame = frames_.back();
  if (key.name.empty()) return frame.node;
  frame.known.push_back(key.name);
  const YamlNode* node = frame.node->find(key.name);
  if (node != nullptr) {
    positions_[path_of(key)] = node->where;
  } else if (key.required) {
    findings_->add(frame.node->where, path_of(key), "this key (" + key.description + ")",
                   "nothing");
  }
  return node;
}

void ReadVisitor::wrong(const YamlNode& node, const Key& key, const std::string& expected,
                        const std::string& hint) {
  findings_->add(node.where, path_of(key), expected, shown(node), hint);
}

const YamlNode* ReadVisitor::take_scalar(const Key& key, const std::string& expected) {
  const YamlNode* node = take(key);
  if (node == nullptr || node->kind == Kind::kScalar) return node;
  wrong(*node, key, expected);
  return nullptr;
}

void ReadVisitor::integer(const Key& key, const IntegerRange& range, std::int64_t* value) {
  std::string expected = range.power_of_two ? "a power of two in " : "an integer in ";
  expected = range.low == range.high ? fmt::format("{}", range.low) : expected + range_text(range);
  const YamlNode* node = take_scalar(key, expected);
  if (node == nullptr) return;
  const std::optional<std::int64_t> parsed = parse_integer(node->text);
  if (parsed && !node->quoted && in_range(range, *parsed)) {
    *value = *parsed;
    return;
  }
  wrong(*node, key, expected, has_leading_zeros(node->text) ? leading_zeros_hint(node->text) : "");
}

void ReadVisitor::real(const Key& key, const RealRange& range, double* value) {
  const std::string expected = "a number in " + range_text(range);
  const YamlNode* node =
      take_scalar(key, range.above_low ? "a number " + range_text(range) : expected);
  if (node == nullptr) return;
  const std::optional<double> parsed = parse_real(node->text);
  const bool above = parsed && (range.above_low ? *parsed > range.low : *parsed >= range.low);
  if (above && !node->quoted && *parsed <= range.high) {
    *value = *parsed;
    return;
  }
  wrong(*node, key, range.above_low ? "a number " + range_text(range) : expected,
        has_leading_zeros(node->text) ? leading_zeros_hint(node->text) : "");
}

void ReadVisitor::boolean(const Key& key, bool* value) {
  const YamlNode* node = take_scalar(key, "true or false");
  if (node == nullptr) return;
  if (!node->quoted && (node->text == "true" || node->text == "false")) {
    *value = node->text == "true";
    return;
  }
  wrong(*node, key, "true or false");
}

void ReadVisitor::text(const Key& key, TextRule rule, std::string* value) {
  const YamlNode* node = take_scalar(key, rule_text(rule));
  if (node == nullptr) return;
  if (satisfies(rule, node->text)) {
    *value = node->text;
    return;
  }
  wrong(*node, key, rule_text(rule));
}

void ReadVisitor::choice(const Key& key, const std::vector<std::string>& names, int* index) {
  const YamlNode* node = take_scalar(key, one_of(names));
  if (node == nullptr) return;
  const auto found = std::find(names.begin(), names.end(), node->text);
  if (found != names.end()) {
    *index = static_cast<int>(found - names.begin());
    return;
  }
  wrong(*node, key, one_of(names), did_you_mean(node->text, names));
}

bool ReadVisitor::open_map(const Key& key, bool) {
  const YamlNode* node = take(key);
  if (node == nullptr) return false;
  if (node->kind != Kind::kMap) {
    wrong(*node, key, "a map");
    return false;
  }
  frames_.push_back({node, path_of(key), {}});
  return true;
}

void ReadVisitor::close_map() {
  const Frame& frame = frames_.back();
  for (const YamlNode& item : frame.node->items) {
    if (std::find(frame.known.begin(), frame.known.end(), item.key) != frame.known.end()) continue;
    const std::string path = (frame.path.empty() ? "" : frame.path + ".") + quote(item.key);
    std::string hint = did_you_mean(item.key, frame.known);
    if (hint.empty()) {
      for (const std::string& name : frame.known)
        hint += (hint.empty() ? "keys here: " : ", ") + name;
    }
    findings_->add(item.key_where, path, "a known key", "an unknown one", hint);
  }
  frames_.pop_back();
}

std::optional<std::size_t> ReadVisitor::open_list(const Key& key, const SizeRange& range,
                                                  std::size_t) {
  const YamlNode* node = take(key);
  if (node == nullptr) return std::nullopt;
  const bool list = node->kind == Kind::kSequence;
  if (!list || node->items.size() < range.low || node->items.size() > range.high) {
    wrong(*node, key, "a list of " + range_text(range));
    return std::nullopt;
  }
  frames_.push_back({node, path_of(key), {}});
  return node->items.size();
}

void ReadVisitor::open_item(std::size_t index) {
  const Frame& list = frames_.back();
  const YamlNode* item = &list.node->items[index];
  const std::string path = fmt::format("{}[{}]", list.path, index);
  positions_[path] = item->where;
  frames_.push_back({item, path, {}});
}

Location ReadVisitor::where(std::string path) const {
  for (;;) {
    const auto found = positions_.find(path);
    if (found != positions_.end()) return found->second;
    const std::size_t cut = path.find_last_of(".[");
    path.resize(cut == std::string::npos ? 0 : cut);
  }
}

}  // namespace edgemoe::models
