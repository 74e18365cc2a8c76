// SPDX-License-Identifier: Apache-2.0
#include "host/run/images.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "host/run/locate.hpp"
#include "models/io/error.hpp"
#include "models/io/png.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

namespace fs = std::filesystem;

models::ImageConfig size_of(int height, int width) {
  models::ImageConfig size;
  size.height = height;
  size.width = width;
  return size;
}

class Images : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(::testing::TempDir()) /
        ("images_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, int height, int width) {
    models::Image image{height, width,
                        std::vector<std::uint8_t>(static_cast<std::size_t>(3 * height * width), 9)};
    models::write_png(folder_ / name, image);
    return (folder_ / name).string();
  }
  void write_gray(const std::string& name, int height, int width, int bits) {
    models::GrayImage image{
        height, width, bits,
        std::vector<std::uint16_t>(static_cast<std::size_t>(height * width), 2)};
    models::write_png_gray(folder_ / name, image);
  }
  InputImage load(const std::string& path, int height = 32, int width = 64) {
    return load_image(list_images({path})[0], size_of(height, width));
  }

  fs::path folder_;
};

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const models::DataError& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST_F(Images, FolderGivesItsImagesWithoutLabelsInOrder) {
  write("b.png", 32, 64);
  write("a.png", 32, 64);
  write_gray("a.labels.png", 32, 64, 8);
  write_gray("a.depth.png", 32, 64, 16);
  std::ofstream(folder_ / "notes.txt") << "x";
  const auto files = list_images({folder_.string()});
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].name, "a");
  EXPECT_EQ(files[1].name, "b");
}

TEST_F(Images, EqualNamesAreToldApart) {
  const std::string path = write("a.png", 32, 64);
  const auto files = list_images({path, path, path});
  EXPECT_EQ(files[1].name, "a-2");
  EXPECT_EQ(files[2].name, "a-3");
}

TEST_F(Images, NameThatLooksLikeANumberedOneIsNoExcuseToOverwriteIt) {
  const std::string plain = write("a.png", 32, 64), numbered = write("a-2.png", 32, 64);
  const auto files = list_images({plain, plain, numbered});
  EXPECT_EQ(files[1].name, "a-2");
  EXPECT_EQ(files[2].name, "a-2-2");
}

TEST_F(Images, NamesNeverLeaveTheOutputFolderNorHideTheReport) {
  const auto files = list_images({write("...png", 32, 64), write("..png", 32, 64),
                                  write("report.json.png", 32, 64), write("x\ny.png", 32, 64)});
  EXPECT_EQ(files[0].name, "..-2");
  EXPECT_EQ(files[1].name, ".-2");
  EXPECT_EQ(files[2].name, "report.json-2");
  EXPECT_EQ(files[3].name, "x_y");
}

TEST_F(Images, CapitalEndingsAreFoundInFolders) {
  write("a.PNG", 32, 64);
  EXPECT_EQ(list_images({folder_.string()}).size(), 1u);
}

TEST_F(Images, LabelsBesideTheImageAreFound) {
  write_gray("a.labels.png", 32, 64, 8);
  write_gray("a.depth.png", 32, 64, 16);
  const InputImage image = load(write("a.png", 32, 64));
  ASSERT_TRUE(image.truth.semseg && image.truth.depth);
  EXPECT_EQ(image.truth.semseg->data[0], 2);
  EXPECT_EQ(image.truth.depth->shape, (std::vector<std::int64_t>{1, 32, 64}));
  EXPECT_TRUE(image.note.empty());
}

TEST_F(Images, AnotherSizeIsResizedWithANoteAndItsLabelsToo) {
  write_gray("a.labels.png", 48, 96, 8);
  const InputImage image = load(write("a.png", 48, 96));
  EXPECT_EQ(image.pixels.width, 64);
  EXPECT_EQ(image.pixels.height, 32);
  EXPECT_EQ(image.truth.semseg->width, 64);
  EXPECT_NE(image.note.find("resized from 96 x 48 to 64 x 32"), std::string::npos);
}

TEST_F(Images, AspectRatioOutsideFourToThreeAndThreeToOneIsRefused) {
  EXPECT_NO_THROW(load(write("low.png", 30, 40)));
  EXPECT_NO_THROW(load(write("high.png", 30, 90)));
  EXPECT_NE(message_of([&] { load(write("square.png", 30, 39)); }).find("4:3 to 3:1, got 39 x 30"),
            std::string::npos);
  EXPECT_NE(message_of([&] { load(write("wide.png", 30, 91)); }).find("4:3 to 3:1, got 91 x 30"),
            std::string::npos);
}

TEST_F(Images, AspectRatioOfTheModelIsAlwaysAccepted) {
  EXPECT_NO_THROW(load(write("tall.png", 64, 32), 128, 64));
}

TEST_F(Images, LabelsOfAnotherSizeThanTheirImageAreRefused) {
  write_gray("a.labels.png", 16, 32, 8);
  EXPECT_NE(
      message_of([&] { load(write("a.png", 32, 64)); }).find("expected the size of its image"),
      std::string::npos);
}

TEST_F(Images, MissingPathEmptyFolderAndNoImageAreErrors) {
  EXPECT_NE(
      message_of([&] { list_images({(folder_ / "no.png").string()}); }).find("got nothing there"),
      std::string::npos);
  EXPECT_NE(message_of([&] { list_images({folder_.string()}); }).find("at least one .png"),
            std::string::npos);
  std::ofstream(folder_ / "fake.png") << "this is no picture";
  EXPECT_THROW(load((folder_ / "fake.png").string()), models::DataError);
}

TEST_F(Images, NoPathAtAllNamesTheOption) {
  EXPECT_EQ(message_of([] { list_images({""}); }),
            "--image: error: expected a file or folder, got \"\"");
}

TEST(GeneratedImage, DependsOnTheSeedOnly) {
  const auto a = generated_image(size_of(32, 64), 1), b = generated_image(size_of(32, 64), 1),
             c = generated_image(size_of(32, 64), 2);
  EXPECT_EQ(a.pixels.rgb, b.pixels.rgb);
  EXPECT_NE(a.pixels.rgb, c.pixels.rgb);
  EXPECT_EQ(a.pixels.rgb.size(), 32u * 64u * 3u);
}

TEST(Locations, NamesPathsAndNearMisses) {
  const Locations at(EDGEMOE_SOURCE_DIR);
  EXPECT_EQ(at.design("m3-test").filename(), "m3-test.yaml");
  EXPECT_EQ(at.board("zcu102").filename(), "zcu102.yaml");
  EXPECT_THROW(at.model("./no/such/model"), models::DataError);
  try {
    at.design("m3-tset");
    FAIL();
  } catch (const models::ConfigError& error) {
    EXPECT_NE(error.messages()[0].find("did you mean \"m3-test\"?"), std::string::npos);
  }
}

TEST(Locations, FolderThatIsNotThereHasNoNames) {
  EXPECT_TRUE(Locations("/nowhere").models().empty());
}

}  // namespace
}  // namespace edgemoe::host
