// SPDX-License-Identifier: Apache-2.0
/// The few words of JSON schema that report_schema() uses, so that reports are validated without a
/// library.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace edgemoe::host::test {

inline bool has_type(const nlohmann::json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

/// Appends one line per violation.
inline void validate(const nlohmann::json& schema, const nlohmann::json& value,
                     const std::string& path, std::vector<std::string>* problems) {
  const nlohmann::json& type = schema.at("type");
  bool matches = false;
  for (const auto& name : type.is_array() ? type : nlohmann::json::array({type})) {
    matches = matches || has_type(value, name.get<std::string>());
  }
  if (!matches) problems->push_back(path + ": is " + value.dump() + ", expected " + type.dump());
  if (!matches || value.is_null()) return;
  if (schema.contains("minimum") && value < schema["minimum"])
    problems->push_back(path + ": too small");
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      validate(schema.at("items"), value[i], path + "[" + std::to_string(i) + "]", problems);
    }
  }
  if (!value.is_object()) return;
  for (const auto& key : schema.value("required", nlohmann::json::array())) {
    if (!value.contains(key.get<std::string>()))
      problems->push_back(path + ": lacks " + key.dump());
  }
  for (const auto& [key, inner] : value.items()) {
    if (schema.contains("properties") && schema["properties"].contains(key)) {
      validate(schema["properties"][key], inner, path + "." + key, problems);
    } else if (schema.at("additionalProperties").is_object()) {
      validate(schema["additionalProperties"], inner, path + "." + key, problems);
    } else {
      problems->push_back(path + ": unknown key " + key);
    }
  }
}

}  // namespace edgemoe::host::test
