// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "models/io/fail.hpp"
#include "models/io/file.hpp"
#include "models/io/half.hpp"
#include "models/io/safetensors.hpp"
#include "models/io/shape.hpp"

namespace edgemoe::models {

namespace {

using Path = std::filesystem::path;

void append_data(const Path& path, const std::string& name, const Tensor& tensor, StoredType type,
                 std::string* bytes) {
  if (type == StoredType::kF32) {
    if (!tensor.data.empty()) {
      bytes->append(reinterpret_cast<const char*>(tensor.data.data()),
                    tensor.data.size() * sizeof(float));
    }
    return;
  }
  for (const float value : tensor.data) {
    const std::uint16_t half = float_to_half(value);
    if (std::isfinite(value) && (half & 0x7fff) == 0x7c00) {
      fail(path, name, "values within +-65504 for F16", fmt::format("{}", value));
    }
    bytes->append(reinterpret_cast<const char*>(&half), sizeof half);
  }
}

}  // namespace

void write_safetensors(const Path& path, const TensorMap& tensors, StoredType type) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  std::string data;
  for (const auto& [name, tensor] : tensors) {
    check_shape(path, name, tensor.shape, tensor.data.size());
    const std::size_t begin = data.size();
    append_data(path, name, tensor, type, &data);
    header[name] = {{"dtype", type == StoredType::kF32 ? "F32" : "F16"},
                    {"shape", tensor.shape},
                    {"data_offsets", {begin, data.size()}}};
  }
  std::string json = header.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  json.append((8 - json.size() % 8) % 8, ' ');  // the format wants data aligned to 8 bytes
  const std::uint64_t length = json.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  write_file_atomically(path, bytes + json + data);
}

}  // namespace edgemoe::models
