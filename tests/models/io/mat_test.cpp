// SPDX-License-Identifier: Apache-2.0
#include "models/io/mat.hpp"

#include "models/io/error.hpp"
#include "tests/models/io/mat_writer.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::models {
namespace {

namespace mat = tests::mat;
using tests::error_of;

std::map<std::string, MatArray> parse(const std::string& bytes) {
  return parse_mat("a.mat", bytes);
}
std::string failure(const std::string& bytes) {
  return error_of<DataError>([&] { parse(bytes); });
}

TEST(Mat, NumbersComeByColumnsWhateverTheyAreStoredAs) {
  const auto variables =
      parse(mat::file(mat::bytes(2, 3, {1, 2, 3, 4, 5, 255}, "LabelMap") + mat::number(-2.5, "x")));
  const MatArray& map = variables.at("LabelMap");
  EXPECT_EQ(map.shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(map.numbers, (std::vector<double>{1, 2, 3, 4, 5, 255}));
  EXPECT_EQ(variables.at("x").numbers, std::vector<double>{-2.5});
}

TEST(Mat, CompressedVariablesEqualPlainOnes) {
  const std::string map = mat::bytes(40, 50, std::vector<std::uint8_t>(2000, 7), "m");
  EXPECT_EQ(
      parse(mat::file(mat::compressed(map) + mat::compressed(mat::number(1, "n")))).at("m").numbers,
      parse(mat::file(map)).at("m").numbers);
}

TEST(Mat, StructuresAndTextAreNested) {
  const std::string parts = mat::structure(
      {"part_name", "mask"}, 2,
      {mat::text("head"), mat::bytes(1, 1, {1}), mat::text("lfoot"), mat::bytes(1, 1, {0})});
  const auto variables = parse(mat::file(mat::compressed(
      mat::structure({"class_ind", "parts"}, 1, {mat::number(15), parts}, "anno"))));
  const MatArray& anno = variables.at("anno");
  EXPECT_EQ(anno.fields, (std::vector<std::string>{"class_ind", "parts"}));
  EXPECT_EQ(anno.field(0, 0)->numbers[0], 15);
  EXPECT_EQ(anno.field(0, 1)->field(1, 0)->text(), "lfoot");
  EXPECT_EQ(anno.field(1, 0), nullptr);
  EXPECT_EQ(anno.field(0, 2), nullptr);
}

TEST(Mat, EmptyArraysAndFilesAreNothing) {
  EXPECT_TRUE(parse(mat::file("")).empty());
  const auto variables =
      parse(mat::file(mat::structure({"parts"}, 1, {mat::element(14, "")}, "a")));
  EXPECT_EQ(variables.at("a").field(0, 0)->elements(), 0u);
}

TEST(Mat, WhatIsNotReadIsRefused) {
  EXPECT_HAS(failure("not a mat file"),
             "a.mat: error: mat: expected a little-endian MATLAB 5 file");
  EXPECT_HAS(failure(mat::file(mat::array(5, {1, 1}, "s", ""))), "an array of class 5");
  EXPECT_HAS(
      failure(mat::file(mat::array(6, {1, 1}, "c", mat::element(9, std::string(8, 'x')), 0x08))),
      "complex");
}

TEST(Mat, SizesThatLieAreRefusedBeforeMemoryIsTaken) {
  const std::string good = mat::bytes(2, 3, {1, 2, 3, 4, 5, 6}, "m");
  EXPECT_HAS(failure(mat::file(good.substr(0, good.size() - 9))), "got the end of the file");
  EXPECT_HAS(failure(mat::file(mat::array(9, {2, 4}, "m", mat::element(2, "123456")))),
             "expected 8 elements, got 6 bytes");
  EXPECT_HAS(failure(mat::file(mat::array(9, {2147483647, 2147483647}, "m", mat::element(2, "1")))),
             "at most 67108864 elements");
  EXPECT_HAS(failure(mat::file(mat::array(9, {-1, 1}, "m", mat::element(2, "1")))),
             "dimensions of 0 or more");
  EXPECT_HAS(failure(mat::file(mat::array(1, {1000, 2000}, "c", ""))), "at most 1000000 cells");
  std::string nested = mat::number(1);
  for (int i = 0; i < 40; ++i) nested = mat::array(1, {1, 1}, "", nested);
  EXPECT_HAS(failure(mat::file(nested)), "at most 32 levels");
}

TEST(Mat, CompressedDataCannotGrowWithoutEnd) {
  EXPECT_HAS(failure(mat::file(mat::compressed(mat::array(
                 9, {8192, 8192}, "m", mat::element(2, std::string(std::size_t{70} << 20, 'x')))))),
             "bytes inflated");
  std::string broken = mat::compressed(mat::number(1, "n"));
  broken[20] = static_cast<char>(broken[20] ^ 0x55);
  EXPECT_HAS(failure(mat::file(broken)), "a.mat: error: mat");
}

TEST(Mat, DamagedFilesNeverDoMoreThanThrow) {
  const std::string parts =
      mat::structure({"part_name", "mask"}, 1,
                     {mat::text("head"), mat::bytes(4, 4, std::vector<std::uint8_t>(16, 1))});
  const std::string whole =
      mat::file(mat::structure({"a", "parts"}, 1, {mat::number(15), parts}, "anno") +
                mat::compressed(mat::bytes(9, 9, std::vector<std::uint8_t>(81, 3), "m")));
  tests::Random random(1);
  for (int i = 0; i < 5000; ++i) {
    try {
      parse(tests::damaged(whole, &random));
    } catch (const DataError&) {
    }
  }
}

}  // namespace
}  // namespace edgemoe::models
