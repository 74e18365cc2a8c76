// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/schema/findings.hpp"
#include "models/schema/visitor.hpp"
#include "models/schema/yaml_node.hpp"

namespace edgemoe::models {

/// Fills a struct from a tree. What is wrong goes to `findings`, with the position; the struct
/// keeps its default there. After the visit `where` tells the position of every value, for checks
/// across fields.
class ReadVisitor : public Visitor {
 public:
  /// `root` and `findings` must outlive the visitor.
  ReadVisitor(const YamlNode& root, Findings* findings);

  void integer(const Key& key, const IntegerRange& range, std::int64_t* value) override;
  void real(const Key& key, const RealRange& range, double* value) override;
  void boolean(const Key& key, bool* value) override;
  void text(const Key& key, TextRule rule, std::string* value) override;
  void choice(const Key& key, const std::vector<std::string>& names, int* index) override;
  bool open_map(const Key& key, bool present) override;
  void close_map() override;
  std::optional<std::size_t> open_list(const Key& key, const SizeRange& range,
                                       std::size_t size) override;
  void open_item(std::size_t index) override;
  void close_item() override { frames_.pop_back(); }
  void close_list() override { frames_.pop_back(); }

  /// Position of the value at `path`, or of the innermost thing around it that the file has.
  Location where(std::string path) const;

 private:
  /// A map, list or list item that is being visited.
  struct Frame {
    const YamlNode* node;
    std::string path;
    std::vector<std::string> known;  ///< keys of a map that were asked for
  };

  std::string path_of(const Key& key) const;
  /// The node of a key, or null; a required one that is missing becomes a finding.
  const YamlNode* take(const Key& key);
  /// The same for scalars: null also when the node is none, which becomes a finding.
  const YamlNode* take_scalar(const Key& key, const std::string& expected);
  void wrong(const YamlNode& node, const Key& key, const std::string& expected,
             const std::string& hint = "");

  Findings* findings_;
  std::vector<Frame> frames_;
  std::map<std::string, Location> positions_;
};

}  // namespace edgemoe::models
