// SPDX-License-Identifier: Apache-2.0
#include "models/schema/write_visitor.hpp"

#include <fmt/format.h>

#include <utility>

#include "models/schema/scalar.hpp"

namespace edgemoe::models {

WriteVisitor::WriteVisitor() : open_(1) { open_.front().kind = YamlNode::Kind::kSequence; }

void WriteVisitor::add_scalar(const Key& key, std::string text, bool quoted) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.key = key.name;
  node.text = std::move(text);
  node.quoted = quoted;
  open_.back().items.push_back(std::move(node));
}

void WriteVisitor::integer(const Key& key, const IntegerRange&, std::int64_t* value) {
  add_scalar(key, fmt::format("{}", *value), false);
}

void WriteVisitor::real(const Key& key, const RealRange&, double* value) {
  add_scalar(key, format_real(*value), false);
}

void WriteVisitor::boolean(const Key& key, bool* value) {
  add_scalar(key, *value ? "true" : "false", false);
}

void WriteVisitor::text(const Key& key, TextRule, std::string* value) {
  if (!value->empty()) add_scalar(key, *value, true);
}

void WriteVisitor::choice(const Key& key, const std::vector<std::string>& names, int* index) {
  add_scalar(key, names.at(static_cast<std::size_t>(*index)), false);
}

void WriteVisitor::open(const Key& key, YamlNode::Kind kind) {
  YamlNode node;
  node.kind = kind;
  node.key = key.name;
  open_.push_back(std::move(node));
}

bool WriteVisitor::open_map(const Key& key, bool present) {
  if (present) open(key, YamlNode::Kind::kMap);
  return present;
}

void WriteVisitor::close_map() {
  YamlNode node = std::move(open_.back());
  open_.pop_back();
  open_.back().items.push_back(std::move(node));
}

std::optional<std::size_t> WriteVisitor::open_list(const Key& key, const SizeRange& range,
                                                   std::size_t size) {
  if (size == 0 && !key.required && range.low > 0) return std::nullopt;
  open(key, YamlNode::Kind::kSequence);
  return size;
}

std::string WriteVisitor::yaml() const { return emit_yaml(open_.front().items.at(0)); }

}  // namespace edgemoe::models
