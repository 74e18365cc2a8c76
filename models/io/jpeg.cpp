// SPDX-License-Identifier: Apache-2.0
#include "models/io/jpeg.hpp"

#include <fmt/format.h>

#include <array>
#include <csetjmp>
#include <cstdio>
#include <string>

// jpeglib.h needs FILE and size_t before it.
#include <jerror.h>
#include <jpeglib.h>

#include "models/io/fail.hpp"
#include "models/io/file.hpp"
#include "models/io/png.hpp"

namespace edgemoe::models {

namespace {

using Path = std::filesystem::path;

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 28;
/// A block of 64 pixels takes at least a few bits, so a picture cannot be much larger than its
/// file.
constexpr std::size_t kMaxCompression = 2048;

/// libjpeg with errors as return values. It reports errors by a function that must not return:
/// `step` is the only one that sets the target of the jump, and nothing with a destructor lives in
/// the frames between.
class Decoder {
 public:
  explicit Decoder(const std::string& file) : file_(file) {
    info_.err = jpeg_std_error(&errors_);
    info_.client_data = this;
    errors_.error_exit = &Decoder::on_error;
    errors_.emit_message = &Decoder::on_message;
  }
  ~Decoder() { jpeg_destroy_decompress(&info_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool read_header() { return step(&Decoder::do_read_header); }
  bool read_rows(Image* image) {
    image_ = image;
    return step(&Decoder::do_read_rows);
  }
  int width() const { return static_cast<int>(info_.image_width); }
  int height() const { return static_cast<int>(info_.image_height); }
  int components() const { return info_.num_components; }
  const char* message() const { return message_.data(); }

 private:
  bool step(void (Decoder::*action)()) {
    if (setjmp(target_) != 0) return false;
    (this->*action)();
    return true;
  }
  void do_read_header() {
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
    jpeg_read_header(&info_, TRUE);
  }
  void do_read_rows() {
    info_.out_color_space = JCS_RGB;
    info_.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = image_->rgb.data() + std::size_t{info_.output_scanline} *
                                              static_cast<std::size_t>(image_->width) * 3;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
  }

  static void on_error(j_common_ptr info) {
    auto* self = static_cast<Decoder*>(info->client_data);
    info->err->format_message(info, self->message_.data());
    std::longjmp(self->target_, 1);
  }
  /// libjpeg goes on after damaged data with a warning; a part of a picture is none.
  static void on_message(j_common_ptr info, int level) {
    const int code = info->err->msg_code;
    const bool damage = code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER ||
                        code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC;
    if (level < 0 && damage) on_error(info);
  }

  const std::string& file_;
  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf target_{};
  std::array<char, JMSG_LENGTH_MAX> message_{};
  Image* image_ = nullptr;
};

}  // namespace

Image read_jpeg(const Path& path) {
  const std::string file = read_file(path, kMaxFileBytes);
  if (file.compare(0, 3, "\xff\xd8\xff") != 0) {
    fail(path, "image", "a JPEG file", file.empty() ? "an empty file" : "something else");
  }
  Decoder decoder(file);
  if (!decoder.read_header())
    fail(path, "image", "a whole JPEG file", printable(decoder.message()));
  const int width = decoder.width(), height = decoder.height();
  if (width < 1 || height < 1 || width > kMaxImageSide || height > kMaxImageSide) {
    fail(path, "image", fmt::format("sides of 1..{} pixels", kMaxImageSide),
         fmt::format("{} x {}", width, height));
  }
  if (decoder.components() != 1 && decoder.components() != 3) {
    fail(path, "image", "gray or RGB", fmt::format("{} components", decoder.components()));
  }
  const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  if (pixels / kMaxCompression > file.size()) {
    fail(path, "image", fmt::format("data for {} x {} pixels", width, height),
         fmt::format("a file of {} bytes", file.size()));
  }
  Image image{height, width, std::vector<std::uint8_t>(pixels * 3)};
  if (!decoder.read_rows(&image)) {
    fail(path, "image", "a whole JPEG file", printable(decoder.message()));
  }
  return image;
}

}  // namespace edgemoe::models
