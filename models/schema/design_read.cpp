// SPDX-License-Identifier: Apache-2.0
#include "models/schema/config_file.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/design_keys.hpp"
#include "models/schema/doc_visitor.hpp"
#include "models/schema/key_doc.hpp"
#include "models/schema/write_visitor.hpp"

namespace edgemoe::models {

DesignConfig read_design(const std::filesystem::path& file, const Overrides& overrides) {
  Findings findings;
  const YamlNode root = load_config(file, "design", overrides, &findings);
  DesignConfig design;
  if (root.kind == YamlNode::Kind::kMap) {
    ReadVisitor reader(root, &findings);
    visit(&design, &reader);
    Rules rules(reader, &findings);
    check(design, &rules);
  }
  findings.throw_if_any();
  return design;
}

std::string to_yaml(const DesignConfig& design) {
  DesignConfig copy = design;
  WriteVisitor writer;
  visit(&copy, &writer);
  return writer.yaml();
}

std::string config_hash(const DesignConfig& design) { return hash_text(to_yaml(design)); }

std::vector<KeyDoc> design_keys() {
  DesignConfig defaults;
  DocVisitor docs;
  visit(&defaults, &docs);
  return docs.docs();
}

}  // namespace edgemoe::models
