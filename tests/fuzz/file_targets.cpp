// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "models/io/error.hpp"
#include "models/io/jpeg.hpp"
#include "models/io/mat.hpp"
#include "models/io/npy.hpp"
#include "models/io/png.hpp"
#include "models/io/safetensors.hpp"
#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/targets.hpp"

namespace edgemoe::fuzz {
namespace {

template <typename Read>
int refuse_or_read(Read read) {
  try {
    read();
  } catch (const models::DataError&) {
  }
  return 0;
}

}  // namespace

int safetensors(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  return refuse_or_read([&] { models::read_safetensors(file.path()); });
}

int npy(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  refuse_or_read([&] { models::read_npy_f64(file.path()); });
  return refuse_or_read([&] { models::read_npy(file.path()); });
}

int png(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  refuse_or_read([&] { models::read_png_gray(file.path()); });
  return refuse_or_read([&] { models::read_png(file.path()); });
}

int jpeg(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  return refuse_or_read([&] { models::read_jpeg(file.path()); });
}

int mat(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  return refuse_or_read([&] { models::parse_mat("input.mat", bytes); });
}

}  // namespace edgemoe::fuzz
