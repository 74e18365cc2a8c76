// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/schema/key_doc.hpp"
#include "models/schema/visitor.hpp"

namespace edgemoe::models {

/// Lists the keys of a struct; the struct visited holds the defaults.
class DocVisitor : public Visitor {
 public:
  void integer(const Key& key, const IntegerRange& range, std::int64_t* value) override;
  void real(const Key& key, const RealRange& range, double* value) override;
  void boolean(const Key& key, bool* value) override;
  void text(const Key& key, TextRule rule, std::string* value) override;
  void choice(const Key& key, const std::vector<std::string>& names, int* index) override;
  bool open_map(const Key& key, bool present) override;
  void close_map() override { path_.pop_back(); }
  std::optional<std::size_t> open_list(const Key& key, const SizeRange& range,
                                       std::size_t size) override;
  void open_item(std::size_t index) override { lists_.back().item = index; }
  void close_item() override {}
  void close_list() override;

  const std::vector<KeyDoc>& docs() const { return docs_; }

 private:
  void add(const Key& key, const std::string& type, const std::string& range,
           const std::string& default_value);

  std::vector<KeyDoc> docs_;
  std::vector<std::string> path_;

  /// A list being visited: the entry that describes it and how many items its default has.
  struct List {
    std::size_t doc = 0;
    std::size_t default_size = 0;
    std::size_t item = 0;
  };
  std::vector<List> lists_;
};

}  // namespace edgemoe::models
