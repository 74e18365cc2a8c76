// SPDX-License-Identifier: Apache-2.0
/// One declaration per key, three uses of it: reading YAML, writing YAML, listing the keys.
///
/// A struct has one function `visit(struct*, Visitor*)` that names its keys with type, range, unit
/// and description. The reader fills the struct, the writer reads it, the key list looks at its
/// defaults. Not for use outside this folder.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edgemoe::models {

struct Key {
  std::string name;  ///< empty: the item of a list
  std::string description;
  std::string unit;
  bool required = false;
};

inline Key required(std::string name, std::string description, std::string unit = "") {
  return {std::move(name), std::move(description), std::move(unit), true};
}
inline Key optional(std::string name, std::string description, std::string unit = "") {
  return {std::move(name), std::move(description), std::move(unit), false};
}

struct IntegerRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
  bool power_of_two = false;
};

struct RealRange {
  double low = 0.0;
  double high = 0.0;
  bool above_low = false;  ///< `low` itself is excluded
};

struct SizeRange {
  std::size_t low = 0;
  std::size_t high = 0;
};

/// What a text may look like.
enum class TextRule {
  kName,   ///< letters, digits, `_ - .`, 1..64 of them, no dot first: names files and keys
  kToken,  ///< the same without dots: part of key paths and tap names
  kLine,   ///< 1..400 characters
  kPath,   ///< relative path without `..`: stays inside the folder of the file
};

class Visitor {
 public:
  virtual ~Visitor() = default;

  virtual void integer(const Key& key, const IntegerRange& range, std::int64_t* value) = 0;
  virtual void real(const Key& key, const RealRange& range, double* value) = 0;
  virtual void boolean(const Key& key, bool* value) = 0;
  virtual void text(const Key& key, TextRule rule, std::string* value) = 0;
  virtual void choice(const Key& key, const std::vector<std::string>& names, int* index) = 0;

  /// Enters a map; false (and no `close_map`) when there is none to visit. `present` tells the
  /// writer whether the struct holds one.
  virtual bool open_map(const Key& key, bool present) = 0;
  virtual void close_map() = 0;

  /// Enters a list and returns its length; none (and no `close_list`) when there is no list to
  /// visit. `size` is the length in the struct. Items are visited between open_item and close_item,
  /// under a key without name.
  virtual std::optional<std::size_t> open_list(const Key& key, const SizeRange& range,
                                               std::size_t size) = 0;
  virtual void open_item(std::size_t index) = 0;
  virtual void close_item() = 0;
  virtual void close_list() = 0;
};

template <typename T>
void visit_integer(Visitor* visitor, const Key& key, const IntegerRange& range, T* value) {
  auto wide = static_cast<std::int64_t>(*value);
  visitor->integer(key, range, &wide);
  *value = static_cast<T>(wide);
}

template <typename Enum>
void visit_choice(Visitor* visitor, const Key& key, const std::vector<std::string>& names,
                  Enum* value) {
  int index = static_cast<int>(*value);
  visitor->choice(key, names, &index);
  *value = static_cast<Enum>(index);
}

template <typename Visit>
void visit_map(Visitor* visitor, const Key& key, bool present, Visit visit) {
  if (!visitor->open_map(key, present)) return;
  visit();
  visitor->close_map();
}

template <typename T>
void resize_list(std::vector<T>* list, std::size_t size) {
  list->resize(size);
}
template <typename T, std::size_t N>
void resize_list(std::array<T, N>*, std::size_t) {}

/// `visit_item(T*)` is called for every item. A std::array wants `range` to allow its own size
/// only.
template <typename List, typename VisitItem>
void visit_list(Visitor* visitor, const Key& key, const SizeRange& range, List* list,
                VisitItem visit_item) {
  const std::optional<std::size_t> size = visitor->open_list(key, range, list->size());
  if (!size) return;
  resize_list(list, *size);
  for (std::size_t i = 0; i < *size; ++i) {
    visitor->open_item(i);
    visit_item(&(*list)[i]);
    visitor->close_item();
  }
  visitor->close_list();
}

}  // namespace edgemoe::models
