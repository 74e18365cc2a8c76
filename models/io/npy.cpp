// SPDX-License-Identifier: Apache-2.0
#include "models/io/npy.hpp"

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include "models/io/element.hpp"
#include "models/io/fail.hpp"
#include "models/io/file.hpp"
#include "models/io/npy_header.hpp"
#include "models/io/shape.hpp"

namespace edgemoe::models {

namespace {

using Path = std::filesystem::path;

constexpr std::string_view kMagic("\x93NUMPY", 6);

/// The header's text and where the data begins.
std::string_view header_text(const Path& path, const MappedFile& file, std::size_t* data_begin) {
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()), file.size());
  if (bytes.size() < 12 || bytes.substr(0, kMagic.size()) != kMagic) {
    fail(path, "header", "an .npy file", "something else");
  }
  const int version = file.data()[6];
  if (version < 1 || version > 3) {
    fail(path, "header", "version 1, 2 or 3", fmt::format("{}", version));
  }
  const std::size_t begin = version == 1 ? 10 : 12;
  const std::size_t length = version == 1 ? load_little_endian<std::uint16_t>(file.data() + 8)
                                          : load_little_endian<std::uint32_t>(file.data() + 8);
  if (length > bytes.size() - begin) {
    fail(path, "header", fmt::format("{} bytes", length), "the end of the file");
  }
  *data_begin = begin + length;
  return bytes.substr(begin, length);
}

NpyHeader parse_header(const Path& path, std::string_view text) {
  try {
    return parse_npy_header(text);
  } catch (const std::invalid_argument& expected) {
    fail(path, "header", expected.what(), "\"" + printable(text) + "\"");
  }
}

template <typename To>
bool convert(const Path& path, const std::string& descr, const std::uint8_t* from,
             std::size_t bytes, const std::vector<std::int64_t>& shape, std::vector<To>* to) {
  const auto as = [&](auto element) {
    using From = decltype(element);
    check_shape(path, "data", shape, bytes / sizeof(From));
    if (bytes % sizeof(From) != 0)
      fail(path, "data", "whole elements", fmt::format("{} bytes", bytes));
    to->resize(bytes / sizeof(From));
    return convert_elements<From>(from, to);
  };
  if (descr == "<f2") return as(Half{});
  if (descr == "<f4") return as(float{});
  if (descr == "<f8") return as(double{});
  if (descr == "|i1") return as(std::int8_t{});
  if (descr == "|u1") return as(std::uint8_t{});
  if (descr == "<i2") return as(std::int16_t{});
  if (descr == "<u2") return as(std::uint16_t{});
  if (descr == "<i4") return as(std::int32_t{});
  if (descr == "<u4") return as(std::uint32_t{});
  if (descr == "<i8") return as(std::int64_t{});
  if (descr == "<u8") return as(std::uint64_t{});
  fail(path, "descr", "<f2, <f4, <f8 or an integer type, little endian",
       "\"" + printable(descr) + "\"");
}

template <typename T>
void read(const Path& path, std::vector<std::int64_t>* shape, std::vector<T>* data) {
  const MappedFile file(path);
  std::size_t begin = 0;
  const NpyHeader header = parse_header(path, header_text(path, file, &begin));
  // A vector or a scalar is the same in both orders, and NumPy marks some of them as Fortran's.
  if (header.fortran_order && header.shape.size() > 1) {
    fail(path, "fortran_order", "False", "True");
  }
  *shape = header.shape;
  if (!convert(path, header.descr, file.data() + begin, file.size() - begin, header.shape, data)) {
    fail(path, "data", "integers that the result holds exactly", "a larger one");
  }
}

void write(const Path& path, const char* descr, const std::vector<std::int64_t>& shape,
           const void* data, std::size_t bytes) {
  std::string tuple;
  for (const std::int64_t dimension : shape) tuple += fmt::format("{}, ", dimension);
  if (shape.size() > 1) tuple.resize(tuple.size() - 2);
  if (shape.size() == 1) tuple.resize(tuple.size() - 1);
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, tuple);
  // Magic, version and length take 10 bytes; data starts at a multiple of 64.
  header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  std::string out(kMagic);
  out.append("\x01\x00", 2);
  out.append(reinterpret_cast<const char*>(&length), sizeof length);
  out += header;
  if (bytes != 0) out.append(static_cast<const char*>(data), bytes);
  write_file_atomically(path, out);
}

}  // namespace

Tensor read_npy(const Path& path) {
  Tensor tensor;
  read(path, &tensor.shape, &tensor.data);
  return tensor;
}

TensorF64 read_npy_f64(const Path& path) {
  TensorF64 tensor;
  read(path, &tensor.shape, &tensor.data);
  return tensor;
}

void write_npy(const Path& path, const Tensor& tensor) {
  check_shape(path, "tensor", tensor.shape, tensor.data.size());
  write(path, "<f4", tensor.shape, tensor.data.data(), tensor.data.size() * sizeof(float));
}

void write_npy_int32(const Path& path, const std::vector<std::int64_t>& shape,
                     const std::vector<std::int32_t>& data) {
  check_shape(path, "tensor", shape, data.size());
  write(path, "<i4", shape, data.data(), data.size() * sizeof(std::int32_t));
}

}  // namespace edgemoe::models
