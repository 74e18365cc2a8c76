// SPDX-License-Identifier: Apache-2.0
#include "models/schema/config_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/schema/range_text.hpp"

namespace edgemoe::models {

namespace {

using Kind = YamlNode::Kind;

constexpr int kMostLevels = 4;

void merge(YamlNode over, YamlNode* base) {
  if (over.kind != Kind::kMap || base->kind != Kind::kMap) {
    *base = std::move(over);
    return;
  }
  base->where =
      over.where;  // a key that neither file has is missing in the file that was asked for
  for (YamlNode& item : over.items) {
    YamlNode* existing = base->find(item.key);
    if (existing != nullptr) {
      merge(std::move(item), existing);
    } else {
      base->items.push_back(std::move(item));
    }
  }
}

/// Takes `inherit: NAME` out of the map and returns NAME; "" when there is none or it is wrong.
std::string take_inherit(YamlNode* root, Findings* findings) {
  const YamlNode* inherit = root->find("inherit");
  if (inherit == nullptr) return "";
  std::string name;
  if (inherit->kind == Kind::kScalar && satisfies(TextRule::kName, inherit->text)) {
    name = inherit->text;
  } else {
    findings->add(inherit->where, "inherit", rule_text(TextRule::kName), shown(*inherit));
  }
  root->items.erase(root->items.begin() + (inherit - root->items.data()));
  return name;
}

YamlNode load_inherited(const std::filesystem::path& file, int level, Findings* findings) {
  YamlNode root = load_yaml(file, findings);
  const Location where = root.where;
  const std::string base_name = take_inherit(&root, findings);
  if (base_name.empty()) return root;
  if (level == kMostLevels) {
    findings->add(where, "inherit", fmt::format("at most {} levels", kMostLevels),
                  "more, or a circle");
    return {};
  }
  YamlNode base = load_inherited(file.parent_path() / (base_name + ".yaml"), level + 1, findings);
  if (base.kind != Kind::kMap) return base;
  merge(std::move(root), &base);
  return base;
}

}  // namespace

YamlNode load_config(const std::filesystem::path& file, const std::string& what,
                     const Overrides& overrides, Findings* findings) {
  YamlNode root = load_inherited(file, 0, findings);
  if (!findings->empty() && root.kind != Kind::kMap) return root;
  if (root.kind != Kind::kMap) {
    findings->add(root.where, "", "a map of keys", shown(root));
    return root;
  }
  for (const Override& change : overrides) apply_override(change, what, &root, findings);
  return root;
}

void visit_file_keys(Visitor* visitor) {
  std::int64_t version = 1;
  visitor->integer(required("schema", "version of this form"), {1, 1}, &version);
  std::string inherited;
  visitor->text(
      optional("inherit", "file of the same folder, without .yaml, that this one changes"),
      TextRule::kName, &inherited);
}

void Rules::require(bool ok, const std::vector<std::string>& paths, const std::string& expected,
                    const std::string& got, const std::string& hint) {
  const bool judged = std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    return findings_->concerns(path);
  });
  if (ok || judged) return;
  findings_->add(reader_.where(paths.front()), paths.front(), expected, got, hint);
}

std::string hash_text(const std::string& text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace edgemoe::models
