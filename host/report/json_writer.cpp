// SPDX-License-Identifier: Apache-2.0
#include "host/report/json_writer.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "host/report/fields.hpp"

namespace edgemoe::host {
namespace {

using nlohmann::json;

json value_of(bool value) { return value; }
json value_of(int value) { return value; }
json value_of(std::int64_t value) { return value; }
json value_of(std::uint64_t value) { return value; }
json value_of(const std::string& value) { return value; }

json value_of(double value) {
  if (!std::isfinite(value)) return nullptr;
  char text[40];
  std::snprintf(text, sizeof text, "%.10g", value);
  return std::strtod(text, nullptr);
}

// Declared ahead, since they call one another on nested types.
template <class T>
json value_of(const T& record);
template <class T>
json value_of(const std::optional<T>& value);
template <class T>
json value_of(const std::vector<T>& values);
template <class T>
json value_of(const std::map<std::string, T>& values);

template <class T>
json value_of(const std::optional<T>& value) {
  return value ? value_of(*value) : json(nullptr);
}

template <class T>
json value_of(const std::vector<T>& values) {
  json array = json::array();
  for (const T& value : values) array.push_back(value_of(value));
  return array;
}

template <class T>
json value_of(const std::map<std::string, T>& values) {
  json object = json::object();
  for (const auto& [key, value] : values) object[key] = value_of(value);
  return object;
}

struct JsonVisitor {
  json object = json::object();
  template <class T>
  void field(const char* key, const char*, const T& value) {
    object[key] = value_of(value);
  }
};

template <class T>
json value_of(const T& record) {
  JsonVisitor visitor;
  describe(visitor, record);
  return visitor.object;
}

}  // namespace

std::string report_json(const Report& report) {
  // File names from outside may be no UTF-8; they must not stop a report from being written.
  return value_of(report).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace edgemoe::host
