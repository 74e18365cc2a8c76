// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/schema/config_file.hpp"
#include "models/schema/loop_design_keys.hpp"
#include "models/schema/nearest_name.hpp"

namespace edgemoe::models {

namespace {

/// Names under `define` are free in a file; an override must meet one that is there, or it would
/// define a name that no formula uses.
void check_defined(const YamlNode& file, const Overrides& overrides, Findings* findings) {
  const std::string prefix = "define.";
  std::vector<std::string> names;
  const YamlNode* define = file.find("define");
  if (define != nullptr) {
    for (const YamlNode& entry : define->items) names.push_back(entry.key);
  }
  for (const Override& change : overrides) {
    if (change.key.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string name = change.key.substr(prefix.size());
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string near = nearest_name(name, names);
    findings->add({"--set design." + change.key, 0, 0}, change.key,
                  "a name that the design defines", quote(name),
                  near.empty() ? "" : "did you mean \"" + near + "\"?");
  }
}

}  // namespace

LoopDesignConfig read_loop_design(const std::filesystem::path& file, const Overrides& overrides) {
  Findings findings;
  YamlNode root = load_config(file, "design", {}, &findings);
  if (root.kind == YamlNode::Kind::kMap) {
    check_defined(root, overrides, &findings);
    for (const Override& change : overrides) apply_override(change, "design", &root, &findings);
  }
  LoopDesignConfig design;
  if (root.kind == YamlNode::Kind::kMap) {
    const YamlNode* define = root.find("define");
    if (define != nullptr && define->kind == YamlNode::Kind::kMap) {
      for (const YamlNode& entry : define->items) design.define.emplace_back(entry.key, Formula{});
    }
    ReadVisitor reader(root, &findings);
    visit(&design, &reader);
    for_each_formula(&design, [&](const std::string& path, Formula* formula) {
      formula->where = reader.where(path).text() + ": error: " + path;
    });
    Rules rules(reader, &findings);
    check(design, &rules);
  }
  findings.throw_if_any();
  return design;
}

bool is_loop_design(const std::filesystem::path& file) {
  Findings findings;
  const YamlNode root = load_config(file, "design", {}, &findings);
  return root.kind == YamlNode::Kind::kMap && root.find("steps") != nullptr;
}

std::string loop_design_hash(const std::filesystem::path& file, const Overrides& overrides) {
  Findings findings;
  const YamlNode root = load_config(file, "design", overrides, &findings);
  findings.throw_if_any();
  return hash_text(emit_yaml(root));
}

ExpertQueues read_expert_queues(const std::filesystem::path& file, int blocks, int experts) {
  Findings findings;
  const YamlNode root = load_config(file, "routing", {}, &findings);
  ExpertQueues result;
  ReadVisitor visitor(root, &findings);
  if (root.kind == YamlNode::Kind::kMap && visitor.open_map(Key{}, true)) {
    const auto size = [](int n) { return SizeRange{std::size_t(n), std::size_t(n)}; };
    visit_file_keys(&visitor);
    visitor.text(required("source", "where the routing comes from"), TextRule::kLine,
                 &result.source);
    visit_list(&visitor, required("queues", "per moe block, tokens of each expert"), size(blocks),
               &result.queues, [&](std::vector<int>* queue) {
                 visit_list(&visitor, Key{}, size(experts), queue, [&](int* tokens) {
                   visit_integer(&visitor, Key{}, {0, 1'000'000}, tokens);
                 });
               });
    visitor.close_map();
  }
  findings.throw_if_any();
  return result;
}

}  // namespace edgemoe::models
