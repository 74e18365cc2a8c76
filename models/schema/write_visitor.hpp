// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/schema/visitor.hpp"
#include "models/schema/yaml_node.hpp"

namespace edgemoe::models {

/// Builds the tree of a struct, with every key, also those that have their default: the canonical
/// form that `to_yaml` prints and `config_hash` hashes. Empty texts and absent maps are left out.
class WriteVisitor : public Visitor {
 public:
  WriteVisitor();

  void integer(const Key& key, const IntegerRange& range, std::int64_t* value) override;
  void real(const Key& key, const RealRange& range, double* value) override;
  void boolean(const Key& key, bool* value) override;
  void text(const Key& key, TextRule rule, std::string* value) override;
  void choice(const Key& key, const std::vector<std::string>& names, int* index) override;
  bool open_map(const Key& key, bool present) override;
  void close_map() override;
  std::optional<std::size_t> open_list(const Key& key, const SizeRange& range,
                                       std::size_t size) override;
  void open_item(std::size_t) override {}
  void close_item() override {}
  void close_list() override { close_map(); }

  std::string yaml() const;

 private:
  void add_scalar(const Key& key, std::string text, bool quoted);
  void open(const Key& key, YamlNode::Kind kind);

  std::vector<YamlNode> open_;  ///< the sentinel, then the maps and lists being built
};

}  // namespace edgemoe::models
