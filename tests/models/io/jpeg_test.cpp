// SPDX-License-Identifier: Apache-2.0
#include "models/io/jpeg.hpp"

#include "models/io/error.hpp"
#include "tests/models/io/jpeg_writer.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::models {
namespace {

using tests::error_of;
using tests::jpeg_bytes;

Image gradient(int height, int width) {
  Image image{height, width, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      image.rgb.insert(image.rgb.end(),
                       {static_cast<std::uint8_t>(4 * x), static_cast<std::uint8_t>(3 * y), 128});
  }
  return image;
}

class Jpeg : public ::testing::Test {
 protected:
  Image read(const std::string& bytes) const { return read_jpeg(folder_.write("a.jpg", bytes)); }
  std::string failure(const std::string& bytes) const {
    return error_of<DataError>([&] { read(bytes); });
  }
  tests::TempFolder folder_;
};

TEST_F(Jpeg, PicturesReadBackWithinTheCodecsError) {
  const Image image = gradient(17, 33);
  const Image got = read(jpeg_bytes(image));
  ASSERT_EQ(got.height, 17);
  ASSERT_EQ(got.width, 33);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) ASSERT_NEAR(got.rgb[i], image.rgb[i], 12) << i;
}

TEST_F(Jpeg, GrayBecomesEqualChannels) {
  const Image got = read(jpeg_bytes(gradient(8, 8), 1));
  for (std::size_t i = 0; i < got.rgb.size(); i += 3) {
    EXPECT_EQ(got.rgb[i], got.rgb[i + 1]);
    EXPECT_EQ(got.rgb[i], got.rgb[i + 2]);
  }
}

TEST_F(Jpeg, OtherFilesAndColourSpacesAreRefused) {
  EXPECT_HAS(failure("\x89PNG\r\n"),
             "a.jpg: error: image: expected a JPEG file, got something else");
  EXPECT_HAS(failure(""), "an empty file");
  EXPECT_HAS(failure(jpeg_bytes(gradient(8, 8), 4)), "expected gray or RGB, got 4 components");
}

TEST_F(Jpeg, ATruncatedFileIsRefusedNotHalfRead) {
  const std::string whole = jpeg_bytes(gradient(64, 64));
  for (const std::size_t part : {whole.size() / 3, whole.size() / 2, whole.size() - 40})
    EXPECT_HAS(failure(whole.substr(0, part)), "expected a whole JPEG file") << part;
}

TEST_F(Jpeg, ClaimedSizesAreCheckedBeforeMemoryIsTaken) {
  std::string bytes = jpeg_bytes(gradient(8, 8));
  const std::size_t frame = bytes.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  bytes.replace(frame + 5, 4, "\x3f\xff\x3f\xff");
  EXPECT_HAS(failure(bytes), "expected data for 16383 x 16383 pixels");
  bytes.replace(frame + 5, 4, "\x40\x01\x40\x01");
  EXPECT_HAS(failure(bytes), "sides of 1..16384 pixels");
}

TEST_F(Jpeg, DamagedFilesNeverDoMoreThanThrow) {
  const std::string whole = jpeg_bytes(gradient(32, 32));
  tests::Random random(2);
  for (int i = 0; i < 3000; ++i) {
    try {
      read(tests::damaged(whole, &random));
    } catch (const DataError&) {
    }
  }
}

}  // namespace
}  // namespace edgemoe::models
