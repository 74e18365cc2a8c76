// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <png.h>
#include <zlib.h>

#include <cstring>

#include "models/io/error.hpp"
#include "models/io/png.hpp"
#include "models/io/resize.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::models {
namespace {

using tests::bytes_of;
using tests::error_of;
using tests::TempFolder;

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto crc = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(crc);
}

/// A PNG file put together by hand; `raw` holds a filter byte 0 and the samples of each row.
std::string png_bytes(std::uint32_t width, std::uint32_t height, int bits, int colour_type,
                      const std::string& raw, const std::string& extra = "") {
  const std::string header = big_endian(width) + big_endian(height) + static_cast<char>(bits) +
                             static_cast<char>(colour_type) + std::string(3, '\0');
  uLongf size = compressBound(raw.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(raw.data()), raw.size());
  packed.resize(size);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + extra + chunk("IDAT", packed) +
         chunk("IEND", "");
}

class Png : public testing::Test {
 protected:
  std::vector<std::uint8_t> colour(const std::string& bytes) {
    return read_png(folder_.write("t.png", bytes)).rgb;
  }
  GrayImage gray(const std::string& bytes) { return read_png_gray(folder_.write("t.png", bytes)); }
  std::string error(const std::string& bytes) {
    return error_of<DataError>([&] { colour(bytes); });
  }
  TempFolder folder_;
};

TEST_F(Png, ColourPicturesReadBackExactly) {
  Image image{3, 5, {}};
  for (int i = 0; i < 45; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i * 37));
  write_png(folder_ / "c.png", image);
  const Image back = read_png(folder_ / "c.png");
  EXPECT_EQ(back.height, 3);
  EXPECT_EQ(back.width, 5);
  EXPECT_EQ(back.rgb, image.rgb);
  EXPECT_EQ(encode_png(image), bytes_of(folder_ / "c.png"));
}

TEST_F(Png, GrayPicturesReadBackExactlyInBothDepths) {
  const GrayImage labels{1, 4, 8, {0, 1, 254, 255}};
  write_png_gray(folder_ / "l.png", labels);
  EXPECT_EQ(read_png_gray(folder_ / "l.png").data, labels.data);
  EXPECT_EQ(read_png_gray(folder_ / "l.png").bits, 8);
  const GrayImage depth{2, 2, 16, {0, 1, 0x1234, 0xffff}};
  write_png_gray(folder_ / "d.png", depth);
  EXPECT_EQ(read_png_gray(folder_ / "d.png").data, depth.data);
  EXPECT_EQ(read_png_gray(folder_ / "d.png").bits, 16);
  EXPECT_EQ(read_png_gray(folder_ / "d.png").height, 2);
}

