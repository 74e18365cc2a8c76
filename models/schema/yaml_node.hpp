// SPDX-License-Identifier: Apache-2.0
/// A YAML file as a tree that remembers where each piece stands; not for use outside this folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace edgemoe::models {

class Findings;

/// Where a piece of configuration comes from. `line` and `column` count from 1; 0 = the source as a
/// whole.
struct Location {
  std::string source;  ///< file name, or `--set design.KEY`
  int line = 0;
  int column = 0;

  std::string text() const;
};

struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMap };

  Kind kind = Kind::kNull;
  Location where;
  std::string text;             ///< of a scalar
  bool quoted = false;          ///< a quoted scalar is text, whatever it looks like
  std::vector<YamlNode> items;  ///< of a sequence or map
  std::string key;              ///< name within the map that holds this node
  Location key_where;

  const YamlNode* find(std::string_view name) const;
  YamlNode* find(std::string_view name);
};

/// What a node is, for `got ...` in messages: `"twelve"`, `12`, `a list`, `a map`, `nothing`.
std::string shown(const YamlNode& node);

/// `"..."` with control and non-ASCII bytes escaped, cut after 60 characters.
std::string quote(std::string_view text);

/// Parses one YAML document. Refused, beside what is not YAML: anchors and aliases, tags, keys that
/// are not scalars, equal keys in one map, several documents, more than 100,000 nodes, nesting
/// deeper than 32. Problems go to `findings`; the result is what could be read (null when nothing
/// could).
YamlNode parse_yaml(std::string_view text, const std::string& source, Findings* findings);

/// Reads a file of at most 1 MB and parses it.
YamlNode load_yaml(const std::filesystem::path& path, Findings* findings);

/// YAML text of a tree: block maps, lists of scalars on one line.
std::string emit_yaml(const YamlNode& root);

}  // namespace edgemoe::models
