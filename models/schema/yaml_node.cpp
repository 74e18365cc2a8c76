// SPDX-License-Identifier: Apache-2.0
#include "models/schema/yaml_node.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/schema/scalar.hpp"

namespace edgemoe::models {

namespace {

using Kind = YamlNode::Kind;

bool is_leaf(const YamlNode& node) {
  return node.kind == Kind::kScalar || node.kind == Kind::kNull;
}

/// Fits one line: a leaf, or a list of leaves, or a list of such lists.
bool is_inline(const YamlNode& node) {
  if (node.kind == Kind::kMap) return node.items.empty();
  return is_leaf(node) || std::all_of(node.items.begin(), node.items.end(), is_inline);
}

std::string emit_scalar(const YamlNode& node) {
  if (node.kind == Kind::kNull) return "~";
  return node.quoted && !is_plain_text(node.text) ? escape_yaml(node.text) : node.text;
}

std::string emit_inline(const YamlNode& node) {
  if (is_leaf(node)) return emit_scalar(node);
  if (node.kind == Kind::kMap) return "{}";
  std::string text = "[";
  for (const YamlNode& item : node.items) text += (text.size() > 1 ? ", " : "") + emit_inline(item);
  return text + "]";
}

/// Appends the lines of a map or list; the first line continues where `text` ends.
void emit_block(const YamlNode& node, const std::string& indent, std::string* text) {
  bool first = true;
  for (const YamlNode& item : node.items) {
    if (!first) *text += indent;
    first = false;
    const bool in_list = node.kind == Kind::kSequence;
    *text += in_list ? "-" : item.key + ":";
    if (is_inline(item)) {
      *text += " " + emit_inline(item) + "\n";
    } else {
      *text += in_list ? " " : "\n" + indent + "  ";
      emit_block(item, indent + "  ", text);
    }
  }
}

}  // namespace

std::string Location::text() const {
  return line == 0 ? source : fmt::format("{}:{}:{}", source, line, column);
}

const YamlNode* YamlNode::find(std::string_view name) const {
  const auto item = std::find_if(items.begin(), items.end(),
                                 [&](const YamlNode& node) { return node.key == name; });
  return kind == Kind::kMap && item != items.end() ? &*item : nullptr;
}

YamlNode* YamlNode::find(std::string_view name) {
  return const_cast<YamlNode*>(static_cast<const YamlNode*>(this)->find(name));
}

std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kSequence:
      return fmt::format("a list of {}", node.items.size());
    case Kind::kMap:
      return "a map";
    case Kind::kScalar:
      break;
  }
  return !node.quoted && looks_like_number(node.text) ? node.text : quote(node.text);
}

std::string quote(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string out = "\"";
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  return out + (text.size() > kLongest ? "...\"" : "\"");
}

std::string emit_yaml(const YamlNode& root) {
  std::string text;
  if (is_inline(root)) return emit_inline(root) + "\n";
  emit_block(root, "", &text);
  return text;
}

}  // namespace edgemoe::models
