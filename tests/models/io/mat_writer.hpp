// SPDX-License-Identifier: Apache-2.0
/// MATLAB 5 files for tests, put together from the format's description.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace edgemoe::tests::mat {

inline std::string word(std::uint32_t value) {
  return std::string(reinterpret_cast<const char*>(&value), 4);
}

inline std::string element(std::uint32_t type, const std::string& data) {
  std::string bytes = word(type) + word(static_cast<std::uint32_t>(data.size())) + data;
  bytes.append((8 - bytes.size() % 8) % 8, '\0');
  return bytes;
}

/// Up to 4 bytes in the tag itself.
inline std::string small_element(std::uint32_t type, const std::string& data) {
  std::string bytes = word(type | static_cast<std::uint32_t>(data.size()) << 16) + data;
  bytes.append(8 - bytes.size(), '\0');
  return bytes;
}

/// An array of a class: flags, dimensions, name, then its content.
inline std::string array(unsigned type, const std::vector<std::int32_t>& shape,
                         const std::string& name, const std::string& content, unsigned flags = 0) {
  std::string dimensions;
  for (const std::int32_t n : shape) dimensions += word(static_cast<std::uint32_t>(n));
  const std::string label =
      name.size() <= 4 && !name.empty() ? small_element(1, name) : element(1, name);
  return element(
      14, element(6, word(type | flags << 8) + word(0)) + element(5, dimensions) + label + content);
}

/// `values` by columns, stored as bytes (data type 2) in an array of class uint8 (9).
inline std::string bytes(int height, int width, const std::vector<std::uint8_t>& values,
                         const std::string& name = "") {
  return array(9, {height, width}, name, element(2, std::string(values.begin(), values.end())));
}

inline std::string number(double value, const std::string& name = "") {
  return array(6, {1, 1}, name, element(9, std::string(reinterpret_cast<const char*>(&value), 8)));
}

inline std::string text(const std::string& value) {
  std::string wide;
  for (const char c : value) wide += std::string{c, '\0'};
  return array(4, {1, static_cast<std::int32_t>(value.size())}, "", element(4, wide));
}

/// `items`: element by element, all fields of each.
inline std::string structure(const std::vector<std::string>& fields, std::int32_t count,
                             const std::vector<std::string>& items, const std::string& name = "") {
  std::string names, content;
  for (std::string field : fields) {
    field.resize(32, '\0');
    names += field;
  }
  content = small_element(5, word(32)) + element(1, names);
  for (const std::string& item : items) content += item;
  return array(2, {1, count}, name, content);
}

inline std::string compressed(const std::string& content) {
  uLongf size = compressBound(content.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(content.data()), content.size());
  out.resize(size);
  return word(15) + word(static_cast<std::uint32_t>(size)) + out;
}

inline std::string file(const std::string& content) {
  std::string header = "MATLAB 5.0 MAT-file, made by a test";
  header.resize(124, ' ');
  return header + std::string("\x00\x01IM", 4) + content;
}

}  // namespace edgemoe::tests::mat
