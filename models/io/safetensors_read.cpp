// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "models/io/element.hpp"
#include "models/io/fail.hpp"
#include "models/io/file.hpp"
#include "models/io/half.hpp"
#include "models/io/safetensors.hpp"
#include "models/io/safetensors_header.hpp"

namespace edgemoe::models {

namespace {

using Path = std::filesystem::path;

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;

std::uint64_t header_length(const Path& path, const MappedFile& file) {
  if (file.size() < kLengthBytes) {
    fail(path, "header", "at least 8 bytes", fmt::format("{}", file.size()));
  }
  const auto length = load_little_endian<std::uint64_t>(file.data());
  const std::uint64_t rest = file.size() - kLengthBytes;
  if (length > kMaxHeaderBytes || length > rest) {
    fail(path, "header",
         fmt::format("a header length of at most {} bytes", std::min(kMaxHeaderBytes, rest)),
         fmt::format("{} (truncated, or not a safetensors file)", length));
  }
  return length;
}

bool convert(Dtype type, const std::uint8_t* from, std::vector<float>* to) {
  switch (type) {
    case Dtype::kF64:
      return convert_elements<double>(from, to);
    case Dtype::kF32:
      return convert_elements<float>(from, to);
    case Dtype::kF16:
      return convert_elements<Half>(from, to);
    case Dtype::kBF16:
      return convert_elements<BFloat16>(from, to);
    case Dtype::kI8:
      return convert_elements<std::int8_t>(from, to);
    case Dtype::kU8:
      return convert_elements<std::uint8_t>(from, to);
    case Dtype::kI16:
      return convert_elements<std::int16_t>(from, to);
    case Dtype::kU16:
      return convert_elements<std::uint16_t>(from, to);
    case Dtype::kI32:
      return convert_elements<std::int32_t>(from, to);
    case Dtype::kU32:
      return convert_elements<std::uint32_t>(from, to);
    case Dtype::kI64:
      return convert_elements<std::int64_t>(from, to);
    case Dtype::kU64:
      return convert_elements<std::uint64_t>(from, to);
  }
  return false;
}

void check_finite(const Path& path, const std::string& name, const Tensor& tensor) {
  for (std::size_t i = 0; i < tensor.data.size(); ++i) {
    if (!std::isfinite(tensor.data[i])) {
      fail(path, name, "finite values", fmt::format("{} at element {}", tensor.data[i], i));
    }
  }
}

}  // namespace

TensorMap read_safetensors(const Path& path, NonFinite non_finite, const TensorFilter& keep) {
  const MappedFile file(path);
  const std::uint64_t length = header_length(path, file);
  const std::uint8_t* data = file.data() + kLengthBytes + length;
  const std::string_view json(reinterpret_cast<const char*>(file.data() + kLengthBytes), length);
  TensorMap tensors;
  for (const TensorEntry& entry :
       parse_safetensors_header(path, json, file.size() - kLengthBytes - length)) {
    if (keep && !keep(entry.name)) continue;
    Tensor& tensor = tensors[entry.name];
    tensor.shape = entry.shape;
    tensor.data.resize(entry.elements);
    if (!convert(entry.dtype, data + entry.begin, &tensor.data)) {
      fail(path, entry.name, "integers that float32 holds exactly", "a larger one");
    }
    if (non_finite == NonFinite::kRefuse) check_finite(path, entry.name, tensor);
  }
  return tensors;
}

TensorMap read_weights(const std::vector<Path>& shards) {
  TensorMap all;
  std::map<std::string, Path> origin;
  for (const Path& shard : shards) {
    TensorMap part = read_safetensors(shard, NonFinite::kRefuse);
    for (auto& [name, tensor] : part) {
      const auto [where, fresh] = origin.emplace(name, shard);
      if (!fresh) {
        fail(shard, name, "each tensor in one shard",
             fmt::format("a second one (first in {})", where->second.string()));
      }
      all.emplace(name, std::move(tensor));
    }
  }
  return all;
}

}  // namespace edgemoe::models
