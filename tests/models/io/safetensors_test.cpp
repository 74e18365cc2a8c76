// SPDX-License-Identifier: Apache-2.0
#include "models/io/safetensors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "models/io/error.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::models {
namespace {

using tests::bytes_of;
using tests::error_of;
using tests::TempFolder;

/// A file with this header text and these data bytes.
std::string file_bytes(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + data;
}

class Safetensors : public testing::Test {
 protected:
  TensorMap read(const std::string& header, const std::string& data,
                 NonFinite non_finite = NonFinite::kAllow) {
    return read_safetensors(folder_.write("t.safetensors", file_bytes(header, data)), non_finite);
  }
  std::string error(const std::string& header, const std::string& data,
                    NonFinite non_finite = NonFinite::kAllow) {
    return error_of<DataError>([&] { read(header, data, non_finite); });
  }
  template <typename T>
  std::vector<float> read_as(const std::string& dtype, const std::vector<T>& values) {
    const std::size_t bytes = values.size() * sizeof(T);
    const std::string header = R"({"x":{"dtype":")" + dtype + R"(","shape":[)" +
                               std::to_string(values.size()) + R"(],"data_offsets":[0,)" +
                               std::to_string(bytes) + "]}}";
    return read(header, std::string(reinterpret_cast<const char*>(values.data()), bytes))
        .at("x")
        .data;
  }
  TempFolder folder_;
};

TEST_F(Safetensors, WrittenTensorsReadBackExactly) {
  TensorMap tensors;
  tensors["b"] = {{2, 3}, {1.5F, -0.0F, 1e-30F, 3.4e38F, -7.0F, 0.1F}};
  tensors["a \"quoted\" name"] = {{}, {42.0F}};
  tensors["none"] = {{0, 5}, {}};
  write_safetensors(folder_ / "w", tensors);
  const TensorMap back = read_safetensors(folder_ / "w");
  ASSERT_EQ(back.size(), 3U);
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(back.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(back.at(name).data, tensor.data) << name;
  }
}

TEST_F(Safetensors, NoTensorsAtAllIsAValidFile) {
  write_safetensors(folder_ / "w", {});
  EXPECT_TRUE(read_safetensors(folder_ / "w").empty());
}

TEST_F(Safetensors, F16RoundsToNearestAndRefusesOverflow) {
  TensorMap tensors;
  tensors["x"] = {{3}, {1.0F + 1.0F / 2048, 65504.0F, INFINITY}};
  write_safetensors(folder_ / "w", tensors, StoredType::kF16);
  EXPECT_EQ(read_safetensors(folder_ / "w").at("x").data,
            (std::vector<float>{1.0F, 65504.0F, INFINITY}));
  tensors["x"].data[0] = 70000.0F;
  EXPECT_HAS(
      error_of<DataError>([&] { write_safetensors(folder_ / "w2", tensors, StoredType::kF16); }),
      "error: x: expected values within +-65504 for F16, got 70000");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "w2"));
}

TEST_F(Safetensors, WriterRefusesDataThatDoesNotFitItsShape) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{3}, {2, -1}, {}, {0}, {std::int64_t{1} << 62, 8}}) {
    TensorMap tensors;
    tensors["x"] = {shape, {1.0F, 2.0F}};
    EXPECT_HAS(error_of<DataError>([&] { write_safetensors(folder_ / "w", tensors); }),
               "expected a shape of 2 elements");
  }
}

