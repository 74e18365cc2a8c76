// SPDX-License-Identifier: Apache-2.0
/// The JSON header of a safetensors file, checked; not for use outside this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace edgemoe::models {

enum class Dtype { kF64, kF32, kF16, kBF16, kI8, kU8, kI16, kU16, kI32, kU32, kI64, kU64 };

/// Bytes of one element.
std::size_t dtype_bytes(Dtype type);

/// One tensor of the header. `begin` and `end` count from the first byte after the header and are
/// in range.
struct TensorEntry {
  std::string name;
  Dtype dtype = Dtype::kF32;
  std::vector<std::int64_t> shape;
  std::size_t elements = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Parses and checks a header. `data_bytes` is what the file holds after it. Entries come in file
/// order of their data. Errors: DataError naming `file`.
std::vector<TensorEntry> parse_safetensors_header(const std::filesystem::path& file,
                                                  std::string_view json, std::size_t data_bytes);

}  // namespace edgemoe::models
