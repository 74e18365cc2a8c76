// SPDX-License-Identifier: Apache-2.0
#include "models/io/safetensors_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "models/io/fail.hpp"

namespace edgemoe::models {

namespace {

using Json = nlohmann::json;
using Path = std::filesystem::path;

constexpr std::size_t kMaxDimensions = 8;
constexpr int kMaxDepth = 4;                   // a header needs 3
constexpr std::size_t kMaxEvents = 2'000'000;  // about a hundred thousand tensors

struct DtypeName {
  const char* name;
  Dtype dtype;
  std::size_t bytes;
};
constexpr std::array<DtypeName, 12> kDtypes{{{"F64", Dtype::kF64, 8},
                                             {"F32", Dtype::kF32, 4},
                                             {"F16", Dtype::kF16, 2},
                                             {"BF16", Dtype::kBF16, 2},
                                             {"I8", Dtype::kI8, 1},
                                             {"U8", Dtype::kU8, 1},
                                             {"I16", Dtype::kI16, 2},
                                             {"U16", Dtype::kU16, 2},
                                             {"I32", Dtype::kI32, 4},
                                             {"U32", Dtype::kU32, 4},
                                             {"I64", Dtype::kI64, 8},
                                             {"U64", Dtype::kU64, 8}}};

std::string shown(const Json& value) {
  return printable(value.dump(-1, ' ', true, Json::error_handler_t::replace));
}

/// Parses the header. nlohmann keeps the last of two equal keys silently and takes any nesting and
/// number of values, so these are watched from its callback.
Json parse_strictly(const Path& file, std::string_view text) {
  std::vector<std::set<std::string>> keys;
  std::size_t events = 0;
  const auto refuse = [&](const std::string& got) {
    fail(file, "header", "a JSON object with unique tensor names", got);
  };
  const Json::parser_callback_t watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > kMaxDepth) refuse("deeper nesting");
    if (++events > kMaxEvents) refuse("too many values");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& name = value.get_ref<const std::string&>();
      if (!keys.back().insert(name).second) refuse(fmt::format("\"{}\" twice", printable(name)));
    }
    return true;
  };
  try {
    Json header = Json::parse(text, watch);
    if (!header.is_object()) fail(file, "header", "a JSON object", header.type_name());
    return header;
  } catch (const Json::exception& error) {
    fail(file, "header", "JSON", printable(error.what()));
  }
}

Dtype parse_dtype(const Path& file, const std::string& name, const Json& value) {
  for (const DtypeName& known : kDtypes) {
    if (value == known.name) return known.dtype;
  }
  fail(file, name, "a dtype of F64, F32, F16, BF16, I8..I64, U8..U64", shown(value));
}

/// The dimensions, with their product proven to fit `limit` elements.
std::vector<std::int64_t> parse_shape(const Path& file, const std::string& name, const Json& value,
                                      std::size_t limit, std::size_t* elements) {
  if (!value.is_array() || value.size() > kMaxDimensions) {
    fail(file, name, fmt::format("a shape of at most {} dimensions", kMaxDimensions), shown(value));
  }
  std::vector<std::int64_t> shape;
  bool zero = false;
  for (const Json& dimension : value) {
    if (!dimension.is_number_unsigned() ||
        dimension.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
      fail(file, name, "dimensions that are integers of 0 or more", shown(value));
    }
    shape.push_back(dimension.get<std::int64_t>());
    zero = zero || shape.back() == 0;
  }
  std::size_t product = zero ? 0 : 1;
  for (const std::int64_t dimension : shape) {
    if (!zero && static_cast<std::uint64_t>(dimension) > limit / product) {
      fail(file, name, fmt::format("a shape of at most {} elements (the file's size)", limit),
           shown(value));
    }
    product *= static_cast<std::size_t>(dimension);
  }
  *elements = product;
  return shape;
}

void parse_offsets(const Path& file, const Json& value, std::size_t data_bytes,
                   TensorEntry* entry) {
  const bool pair = value.is_array() && value.size() == 2 && value[0].is_number_unsigned() &&
                    value[1].is_number_unsigned();
  if (!pair || value[0] > value[1] || value[1].get<std::uint64_t>() > data_bytes) {
    fail(file, entry->name, fmt::format("data_offsets within the {} bytes of data", data_bytes),
         shown(value));
  }
  entry->begin = value[0].get<std::size_t>();
  entry->end = value[1].get<std::size_t>();
}

TensorEntry parse_entry(const Path& file, const std::string& name, const Json& value,
                        std::size_t data_bytes) {
  const bool keys = value.is_object() && value.size() == 3 && value.contains("dtype") &&
                    value.contains("shape") && value.contains("data_offsets");
  if (!keys) fail(file, name, "exactly dtype, shape and data_offsets", shown(value));
  TensorEntry entry;
  entry.name = name;
  entry.dtype = parse_dtype(file, name, value["dtype"]);
  const std::size_t bytes = dtype_bytes(entry.dtype);
  entry.shape = parse_shape(file, name, value["shape"], data_bytes / bytes, &entry.elements);
  parse_offsets(file, value["data_offsets"], data_bytes, &entry);
  if (entry.end - entry.begin != entry.elements * bytes) {
    fail(file, name, fmt::format("{} bytes for shape and dtype", entry.elements * bytes),
         fmt::format("data_offsets of {} bytes", entry.end - entry.begin));
  }
  return entry;
}

/// The data must be covered once and without holes: a hole could hide content from every reader.
void check_coverage(const Path& file, const std::vector<TensorEntry>& entries,
                    std::size_t data_bytes) {
  std::size_t position = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != position) {
      fail(file, entry.name, fmt::format("data from byte {}", position),
           fmt::format("{} from byte {}", entry.begin < position ? "an overlap" : "a gap",
                       entry.begin));
    }
    position = entry.end;
  }
  if (position != data_bytes) {
    fail(file, "data", fmt::format("{} bytes as the header says", position),
         fmt::format("{}", data_bytes));
  }
}

}  // namespace

std::size_t dtype_bytes(Dtype type) {
  for (const DtypeName& known : kDtypes) {
    if (known.dtype == type) return known.bytes;
  }
  return 0;
}

std::vector<TensorEntry> parse_safetensors_header(const Path& file, std::string_view json,
                                                  std::size_t data_bytes) {
  const Json header = parse_strictly(file, json);
  std::vector<TensorEntry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__") continue;
    entries.push_back(parse_entry(file, name, value, data_bytes));
  }
  std::stable_sort(entries.begin(), entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  check_coverage(file, entries, data_bytes);
  return entries;
}

}  // namespace edgemoe::models