TEST_F(Safetensors, EveryDtypeIsConverted) {
  const std::vector<float> expected{0.0F, 1.0F, 100.0F};
  EXPECT_EQ(read_as<double>("F64", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<float>("F32", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<std::uint16_t>("F16", {0, 0x3c00, 0x5640}), expected);
  EXPECT_EQ(read_as<std::uint16_t>("BF16", {0, 0x3f80, 0x42c8}), expected);
  EXPECT_EQ(read_as<std::int8_t>("I8", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<std::uint8_t>("U8", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<std::int16_t>("I16", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<std::uint16_t>("U16", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<std::int32_t>("I32", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<std::uint32_t>("U32", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<std::int64_t>("I64", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<std::uint64_t>("U64", {0, 1, 100}), expected);
  EXPECT_EQ(read_as<double>("F64", {0.1}), std::vector<float>{0.1F});
  EXPECT_EQ(read_as<std::int8_t>("I8", {-128}), std::vector<float>{-128.0F});
}

TEST_F(Safetensors, AnIntegerThatFloatCannotHoldIsRefused) {
  EXPECT_EQ(read_as<std::int32_t>("I32", {1 << 24, -(1 << 24)}).size(), 2U);
  const auto message = [&](auto call) { return error_of<DataError>(call); };
  EXPECT_HAS(message([&] { read_as<std::int32_t>("I32", {(1 << 24) + 1}); }),
             "float32 holds exactly");
  EXPECT_HAS(message([&] { read_as<std::int32_t>("I32", {INT32_MAX}); }), "float32 holds exactly");
  EXPECT_HAS(message([&] { read_as<std::uint32_t>("U32", {UINT32_MAX}); }),
             "float32 holds exactly");
  EXPECT_HAS(message([&] { read_as<std::int64_t>("I64", {INT64_MAX}); }), "float32 holds exactly");
  EXPECT_HAS(message([&] { read_as<std::uint64_t>("U64", {UINT64_MAX}); }),
             "float32 holds exactly");
  EXPECT_EQ(read_as<std::int64_t>("I64", {INT64_MIN}), std::vector<float>{-9223372036854775808.0F});
}

TEST_F(Safetensors, NonFiniteValuesAreRefusedOnRequest) {
  const float values[2] = {1.0F, std::numeric_limits<float>::quiet_NaN()};
  const std::string data(reinterpret_cast<const char*>(values), 8);
  const std::string header = R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  EXPECT_TRUE(std::isnan(read(header, data).at("x").data[1]));
  EXPECT_HAS(error(header, data, NonFinite::kRefuse),
             "x: expected finite values, got nan at element 1");
}

TEST_F(Safetensors, MetadataIsSkipped) {
  EXPECT_TRUE(read(R"({"__metadata__":{"format":"pt"}})", "").empty());
}

TEST_F(Safetensors, ATruncatedFileIsRefused) {
  TensorMap tensors;
  tensors["x"] = {{4}, {1, 2, 3, 4}};
  write_safetensors(folder_ / "w", tensors);
  const std::string whole = bytes_of(folder_ / "w");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto path = folder_.write("cut", whole.substr(0, size));
    EXPECT_HAS(error_of<DataError>([&] { read_safetensors(path); }), "error: ");
  }
  EXPECT_HAS(error_of<DataError>([&] { read_safetensors(folder_.write("cut", "1234567")); }),
             "header: expected at least 8 bytes, got 7");
}

TEST_F(Safetensors, TheHeaderLengthMustLieInTheFileAndBelow100MB) {
  const auto path = folder_.write("t", std::string(8, '\xff') + "{}");
  EXPECT_HAS(error_of<DataError>([&] { read_safetensors(path); }),
             "expected a header length of at most 2 bytes, got 18446744073709551615");
}

TEST_F(Safetensors, AHeaderThatIsNotAnObjectOfTensorsIsRefused) {
  EXPECT_HAS(error("[]", ""), "header: expected a JSON object, got array");
  EXPECT_HAS(error("{", ""), "header: expected JSON, got ");
  EXPECT_HAS(error(std::string(100000, '['), ""), "header: expected ");
  EXPECT_HAS(error(R"({"x":3})", ""), "x: expected exactly dtype, shape and data_offsets, got 3");
  EXPECT_HAS(error(R"({"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"more":1}})", ""),
             "x: expected exactly dtype");
  EXPECT_HAS(error(R"({"x":{"dtype":"F8","shape":[0],"data_offsets":[0,0]}})", ""),
             "x: expected a dtype of F64");
}

TEST_F(Safetensors, NestingAndNumberOfHeaderValuesAreLimited) {
  EXPECT_HAS(error(R"({"x":[[[[[1]]]]]})", ""), "got deeper nesting");
  std::string many = "{\"x\":[0";
  many.reserve(5'000'000);
  for (int i = 0; i < 2'000'000; ++i) many += ",0";
  EXPECT_HAS(error(many + "]}", ""), "got too many values");
}

TEST_F(Safetensors, ATensorNamedTwiceIsRefused) {
  const std::string entry = R"("x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  EXPECT_HAS(error("{" + entry + "," + entry + "}", ""),
             "header: expected a JSON object with unique tensor names, got \"x\" twice");
}

TEST_F(Safetensors, ShapesThatOverflowOrDoNotFitAreRefusedBeforeAllocation) {
  const auto with_shape = [&](const std::string& shape) {
    return error(R"({"x":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,8]}})",
                 std::string(8, '\0'));
  };
  EXPECT_EQ(with_shape("[2]"), "(no error)");
  EXPECT_HAS(with_shape("[3]"),
             "expected a shape of at most 2 elements (the file's size), got [3]");
  EXPECT_HAS(with_shape("[1]"),
             "x: expected 4 bytes for shape and dtype, got data_offsets of 8 bytes");
  EXPECT_HAS(with_shape("[4294967296,4294967296]"), "at most 2 elements");
  EXPECT_HAS(with_shape("[9223372036854775807,2]"), "at most 2 elements");
  EXPECT_HAS(with_shape("[0,9223372036854775807]"), "x: expected 0 bytes");
  EXPECT_HAS(with_shape("[18446744073709551615]"), "integers of 0 or more");
  EXPECT_HAS(with_shape("[-1]"), "integers of 0 or more");
  EXPECT_HAS(with_shape("[2.0]"), "integers of 0 or more");
  EXPECT_HAS(with_shape("[1,1,1,1,1,1,1,1,2]"), "a shape of at most 8 dimensions");
  EXPECT_HAS(with_shape("2"), "a shape of at most 8 dimensions");
}

TEST_F(Safetensors, OffsetsMustCoverTheDataOnceAndWithoutHoles) {
  const auto two = [&](const std::string& first, const std::string& second, std::size_t bytes) {
    return error(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + first +
                     R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + second + "}}",
                 std::string(bytes, '\0'));
  };
  EXPECT_EQ(two("[0,4]", "[4,8]", 8), "(no error)");
  EXPECT_EQ(two("[4,8]", "[0,4]", 8), "(no error)");
  EXPECT_HAS(two("[0,4]", "[2,6]", 8), "b: expected data from byte 4, got an overlap from byte 2");
  EXPECT_HAS(two("[0,4]", "[5,9]", 9), "b: expected data from byte 4, got a gap from byte 5");
  EXPECT_HAS(two("[0,4]", "[4,8]", 9), "data: expected 8 bytes as the header says, got 9");
  EXPECT_HAS(two("[0,4]", "[4,8]", 7), "b: expected data_offsets within the 7 bytes of data");
  EXPECT_HAS(two("[0,4]", "[8,4]", 8), "b: expected data_offsets within");
  EXPECT_HAS(two("[0,4]", "[4]", 8), "b: expected data_offsets within");
  EXPECT_HAS(two("[0,4]", "[-1,3]", 8), "b: expected data_offsets within");
}

TEST_F(Safetensors, ShardsAreMergedAndDuplicatesAcrossThemRefused) {
  write_safetensors(folder_ / "1", {{"a", {{1}, {1.0F}}}});
  write_safetensors(folder_ / "2", {{"b", {{1}, {2.0F}}}});
  write_safetensors(folder_ / "3", {{"a", {{1}, {3.0F}}}});
  EXPECT_EQ(read_weights({folder_ / "1", folder_ / "2"}).size(), 2U);
  EXPECT_TRUE(read_weights({}).empty());
  EXPECT_EQ(error_of<DataError>([&] {
              read_weights({folder_ / "1", folder_ / "3"});
            }),
            (folder_ / "3").string() +
                ": error: a: expected each tensor in one shard, got a second one "
                "(first in " +
                (folder_ / "1").string() + ")");
  EXPECT_HAS(error_of<DataError>([&] { read_weights({folder_ / "4"}); }),
             "No such file or directory");
}

TEST_F(Safetensors, WeightsMustBeFinite) {
  write_safetensors(folder_ / "1", {{"a", {{1}, {INFINITY}}}});
  EXPECT_HAS(error_of<DataError>([&] { read_weights({folder_ / "1"}); }),
             "a: expected finite values");
}

TEST_F(Safetensors, DamagedFilesNeverDoMoreThanThrow) {
  TensorMap tensors;
  tensors["weights"] = {{3, 2}, {1, 2, 3, 4, 5, 6}};
  tensors["bias"] = {{3}, {1, 2, 3}};
  write_safetensors(folder_ / "w", tensors);
  const std::string whole = bytes_of(folder_ / "w");
  tests::Random random(1);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto path = folder_.write("d", tests::damaged(whole, &random));
    refused += error_of<DataError>([&] { read_safetensors(path); }) != "(no error)" ? 1 : 0;
  }
  EXPECT_GT(refused, 1000);
  EXPECT_LT(refused, 3000);  // changed values are legal
}

}  // namespace
}  // namespace edgemoe::models
