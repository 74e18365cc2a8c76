// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "host/report/fields.hpp"
#include "host/report/json_writer.hpp"

namespace edgemoe::host {
namespace {

using nlohmann::ordered_json;

/// Type tags choose the overload: a schema needs no values.
template <class T>
struct Tag {};

ordered_json type_of(Tag<bool>) { return {{"type", "boolean"}}; }
ordered_json type_of(Tag<int>) { return {{"type", "integer"}}; }
ordered_json type_of(Tag<std::int64_t>) { return {{"type", "integer"}}; }
ordered_json type_of(Tag<std::uint64_t>) { return {{"type", "integer"}, {"minimum", 0}}; }
ordered_json type_of(Tag<std::string>) { return {{"type", "string"}}; }
// A float can be null as well: infinities have no JSON form.
ordered_json type_of(Tag<double>) { return {{"type", {"number", "null"}}}; }

template <class T>
ordered_json type_of(Tag<T>);

template <class T>
ordered_json type_of(Tag<std::vector<T>>) {
  return {{"type", "array"}, {"items", type_of(Tag<T>{})}};
}

template <class T>
ordered_json type_of(Tag<std::map<std::string, T>>) {
  return {{"type", "object"}, {"additionalProperties", type_of(Tag<T>{})}};
}

template <class T>
ordered_json type_of(Tag<std::optional<T>>) {
  ordered_json inner = type_of(Tag<T>{});
  if (inner["type"].is_string()) inner["type"] = {inner["type"], "null"};
  return inner;
}

struct SchemaVisitor {
  ordered_json properties = ordered_json::object();
  ordered_json required = ordered_json::array();
  template <class T>
  void field(const char* key, const char* meaning, const T&) {
    ordered_json entry = type_of(Tag<T>{});
    entry["description"] = meaning;
    properties[key] = entry;
    required.push_back(key);
  }
};

template <class T>
ordered_json type_of(Tag<T>) {
  SchemaVisitor visitor;
  describe(visitor, T{});
  return {{"type", "object"},
          {"properties", visitor.properties},
          {"required", visitor.required},
          {"additionalProperties", false}};
}

}  // namespace

std::string report_schema() {
  ordered_json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                         {"title", "edgemoe report.json"}};
  schema.update(type_of(Tag<Report>{}));
  return schema.dump(2) + "\n";
}

}  // namespace edgemoe::host
