// SPDX-License-Identifier: Apache-2.0
#include "models/io/mat.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "models/io/element.hpp"
#include "models/io/fail.hpp"
#include "models/io/file.hpp"

namespace edgemoe::models {

namespace {

using Path = std::filesystem::path;

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxInflated = std::size_t{64} << 20;
constexpr std::size_t kMaxItems = 1'000'000;
constexpr int kMaxDepth = 32;
constexpr std::size_t kHeaderBytes = 128;

// Data types of elements.
constexpr std::uint32_t kInt32 = 5, kUint32 = 6, kMatrix = 14, kCompressed = 15;
// Classes of arrays.
constexpr unsigned kCell = 1, kStruct = 2, kChar = 4, kDouble = 6, kUint64 = 15;
constexpr unsigned kComplexFlag = 0x08;

/// One element: its type and bytes.
struct Element {
  std::uint32_t type = 0;
  std::string_view data;
};

class Parser {
 public:
  explicit Parser(const Path& path) : path_(path) {}

  void parse(std::string_view bytes, std::map<std::string, MatArray>* variables) {
    while (!bytes.empty()) {
      const Element element = take(&bytes);
      if (element.type == kCompressed) {
        const std::string inflated = inflate(element.data);
        std::string_view rest(inflated);
        add(take(&rest), variables);
      } else {
        add(element, variables);
      }
    }
  }

 private:
  [[noreturn]] void refuse(const std::string& expected, const std::string& got) const {
    fail(path_, "mat", expected, got);
  }

  /// Removes the next element from the front. Small elements share their 8 bytes with the tag.
  Element take(std::string_view* bytes) const {
    if (bytes->size() < 8) refuse("an element", "the end of the file");
    const auto* at = reinterpret_cast<const std::uint8_t*>(bytes->data());
    const auto first = load_little_endian<std::uint32_t>(at);
    if (first >> 16 != 0) {
      const std::size_t size = first >> 16;
      if (size > 4) refuse("at most 4 bytes in a small element", fmt::format("{}", size));
      const Element element{first & 0xffff, bytes->substr(4, size)};
      bytes->remove_prefix(8);
      return element;
    }
    const std::size_t size = load_little_endian<std::uint32_t>(at + 4);
    if (size > bytes->size() - 8) refuse(fmt::format("{} bytes", size), "the end of the file");
    const Element element{first, bytes->substr(8, size)};
    // Compressed elements are not padded.
    const std::size_t padded = first == kCompressed ? size : (size + 7) / 8 * 8;
    bytes->remove_prefix(std::min(bytes->size(), 8 + padded));
    return element;
  }

