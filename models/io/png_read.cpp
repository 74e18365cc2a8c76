// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "models/io/fail.hpp"
#include "models/io/file.hpp"
#include "models/io/png.hpp"

namespace edgemoe::models {

namespace {

using Path = std::filesystem::path;

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;
constexpr std::size_t kHeaderBytes = 33;  // signature and IHDR chunk
/// Deflate cannot do better than 1032 : 1, so a picture cannot be larger than that times its file.
constexpr std::size_t kMaxCompression = 1040;

struct Signature {
  std::string_view bytes;
  const char* name;
};
constexpr std::array<Signature, 7> kOtherFormats{{{"\xff\xd8\xff", "JPEG"},
                                                  {"GIF8", "GIF"},
                                                  {"BM", "BMP"},
                                                  {"RIFF", "WebP"},
                                                  {"II*", "TIFF"},
                                                  {"MM", "TIFF"},
                                                  {"P6", "PPM"}}};

/// What the IHDR chunk says.
struct Header {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int bits = 0;
  int colour_type = 0;
};

std::uint32_t load_big_endian(const char* from) {
  std::array<std::uint8_t, 4> b{};
  std::memcpy(b.data(), from, b.size());
  return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

void check_signature(const Path& path, std::string_view file) {
  constexpr std::string_view kPng("\x89PNG\r\n\x1a\n", 8);
  if (file.substr(0, kPng.size()) == kPng) return;
  for (const Signature& other : kOtherFormats) {
    if (file.substr(0, other.bytes.size()) == other.bytes) {
      fail(path, "image", "a PNG file", fmt::format("{} (convert it to PNG)", other.name));
    }
  }
  fail(path, "image", "a PNG file", file.empty() ? "an empty file" : "something else");
}

/// Reads the size before libpng does, for a clear message and before anything is allocated.
Header read_header(const Path& path, std::string_view file) {
  check_signature(path, file);
  if (file.size() < kHeaderBytes || file.substr(12, 4) != "IHDR") {
    fail(path, "image", "a whole PNG header", "a truncated or damaged one");
  }
  Header header;
  header.width = load_big_endian(file.data() + 16);
  header.height = load_big_endian(file.data() + 20);
  header.bits = static_cast<std::uint8_t>(file[24]);
  header.colour_type = static_cast<std::uint8_t>(file[25]);
  const auto side_ok = [](std::uint32_t side) { return side >= 1 && side <= kMaxImageSide; };
  if (!side_ok(header.width) || !side_ok(header.height)) {
    fail(path, "image", fmt::format("sides of 1..{} pixels", kMaxImageSide),
         fmt::format("{} x {}", header.width, header.height));
  }
  const std::size_t least_bytes = std::size_t{header.width} * header.height / 8;
  if (least_bytes / kMaxCompression > file.size()) {
    fail(path, "image", fmt::format("data for {} x {} pixels", header.width, header.height),
         fmt::format("a file of {} bytes", file.size()));
  }
  return header;
}

/// libpng with errors as return values. libpng reports errors by longjmp: `step` is the only
/// function that sets the target, and nothing with a destructor lives in the frames between.
class Decoder {
 public:
  explicit Decoder(std::string_view file) : file_(file) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &Decoder::on_error,
                                  &Decoder::on_warning);
    if (png_ == nullptr) return;
    info_ = png_create_info_struct(png_);
    png_set_read_fn(png_, this, &Decoder::on_read);
    png_set_user_limits(png_, kMaxImageSide, kMaxImageSide);
  }
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool start(void (*configure)(png_structp, png_infop)) {
    configure_ = configure;
    return png_ != nullptr && info_ != nullptr && step(&Decoder::read_info);
  }
  std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  bool read_rows(std::vector<png_bytep>* rows) {
    rows_ = rows->data();
    return step(&Decoder::read_image);
  }
  const char* message() const { return message_; }