TEST_F(Png, EveryColourTypeBecomesRgb) {
  const std::string palette = chunk("PLTE", "\x01\x02\x03\x0a\x0b\x0c");
  using Bytes = std::vector<std::uint8_t>;
  EXPECT_EQ(colour(png_bytes(1, 1, 8, 0, std::string("\0\x40", 2))), (Bytes{64, 64, 64}));
  EXPECT_EQ(colour(png_bytes(2, 1, 1, 0, std::string("\0\x40", 2))),
            (Bytes{0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(colour(png_bytes(2, 1, 1, 3, std::string("\0\x40", 2), palette)),
            (Bytes{1, 2, 3, 10, 11, 12}));
  EXPECT_EQ(colour(png_bytes(1, 1, 8, 4, std::string("\0\x40\x07", 3))), (Bytes{64, 64, 64}));
  EXPECT_EQ(colour(png_bytes(1, 1, 8, 6, std::string("\0\x05\x06\x07\x01", 5))), (Bytes{5, 6, 7}));
  EXPECT_EQ(colour(png_bytes(1, 1, 16, 2, std::string("\0\xff\xff\x80\x80\0\0", 7))),
            (Bytes{255, 128, 0}));
  EXPECT_EQ(colour(png_bytes(2, 1, 1, 3, std::string("\0\x40", 2),
                             palette + chunk("tRNS", std::string("\0", 1)))),
            (Bytes{1, 2, 3, 10, 11, 12}));
}

TEST_F(Png, GrayKeepsSampleValuesAndPaletteIndices) {
  using Values = std::vector<std::uint16_t>;
  const std::string palette = chunk("PLTE", "\x01\x02\x03\x0a\x0b\x0c");
  EXPECT_EQ(gray(png_bytes(2, 1, 2, 0, std::string("\0\xb0", 2))).data, (Values{2, 3}));
  EXPECT_EQ(gray(png_bytes(2, 1, 1, 3, std::string("\0\x40", 2), palette)).data, (Values{0, 1}));
  EXPECT_EQ(gray(png_bytes(1, 1, 16, 0, std::string("\0\x12\x34", 3))).data, Values{0x1234});
  EXPECT_EQ(gray(png_bytes(1, 1, 8, 4, std::string("\0\x40\x07", 3))).data, Values{64});
  EXPECT_HAS(error_of<DataError>([&] { gray(png_bytes(1, 1, 8, 2, std::string(4, '\0'))); }),
             "image: expected one channel (gray or palette), got a colour picture");
}

TEST_F(Png, OtherFormatsAreRefusedByName) {
  EXPECT_HAS(error("\xff\xd8\xff\xe0 and more"),
             "image: expected a PNG file, got JPEG (convert it to PNG)");
  EXPECT_HAS(error("GIF89a"), "got GIF");
  EXPECT_HAS(error("RIFF....WEBP"), "got WebP");
  EXPECT_HAS(error("BM"), "got BMP");
  EXPECT_HAS(error(""), "got an empty file");
  EXPECT_HAS(error("just text"), "got something else");
  EXPECT_HAS(error_of<DataError>([&] { read_png(folder_.path()); }), "got a folder");
  EXPECT_HAS(error_of<DataError>([&] { read_png(folder_ / "none.png"); }),
             "No such file or directory");
}

TEST_F(Png, SizesBeyondTheLimitAreRefusedBeforeAllocation) {
  EXPECT_HAS(error(png_bytes(16385, 1, 8, 0, "")),
             "expected sides of 1..16384 pixels, got 16385 x 1");
  EXPECT_HAS(error(png_bytes(1, 0xffffffff, 8, 0, "")), "got 1 x 4294967295");
  EXPECT_HAS(error(png_bytes(0, 5, 8, 0, "")), "got 0 x 5");
  EXPECT_HAS(error(png_bytes(16384, 16384, 8, 6, "")), "expected data for 16384 x 16384 pixels");
}

TEST_F(Png, ATruncatedOrDamagedFileIsRefusedNotHalfRead) {
  Image image{16, 16, std::vector<std::uint8_t>(768)};
  for (std::size_t i = 0; i < 768; ++i) image.rgb[i] = static_cast<std::uint8_t>(i * i);
  const std::string whole = encode_png(image);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_NE(error(whole.substr(0, size)), "(no error)") << size;
  }
  std::string flipped = whole;
  flipped[whole.size() / 2] ^= 1;
  EXPECT_HAS(error(flipped), "image: expected a whole and undamaged PNG file, got ");
}

TEST_F(Png, DamagedFilesNeverDoMoreThanThrow) {
  const std::string whole = encode_png({4, 4, std::vector<std::uint8_t>(48, 9)});
  tests::Random random(3);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    refused += error(tests::damaged(whole, &random)) != "(no error)" ? 1 : 0;
  }
  EXPECT_GT(refused, 2000);
}

TEST_F(Png, WritersRefuseWhatDoesNotFit) {
  EXPECT_HAS(error_of<DataError>([&] {
               write_png(folder_ / "w", {2, 2, {1, 2, 3}});
             }),
             "got 2 x 2 with 3 bytes");
  EXPECT_HAS(error_of<DataError>([&] { write_png(folder_ / "w", {0, 0, {}}); }), "got 0 x 0");
  EXPECT_HAS(error_of<DataError>([&] {
               write_png_gray(folder_ / "w", {1, 1, 8, {256}});
             }),
             "expected 8 or 16 bits, got 8 with value 256");
  EXPECT_HAS(error_of<DataError>([&] {
               write_png_gray(folder_ / "w", {1, 1, 4, {1}});
             }),
             "got 4 with value 1");
  EXPECT_EQ(folder_.entries(), 0);
  EXPECT_HAS(error_of<DataError>([&] {
               write_png("/dev/full", {1, 1, {1, 2, 3}});
             }),
             "No space left");
}

TEST(Resize, TheSameSizeIsACopy) {
  const Image image{1, 2, {1, 2, 3, 4, 5, 6}};
  EXPECT_EQ(resize_bilinear(image, 1, 2).rgb, image.rgb);
}

TEST(Resize, AConstantPictureStaysConstant) {
  for (const int value : {0, 1, 127, 255}) {
    const Image image{7, 5, std::vector<std::uint8_t>(105, static_cast<std::uint8_t>(value))};
    for (const auto& [height, width] : {std::pair(3, 11), {1, 1}, {14, 2}, {128, 256}}) {
      const Image result = resize_bilinear(image, height, width);
      ASSERT_EQ(result.rgb, std::vector<std::uint8_t>(static_cast<std::size_t>(height * width * 3),
                                                      static_cast<std::uint8_t>(value)));
    }
  }
}

TEST(Resize, EnlargingInterpolatesBetweenPixelCentres) {
  const Image image{1, 2, {0, 0, 0, 100, 100, 100}};
  const std::vector<std::uint8_t> row = resize_bilinear(image, 1, 4).rgb;
  EXPECT_EQ((std::vector<std::uint8_t>{row[0], row[3], row[6], row[9]}),
            (std::vector<std::uint8_t>{0, 25, 75, 100}));
}

TEST(Resize, HalvingAveragesAllPixelsSoThatStripesDoNotAlias) {
  Image stripes{1, 64, {}};
  for (int x = 0; x < 64; ++x) stripes.rgb.insert(stripes.rgb.end(), 3, x % 2 == 0 ? 0 : 200);
  const Image half = resize_bilinear(stripes, 1, 32);
  for (std::size_t x = 1; x < 31; ++x) EXPECT_NEAR(half.rgb[x * 3], 100, 1);
}

TEST(Resize, ChannelsAndAxesAreNotMixed) {
  Image image{2, 1, {10, 20, 30, 50, 60, 70}};
  const Image tall = resize_bilinear(image, 4, 1);
  EXPECT_EQ((std::vector<std::uint8_t>(tall.rgb.begin() + 3, tall.rgb.begin() + 6)),
            (std::vector<std::uint8_t>{20, 30, 40}));
}

TEST(Resize, ImpossibleSizesAreRefused) {
  const Image image{1, 1, {1, 2, 3}};
  EXPECT_HAS(error_of<DataError>([&] { resize_bilinear(image, 0, 1); }),
             "expected sides of 1..16384");
  EXPECT_HAS(error_of<DataError>([&] { resize_bilinear(image, 1, 16385); }), "got 1x1 to 1x16385");
  EXPECT_HAS(error_of<DataError>([&] { resize_bilinear({1, 2, {1}}, 1, 1); }), "expected sides");
}

}  // namespace
}  // namespace edgemoe::models