  std::string inflate(std::string_view data) {
    std::string out;
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) refuse("memory to inflate", "none");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream.avail_in = static_cast<uInt>(data.size());
    int status = Z_OK;
    while (status == Z_OK && out.size() <= kMaxInflated) {
      const std::size_t before = out.size();
      out.resize(before + 65536);
      stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      stream.avail_out = 65536;
      status = ::inflate(&stream, Z_NO_FLUSH);
      out.resize(out.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    inflated_ += out.size();
    if (inflated_ > kMaxInflated)
      refuse(fmt::format("at most {} bytes inflated", kMaxInflated), "more");
    if (status != Z_STREAM_END) refuse("whole compressed data", "damaged or truncated data");
    return out;
  }

  void add(const Element& element, std::map<std::string, MatArray>* variables) {
    if (element.type != kMatrix) return;  // other elements of the top level mean nothing to us
    std::string name;
    MatArray array = matrix(element.data, &name, 0);
    variables->insert_or_assign(std::move(name), std::move(array));
  }

  MatArray matrix(std::string_view bytes, std::string* name, int depth) {
    if (depth > kMaxDepth) refuse(fmt::format("at most {} levels", kMaxDepth), "more");
    MatArray array;
    if (bytes.empty()) {  // an empty array may have no parts at all
      array.shape = {0, 0};
      return array;
    }
    const Element flags = take(&bytes);
    if (flags.type != kUint32 || flags.data.size() != 8)
      refuse("an array's flags", "something else");
    const auto word =
        load_little_endian<std::uint32_t>(reinterpret_cast<const std::uint8_t*>(flags.data.data()));
    const unsigned type = word & 0xff;
    if ((word >> 8 & kComplexFlag) != 0) refuse("real numbers", "complex ones");
    const std::size_t count = shape(take(&bytes), &array);
    const Element label = take(&bytes);
    if (name != nullptr) name->assign(label.data);
    if (type == kCell) {
      array.kind = MatArray::Kind::kCell;
      items(&bytes, count, depth, &array);
    } else if (type == kStruct) {
      structure(&bytes, count, depth, &array);
    } else if (type == kChar || (type >= kDouble && type <= kUint64)) {
      array.kind = type == kChar ? MatArray::Kind::kText : MatArray::Kind::kNumbers;
      numbers(take(&bytes), count, &array);
    } else {
      refuse("numbers, text, cells or structures", fmt::format("an array of class {}", type));
    }
    return array;
  }

  std::size_t shape(const Element& element, MatArray* array) const {
    if (element.type != kInt32 || element.data.size() % 4 != 0 || element.data.size() > 32)
      refuse("an array's dimensions", "something else");
    std::size_t count = 1;
    for (std::size_t i = 0; i < element.data.size(); i += 4) {
      const auto n = load_little_endian<std::int32_t>(
          reinterpret_cast<const std::uint8_t*>(element.data.data()) + i);
      if (n < 0) refuse("dimensions of 0 or more", fmt::format("{}", n));
      array->shape.push_back(n);
      if (n != 0 && count > kMaxInflated / static_cast<std::size_t>(n))
        refuse(fmt::format("at most {} elements", kMaxInflated), "more");
      count *= static_cast<std::size_t>(n);
    }
    return count;
  }

  void items(std::string_view* bytes, std::size_t count, int depth, MatArray* array) {
    items_ += count;
    if (items_ > kMaxItems) refuse(fmt::format("at most {} cells and fields", kMaxItems), "more");
    for (std::size_t i = 0; i < count; ++i) {
      const Element element = take(bytes);
      if (element.type != kMatrix)
        refuse("an array", fmt::format("an element of type {}", element.type));
      array->items.push_back(matrix(element.data, nullptr, depth + 1));
    }
  }

  void structure(std::string_view* bytes, std::size_t count, int depth, MatArray* array) {
    array->kind = MatArray::Kind::kStruct;
    const Element length = take(bytes), names = take(bytes);
    std::size_t width = 0;
    if (length.type == kInt32 && length.data.size() == 4)
      width = load_little_endian<std::uint32_t>(
          reinterpret_cast<const std::uint8_t*>(length.data.data()));
    if (width == 0 || width > 64 || names.data.size() % width != 0 ||
        names.data.size() / width > 256)
      refuse("names of fields", "something else");
    for (std::size_t at = 0; at < names.data.size(); at += width) {
      const std::string_view field = names.data.substr(at, width);
      array->fields.emplace_back(field.substr(0, field.find('\0')));
    }
    items(bytes, count * array->fields.size(), depth, array);
  }

  template <typename T>
  void convert(const Element& element, std::size_t count, MatArray* array) const {
    if (element.data.size() != count * sizeof(T))
      refuse(fmt::format("{} elements", count), fmt::format("{} bytes", element.data.size()));
    array->numbers.resize(count);
    const auto* from = reinterpret_cast<const std::uint8_t*>(element.data.data());
    for (std::size_t i = 0; i < count; ++i)
      array->numbers[i] = static_cast<double>(load_little_endian<T>(from + i * sizeof(T)));
  }

  /// Numbers are stored in the smallest type that holds them, whatever the array's class.
  void numbers(const Element& element, std::size_t count, MatArray* array) const {
    switch (element.type) {
      case 1:
        return convert<std::int8_t>(element, count, array);
      case 2:
      case 16:  // UTF-8
        return convert<std::uint8_t>(element, count, array);
      case 3:
        return convert<std::int16_t>(element, count, array);
      case 4:
      case 17:  // UTF-16
        return convert<std::uint16_t>(element, count, array);
      case kInt32:
        return convert<std::int32_t>(element, count, array);
      case kUint32:
      case 18:  // UTF-32
        return convert<std::uint32_t>(element, count, array);
      case 7:
        return convert<float>(element, count, array);
      case 9:
        return convert<double>(element, count, array);
      case 12:
        return convert<std::int64_t>(element, count, array);
      case 13:
        return convert<std::uint64_t>(element, count, array);
      default:
        refuse("numbers", fmt::format("an element of type {}", element.type));
    }
  }

  const Path& path_;
  std::size_t inflated_ = 0, items_ = 0;
};

}  // namespace

std::size_t MatArray::elements() const {
  std::size_t count = 1;
  for (const std::int64_t n : shape) count *= static_cast<std::size_t>(n);
  return count;
}

const MatArray* MatArray::field(std::size_t element, std::size_t index) const {
  const bool there =
      kind == Kind::kStruct && index < fields.size() && element < items.size() / fields.size();
  return there ? &items[element * fields.size() + index] : nullptr;
}

std::string MatArray::text() const {
  std::string result;
  for (const double code : numbers)
    result += code >= 32.0 && code < 127.0 ? static_cast<char>(code) : '?';
  return result;
}

std::map<std::string, MatArray> parse_mat(const Path& path, std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || bytes.substr(0, 6) != "MATLAB" ||
      bytes.substr(126, 2) != "IM") {
    fail(path, "mat", "a little-endian MATLAB 5 file",
         bytes.empty() ? "an empty file" : "something else");
  }
  std::map<std::string, MatArray> variables;
  Parser(path).parse(bytes.substr(kHeaderBytes), &variables);
  return variables;
}

std::map<std::string, MatArray> read_mat(const Path& path) {
  return parse_mat(path, read_file(path, kMaxFileBytes));
}

}  // namespace edgemoe::models
