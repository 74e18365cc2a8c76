// SPDX-License-Identifier: Apache-2.0
/// What the three readers have in common; not for use outside this folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "models/schema/findings.hpp"
#include "models/schema/override.hpp"
#include "models/schema/read_visitor.hpp"
#include "models/schema/visitor.hpp"
#include "models/schema/yaml_node.hpp"

namespace edgemoe::models {

/// Loads a file, merges it over what it inherits (`inherit: NAME` = NAME.yaml in the same folder,
/// at most 4 levels) and applies the overrides. `what` is `design`, `board` or `model`: the prefix
/// of `--set`.
YamlNode load_config(const std::filesystem::path& file, const std::string& what,
                     const Overrides& overrides, Findings* findings);

/// Replaces or adds one value; what is wrong with its key or value goes to `findings`.
void apply_override(const Override& change, const std::string& what, YamlNode* root,
                    Findings* findings);

/// The keys of every file: `schema: 1`, the version of the form, and `inherit`, which load_config
/// resolved.
void visit_file_keys(Visitor* visitor);

/// Checks across fields. A rule is skipped when one of its fields was already found wrong.
class Rules {
 public:
  Rules(const ReadVisitor& reader, Findings* findings) : reader_(reader), findings_(findings) {}

  /// `paths`: the fields that the rule compares; a failure is reported at the first.
  void require(bool ok, const std::vector<std::string>& paths, const std::string& expected,
               const std::string& got, const std::string& hint = "");

 private:
  const ReadVisitor& reader_;
  Findings* findings_;
};

/// 64-bit FNV-1a as 16 hex digits: a name for a configuration, no protection.
std::string hash_text(const std::string& text);

}  // namespace edgemoe::models
