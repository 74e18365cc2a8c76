// SPDX-License-Identifier: Apache-2.0
#include "models/io/npy.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "models/io/error.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::models {
namespace {

using tests::bytes_of;
using tests::error_of;
using tests::TempFolder;

std::string npy_bytes(const std::string& dictionary, const std::string& data, char version = 1) {
  std::string bytes("\x93NUMPY", 6);
  bytes += version;
  bytes += '\0';
  const auto length = static_cast<std::uint32_t>(dictionary.size());
  bytes.append(reinterpret_cast<const char*>(&length), version == 1 ? 2 : 4);
  return bytes + dictionary + data;
}

std::string dictionary(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

class Npy : public testing::Test {
 protected:
  Tensor read(const std::string& bytes) { return read_npy(folder_.write("t.npy", bytes)); }
  std::string error(const std::string& bytes) {
    return error_of<DataError>([&] { read(bytes); });
  }
  TempFolder folder_;
};

TEST_F(Npy, WrittenTensorsReadBackExactly) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{6}, {2, 3}, {1, 6, 1}, {3, 2, 1, 1}}) {
    const Tensor tensor{shape, {1.5F, -2.0F, 0.1F, 1e-40F, 3e38F, 0.0F}};
    write_npy(folder_ / "t", tensor);
    EXPECT_EQ(read_npy(folder_ / "t").shape, shape);
    EXPECT_EQ(read_npy(folder_ / "t").data, tensor.data);
  }
}

TEST_F(Npy, ScalarsAndEmptyTensorsReadBack) {
  write_npy(folder_ / "s", {{}, {7.0F}});
  EXPECT_TRUE(read_npy(folder_ / "s").shape.empty());
  EXPECT_EQ(read_npy(folder_ / "s").data, std::vector<float>{7.0F});
  write_npy(folder_ / "e", {{0, 4}, {}});
  EXPECT_EQ(read_npy(folder_ / "e").shape, (std::vector<std::int64_t>{0, 4}));
}

TEST_F(Npy, TheHeaderIsWhatNumpyWritesAndDataIsAligned) {
  write_npy(folder_ / "t", {{2, 3}, std::vector<float>(6)});
  const std::string bytes = bytes_of(folder_ / "t");
  EXPECT_EQ(bytes.size(), 128U + 24U);
  EXPECT_EQ(bytes.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(bytes.substr(10, 59), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  EXPECT_EQ(bytes[127], '\n');
}

TEST_F(Npy, IntegersAreWrittenAsInt32) {
  write_npy_int32(folder_ / "i", {3}, {0, -5, INT32_MIN});
  EXPECT_HAS(bytes_of(folder_ / "i"), "'descr': '<i4'");
  EXPECT_HAS(bytes_of(folder_ / "i"), "'shape': (3,)");
  EXPECT_EQ(read_npy(folder_ / "i").data, (std::vector<float>{0.0F, -5.0F, -2147483648.0F}));
}

TEST_F(Npy, DoublesKeepTheirPrecisionOnRequest) {
  const double value = 0.1;
  const std::string data(reinterpret_cast<const char*>(&value), 8);
  const auto path = folder_.write("d.npy", npy_bytes(dictionary("<f8", "(1,)"), data));
  EXPECT_EQ(read_npy_f64(path).data, std::vector<double>{0.1});
  EXPECT_EQ(read_npy(path).data, std::vector<float>{0.1F});
}

TEST_F(Npy, AllVersionsAndSmallTypesAreRead) {
  for (const char version : {1, 2, 3}) {
    EXPECT_EQ(read(npy_bytes(dictionary("|u1", "(2,)"), "\x01\xff", version)).data,
              (std::vector<float>{1.0F, 255.0F}));
  }
  EXPECT_EQ(read(npy_bytes(dictionary("|i1", "(1,)"), "\xff")).data, std::vector<float>{-1.0F});
  EXPECT_EQ(read(npy_bytes(dictionary("<f2", "(1,)"), std::string("\x00\x3c", 2))).data,
            std::vector<float>{1.0F});
  EXPECT_EQ(read(npy_bytes(dictionary("<i8", "()"), std::string("\x05\0\0\0\0\0\0\0", 8))).data,
            std::vector<float>{5.0F});
}

TEST_F(Npy, WhatIsNotAnNpyFileIsRefused) {
  EXPECT_HAS(error(""), "header: expected an .npy file, got something else");
  EXPECT_HAS(error("PK\x03\x04 an archive of arrays"), "expected an .npy file");
  EXPECT_HAS(error(npy_bytes("", "", 9)), "header: expected version 1, 2 or 3, got 9");
  EXPECT_HAS(error(npy_bytes(dictionary("<f4", "(1,)"), "").substr(0, 40)),
             "got the end of the file");
}

TEST_F(Npy, AHeaderOfAnotherFormIsRefused) {
  const auto with = [&](const std::string& text) { return error(npy_bytes(text, "")); };
  EXPECT_HAS(with("[1]"), "header: expected '{', got \"[1]\"");
  EXPECT_HAS(with("{'descr': '<f4', 'shape': (0,)}"),
             "expected the keys descr, fortran_order and shape");
  EXPECT_HAS(with("{'descr': '<f4', 'descr': '<f4'}"), "expected each key once");
  EXPECT_HAS(with("{'other': 1}"), "expected only the keys");
  EXPECT_HAS(with("{'descr': [('a', '<f4')]}"), "expected a quoted string");
  EXPECT_HAS(with("{'fortran_order': 1}"), "expected True or False");
  EXPECT_HAS(with("{'shape': (-1,)}"), "expected a size of 0 or more");
  EXPECT_HAS(with("{'shape': (99999999999999999999,)}"), "expected a size of 0 or more");
  EXPECT_HAS(with("{'descr'"), "expected ':'");
}

TEST_F(Npy, OtherTypesAndOrdersAreRefused) {
  EXPECT_HAS(error(npy_bytes(dictionary(">f4", "(0,)"), "")),
             "descr: expected <f2, <f4, <f8 or an integer");
  EXPECT_HAS(error(npy_bytes(dictionary("|O", "(0,)"), "")), "got \"|O\"");
  EXPECT_HAS(error(npy_bytes("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 1), }", "x")),
             "fortran_order: expected False, got True");
}

TEST_F(Npy, TheShapeMustFitTheData) {
  EXPECT_HAS(error(npy_bytes(dictionary("|u1", "(3,)"), "ab")),
             "data: expected a shape of 2 elements, got [3]");
  EXPECT_HAS(error(npy_bytes(dictionary("<f4", "(1,)"), "abcde")),
             "expected whole elements, got 5 bytes");
  EXPECT_HAS(error(npy_bytes(dictionary("|u1", "(4294967296, 4294967296)"), "")),
             "a shape of 0 elements");
  EXPECT_HAS(error_of<DataError>([&] {
               write_npy(folder_ / "w", {{2}, {1.0F}});
             }),
             "tensor: expected a shape of 1 elements, got [2]");
}

TEST_F(Npy, DamagedFilesNeverDoMoreThanThrow) {
  write_npy(folder_ / "w", {{2, 3}, {1, 2, 3, 4, 5, 6}});
  const std::string whole = bytes_of(folder_ / "w");
  tests::Random random(2);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    refused += error(tests::damaged(whole, &random)) != "(no error)" ? 1 : 0;
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace edgemoe::models