 private:
  bool step(void (Decoder::*action)()) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    (this->*action)();
    return true;
  }
  void read_info() {
    png_read_info(png_, info_);
    configure_(png_, info_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
  }
  void read_image() {
    png_read_image(png_, rows_);
    png_read_end(png_, nullptr);
  }
  static void on_error(png_structp png, png_const_charp text) {
    auto* self = static_cast<Decoder*>(png_get_error_ptr(png));
    std::strncpy(self->message_, text, sizeof self->message_ - 1);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}
  static void on_read(png_structp png, png_bytep to, png_size_t size) {
    auto* self = static_cast<Decoder*>(png_get_io_ptr(png));
    if (size > self->file_.size()) png_error(png, "the end of the file");
    std::memcpy(to, self->file_.data(), size);
    self->file_.remove_prefix(size);
  }

  std::string_view file_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  png_bytepp rows_ = nullptr;
  void (*configure_)(png_structp, png_infop) = nullptr;
  char message_[128] = "an error of libpng";
};

[[noreturn]] void fail_damaged(const Path& path, const char* message) {
  fail(path, "image", "a whole and undamaged PNG file", printable(message));
}

/// Decodes into rows of `pitch` bytes.
std::vector<std::uint8_t> decode(const Path& path, std::string_view file, const Header& header,
                                 std::size_t pitch, void (*configure)(png_structp, png_infop)) {
  Decoder decoder(file);
  if (!decoder.start(configure)) fail_damaged(path, decoder.message());
  if (decoder.row_bytes() != pitch) fail_damaged(path, "another row length");
  std::vector<std::uint8_t> pixels(pitch * header.height);
  std::vector<png_bytep> rows;
  for (std::size_t y = 0; y < header.height; ++y) rows.push_back(pixels.data() + y * pitch);
  if (!decoder.read_rows(&rows)) fail_damaged(path, decoder.message());
  return pixels;
}

void configure_colour(png_structp png, png_infop info) {
  const int type = png_get_color_type(png, info);
  if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if ((type & PNG_COLOR_MASK_COLOR) == 0) {
    if (png_get_bit_depth(png, info) < 8) png_set_expand_gray_1_2_4_to_8(png);
    png_set_gray_to_rgb(png);
  }
  if (png_get_bit_depth(png, info) == 16) png_set_scale_16(png);
  png_set_strip_alpha(png);
}

void configure_gray(png_structp png, png_infop info) {
  if (png_get_bit_depth(png, info) < 8) png_set_packing(png);
  if (png_get_bit_depth(png, info) == 16) png_set_swap(png);  // file order is big endian
  png_set_strip_alpha(png);
}

}  // namespace

Image read_png(const Path& path) {
  const std::string file = read_file(path, kMaxFileBytes);
  const Header header = read_header(path, file);
  Image image;
  image.height = static_cast<int>(header.height);
  image.width = static_cast<int>(header.width);
  image.rgb = decode(path, file, header, std::size_t{header.width} * 3, configure_colour);
  return image;
}

GrayImage read_png_gray(const Path& path) {
  const std::string file = read_file(path, kMaxFileBytes);
  const Header header = read_header(path, file);
  const bool palette = header.colour_type == PNG_COLOR_TYPE_PALETTE;
  if (!palette && (header.colour_type & PNG_COLOR_MASK_COLOR) != 0) {
    fail(path, "image", "one channel (gray or palette)", "a colour picture");
  }
  GrayImage image;
  image.height = static_cast<int>(header.height);
  image.width = static_cast<int>(header.width);
  image.bits = header.bits == 16 ? 16 : 8;
  const std::size_t bytes = header.bits == 16 ? 2 : 1;
  const std::vector<std::uint8_t> pixels =
      decode(path, file, header, std::size_t{header.width} * bytes, configure_gray);
  image.data.resize(pixels.size() / bytes);
  if (bytes == 1) {
    std::copy(pixels.begin(), pixels.end(), image.data.begin());
  } else {
    std::memcpy(image.data.data(), pixels.data(), pixels.size());
  }
  return image;
}

}  // namespace edgemoe::models
