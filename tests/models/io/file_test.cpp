// SPDX-License-Identifier: Apache-2.0
#include "models/io/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <cstring>

#include "models/io/error.hpp"
#include "models/io/half.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::models {
namespace {

using tests::bytes_of;
using tests::error_of;
using tests::TempFolder;

TEST(WriteFile, ReplacesTheWholeContentAndLeavesNoTemporaryFile) {
  const TempFolder folder;
  const auto path = folder.write("a.txt", "a longer old content");
  write_file_atomically(path, "new");
  EXPECT_EQ(bytes_of(path), "new");
  write_file_atomically(path, "");
  EXPECT_EQ(bytes_of(path), "");
  EXPECT_EQ(folder.entries(), 1);
}

TEST(WriteFile, KeepsTheUsualPermissions) {
  const TempFolder folder;
  const mode_t mask = umask(022);
  write_file_atomically(folder / "a", "x");
  umask(mask);
  struct stat status {};
  ASSERT_EQ(stat((folder / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644U);
}

TEST(WriteFile, ReplacesTheTargetOfALinkAndKeepsTheLink) {
  const TempFolder folder;
  folder.write("target", "old");
  std::filesystem::create_symlink("target", folder / "link");
  write_file_atomically(folder / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(bytes_of(folder / "target"), "new");
}

TEST(WriteFile, MissingFolderIsAnErrorWithTheReason) {
  const TempFolder folder;
  const auto path = folder.path() / "missing" / "a.txt";
  EXPECT_EQ(error_of<DataError>([&] { write_file_atomically(path, "x"); }),
            path.string() + ": error: cannot write: No such file or directory");
  EXPECT_EQ(folder.entries(), 0);
}

TEST(WriteFile, AFileWhereAFolderBelongsIsAnError) {
  const TempFolder folder;
  folder.write("file", "x");
  EXPECT_HAS(error_of<DataError>([&] { write_file_atomically(folder.path() / "file" / "a", "x"); }),
             "cannot write: Not a directory");
}

TEST(WriteFile, AFolderWhereAFileBelongsIsAnError) {
  const TempFolder folder;
  EXPECT_HAS(error_of<DataError>([&] { write_file_atomically(folder.path(), "x"); }),
             "cannot write: Is a directory");
}

TEST(WriteFile, AFullDeviceIsAnErrorWithTheReason) {
  EXPECT_EQ(error_of<DataError>([] { write_file_atomically("/dev/full", "x"); }),
            "/dev/full: error: cannot write: No space left on device");
}

TEST(WriteFile, ADeviceIsWrittenInPlace) {
  write_file_atomically("/dev/null", "x");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(ReadFile, RefusesMoreThanTheLimitAndWhatIsNoFile) {
  const TempFolder folder;
  const auto path = folder.write("a", "12345");
  EXPECT_EQ(read_file(path, 5), "12345");
  EXPECT_HAS(error_of<DataError>([&] { read_file(path, 4); }),
             "file: expected at most 4 bytes, got 5");
  EXPECT_HAS(error_of<DataError>([&] { read_file(folder.path(), 4); }), "got a folder");
  EXPECT_HAS(error_of<DataError>([] { read_file("/dev/zero", 4); }), "expected a regular file");
  EXPECT_HAS(error_of<DataError>([&] { read_file(folder / "b", 4); }),
             "cannot read: No such file or directory");
}

TEST(ReadFile, DoesNotWaitForAPipe) {
  const TempFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_HAS(error_of<DataError>([&] { read_file(folder / "pipe", 4); }),
             "expected a regular file");
}

TEST(MappedFile, AnEmptyFileHasNoBytes) {
  const TempFolder folder;
  const MappedFile file(folder.write("a", ""));
  EXPECT_EQ(file.size(), 0U);
}

TEST(Half, EveryValueSurvivesTheWayToFloatAndBack) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_to_float(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value))));
    } else {
      ASSERT_EQ(float_to_half(value), half) << value;
    }
  }
}

TEST(Half, RoundsToNearestAndTiesToEven) {
  for (std::uint32_t bits = 0; bits < 0x7bff; ++bits) {  // every pair of positive neighbours
    const float low = half_to_float(static_cast<std::uint16_t>(bits));
    const float high = half_to_float(static_cast<std::uint16_t>(bits + 1));
    const float middle = (low + high) / 2;  // exact in float
    ASSERT_EQ(float_to_half(middle), bits + (bits & 1));
    ASSERT_EQ(float_to_half(std::nextafter(middle, low)), bits);
    ASSERT_EQ(float_to_half(std::nextafter(middle, high)), bits + 1);
    ASSERT_EQ(float_to_half(-middle), (bits + (bits & 1)) | 0x8000);
  }
}

TEST(Half, OverflowsToInfinityFromTheMiddleBeyondTheLargest) {
  EXPECT_EQ(float_to_half(65504.0F), 0x7bff);
  EXPECT_EQ(float_to_half(65519.996F), 0x7bff);
  EXPECT_EQ(float_to_half(65520.0F), 0x7c00);
  EXPECT_EQ(float_to_half(-1e30F), 0xfc00);
  EXPECT_EQ(float_to_half(1e-30F), 0);
  EXPECT_EQ(float_to_half(-1e-30F), 0x8000);
}

}  // namespace
}  // namespace edgemoe::models
