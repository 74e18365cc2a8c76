// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <png.h>

#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "models/io/error.hpp"
#include "models/io/file.hpp"
#include "models/io/png.hpp"

namespace edgemoe::models {

namespace {

/// libpng writing into memory, with errors as return values (see Decoder in png_read.cpp for the
/// rule).
class Encoder {
 public:
  Encoder(int height, int width, int bits, int colour_type)
      : height_(height), width_(width), bits_(bits), colour_type_(colour_type) {
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, this, &Encoder::on_error,
                                   &Encoder::on_warning);
    if (png_ == nullptr) return;
    info_ = png_create_info_struct(png_);
    png_set_write_fn(png_, this, &Encoder::on_write, &Encoder::on_flush);
  }
  ~Encoder() { png_destroy_write_struct(&png_, &info_); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  bool encode(const std::vector<png_const_bytep>& rows) {
    if (png_ == nullptr || info_ == nullptr) return false;
    rows_ = rows.data();
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    write();
    return true;
  }
  std::string take() { return std::move(bytes_); }
  const char* message() const { return message_; }

 private:
  void write() {
    png_set_IHDR(png_, info_, static_cast<png_uint_32>(width_), static_cast<png_uint_32>(height_),
                 bits_, colour_type_, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png_, info_);
    if (bits_ == 16) png_set_swap(png_);
    for (int y = 0; y < height_; ++y) png_write_row(png_, rows_[y]);
    png_write_end(png_, nullptr);
  }
  static void on_error(png_structp png, png_const_charp text) {
    auto* self = static_cast<Encoder*>(png_get_error_ptr(png));
    std::strncpy(self->message_, text, sizeof self->message_ - 1);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}
  static void on_write(png_structp png, png_bytep from, png_size_t size) {
    auto* self = static_cast<Encoder*>(png_get_io_ptr(png));
    bool ok = true;
    try {
      self->bytes_.append(reinterpret_cast<const char*>(from), size);
    } catch (const std::bad_alloc&) {
      ok = false;  // an exception must not pass through libpng
    }
    if (!ok) png_error(png, "out of memory");
  }
  static void on_flush(png_structp) {}

  int height_;
  int width_;
  int bits_;
  int colour_type_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  const png_const_bytep* rows_ = nullptr;
  std::string bytes_;
  char message_[128] = "an error of libpng";
};

std::string encode(int height, int width, int bits, int colour_type, const std::uint8_t* pixels,
                   std::size_t pitch, std::size_t bytes) {
  const auto side_ok = [](int side) { return side >= 1 && side <= kMaxImageSide; };
  if (!side_ok(height) || !side_ok(width) || bytes != pitch * static_cast<std::size_t>(height)) {
    throw DataError(
        fmt::format("image: error: size: expected sides of 1..{} and as many pixels, "
                    "got {} x {} with {} bytes",
                    kMaxImageSide, width, height, bytes));
  }
  std::vector<png_const_bytep> rows;
  for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y)
    rows.push_back(pixels + y * pitch);
  Encoder encoder(height, width, bits, colour_type);
  if (!encoder.encode(rows)) {
    throw DataError(fmt::format("image: error: cannot encode: {}", encoder.message()));
  }
  return encoder.take();
}

std::string encode_png_gray(const GrayImage& image) {
  const auto width = static_cast<std::size_t>(image.width);
  if (image.bits == 16) {
    return encode(image.height, image.width, 16, PNG_COLOR_TYPE_GRAY,
                  reinterpret_cast<const std::uint8_t*>(image.data.data()), width * 2,
                  image.data.size() * 2);
  }
  std::vector<std::uint8_t> bytes;
  for (const std::uint16_t value : image.data) {
    if (image.bits != 8 || value > 255) {
      throw DataError(fmt::format("image: error: gray: expected 8 or 16 bits, got {} with value {}",
                                  image.bits, value));
    }
    bytes.push_back(static_cast<std::uint8_t>(value));
  }
  return encode(image.height, image.width, 8, PNG_COLOR_TYPE_GRAY, bytes.data(), width,
                bytes.size());
}

}  // namespace

std::string encode_png(const Image& image) {
  return encode(image.height, image.width, 8, PNG_COLOR_TYPE_RGB, image.rgb.data(),
                static_cast<std::size_t>(image.width) * 3, image.rgb.size());
}

void write_png(const std::filesystem::path& path, const Image& image) {
  write_file_atomically(path, encode_png(image));
}

void write_png_gray(const std::filesystem::path& path, const GrayImage& image) {
  write_file_atomically(path, encode_png_gray(image));
}

}  // namespace edgemoe::models
