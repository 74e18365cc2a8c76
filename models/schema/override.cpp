// SPDX-License-Identifier: Apache-2.0
#include "models/schema/override.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "models/schema/config_file.hpp"

namespace edgemoe::models {

namespace {

using Kind = YamlNode::Kind;

/// One step of a key path: a name, or an index when `name` is empty.
struct Step {
  std::string name;
  std::size_t index = 0;
};

/// `array.out_lanes`, `ports[0].name`, `tasks[1].head.channels[2]`; none when it is not of that
/// form.
std::optional<std::vector<Step>> parse_path(std::string_view text) {
  std::vector<Step> steps;
  while (!text.empty()) {
    if (text.front() == '[' && !steps.empty()) {
      Step step;
      const char* end = text.data() + text.size();
      const auto [stop, error] = std::from_chars(text.data() + 1, end, step.index);
      if (error != std::errc() || stop == end || *stop != ']') return std::nullopt;
      steps.push_back(step);
      text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
    } else {
      if (!steps.empty()) {
        if (text.front() != '.') return std::nullopt;
        text.remove_prefix(1);
      }
      const std::size_t length = std::min(text.find_first_of(".["), text.size());
      if (length == 0) return std::nullopt;
      steps.push_back({std::string(text.substr(0, length)), 0});
      text.remove_prefix(length);
    }
  }
  return steps.empty() ? std::nullopt : std::optional(steps);
}

/// The child that `step` names; a missing key is added, as a map. Null when there can be no such
/// child.
YamlNode* descend(YamlNode* node, const Step& step, const Location& where) {
  if (step.name.empty()) {
    const bool exists = node->kind == Kind::kSequence && step.index < node->items.size();
    return exists ? &node->items[step.index] : nullptr;
  }
  if (node->kind != Kind::kMap) return nullptr;
  if (YamlNode* child = node->find(step.name)) return child;
  YamlNode fresh;
  fresh.kind = Kind::kMap;
  fresh.where = fresh.key_where = where;
  fresh.key = step.name;
  node->items.push_back(std::move(fresh));
  return &node->items.back();
}

void relocate(const Location& where, YamlNode* node) {
  node->where = node->key_where = where;
  for (YamlNode& item : node->items) relocate(where, &item);
}

}  // namespace

void apply_override(const Override& change, const std::string& what, YamlNode* root,
                    Findings* findings) {
  const Location where{fmt::format("--set {}.{}", what, change.key), 0, 0};
  const auto steps = parse_path(change.key);
  if (!steps) {
    findings->add(where, change.key, "a key path such as a.b or a[0].b", quote(change.key));
    return;
  }
  Findings unreadable;
  YamlNode value = parse_yaml(change.value, where.source, &unreadable);
  if (!unreadable.empty()) {
    findings->add(where, change.key, "a YAML value", quote(change.value));
    return;
  }
  relocate(where, &value);
  YamlNode* node = root;
  for (const Step& step : *steps) {
    node = descend(node, step, where);
    if (node == nullptr) {
      findings->add(where, change.key, "the path of a value",
                    step.name.empty() ? fmt::format("no list item {}", step.index)
                                      : fmt::format("no map around \"{}\"", step.name));
      return;
    }
  }
  value.key = node->key;
  *node = std::move(value);
}

}  // namespace edgemoe::models
