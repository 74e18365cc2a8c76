// SPDX-License-Identifier: Apache-2.0
#include "hls/program/encoding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "hls/program/fields.hpp"
#include "hls/program/print.hpp"

namespace edgemoe::program {
namespace {

using Bytes = std::array<std::uint8_t, kCommandBytes>;

struct Field {
  std::string name;
  int byte, bit, bits;
};

struct Collector {
  std::vector<Field> fields;
  template <typename T>
  void operator()(const char* name, int byte, int bit, int bits, const T&) {
    fields.push_back({name, byte, bit, bits});
  }
};

std::vector<Field> all_fields() {
  Collector collector;
  const Command command;
  visit_fields(command, collector);
  return collector.fields;
}

/// Random bytes that decode: each field random within its limits.
struct Randomiser {
  std::mt19937_64* random;
  template <typename T>
  std::enable_if_t<std::is_enum_v<T>> operator()(const char*, int, int, int, T& value) {
    value = static_cast<T>((*random)() % (EnumLimit<T>::kLast + 1));
  }
  void operator()(const char*, int, int, int, bool& value) { value = (*random)() % 2 == 1; }
  template <typename T>
  std::enable_if_t<std::is_integral_v<T>> operator()(const char* name, int, int, int bits,
                                                     T& value) {
    const std::string n = name;
    std::uint64_t raw = (*random)() >> (64 - bits);
    if (n == "signal" || n.find("counter") != std::string::npos) raw %= kMaxCounters;
    if (n == "list_count") raw %= kMaxListedExperts + 1;
    if (n == "top_k" || n == "adds") raw %= kMaxTopK + 1;
    value = static_cast<T>(raw);
  }
};

TEST(Encoding, FieldsCoverDistinctBitsBelowTheFreeBytes) {
  std::set<int> used;
  std::set<std::string> names;
  for (const Field& field : all_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_TRUE(field.bits < 8 ? field.bit + field.bits <= 8
                               : field.bit == 0 && field.bits % 8 == 0)
        << field.name;
    for (int i = 0; i < field.bits; ++i) {
      EXPECT_TRUE(used.insert(8 * field.byte + field.bit + i).second) << field.name;
    }
  }
  EXPECT_LT(*used.rbegin(), 8 * kFirstFreeByte);
  EXPECT_EQ(used.size(), 8u * kFirstFreeByte);
}

TEST(Encoding, EveryFieldSurvivesARoundTrip) {
  std::mt19937_64 random(1);
  for (int trial = 0; trial < 2000; ++trial) {
    Command command;
    Randomiser randomiser{&random};
    visit_fields(command, randomiser);
    Bytes bytes, again;
    encode_command(command, bytes.data());
    Command decoded;
    ASSERT_TRUE(decode_command(bytes.data(), decoded));
    encode_command(decoded, again.data());
    ASSERT_EQ(bytes, again);
    ASSERT_EQ(to_string(command), to_string(decoded));
  }
}

TEST(Encoding, EachFieldLandsAtItsOffset) {
  Command command;
  command.opcode = Opcode::kExperts;
  command.id = 0x1234;
  command.address = 0x0000ABCDEF012345ull;
  command.last_route = true;
  command.expert_list[15] = 0x5A;
  command.eps_acc = 0x0102030405060708ull;
  Bytes b;
  encode_command(command, b.data());
  EXPECT_EQ(b[0], 15);
  EXPECT_EQ(b[4] | b[5] << 8, 0x1234);
  EXPECT_EQ(b[24], 0x45);
  EXPECT_EQ(b[29], 0xAB);
  EXPECT_EQ(b[7], 0x40);
  EXPECT_EQ(b[118], 0x5A);
  EXPECT_EQ(b[84], 0x08);
  EXPECT_EQ(b[91], 0x01);
}

TEST(Encoding, DefaultCommandDecodesToDefaults) {
  Bytes bytes;
  encode_command(Command(), bytes.data());
  Command decoded;
  decoded.tokens = 7;
  ASSERT_TRUE(decode_command(bytes.data(), decoded));
  EXPECT_EQ(decoded.tokens, 0);
  EXPECT_EQ(decoded.segments, 1);
}

TEST(Encoding, ReservedBitsAreRefusedOneByOne) {
  Bytes clean;
  encode_command(Command(), clean.data());
  std::vector<int> reserved;
  for (int i = 8 * kFirstFreeByte; i < 8 * kCommandBytes; ++i) reserved.push_back(i);
  for (const int bit : reserved) {
    Bytes bytes = clean;
    bytes[bit / 8] |= static_cast<std::uint8_t>(1 << (bit % 8));
    Command decoded;
    EXPECT_FALSE(decode_command(bytes.data(), decoded)) << bit;
  }
}

TEST(Encoding, ValuesBeyondALimitAreRefused) {
  struct Case {
    int byte, largest;
  };
  for (const Case& c :
       {Case{0, 19}, Case{3, 2}, Case{6, 127}, Case{8, 2}, Case{9, 127}, Case{12, 2}, Case{17, 127},
        Case{30, 10}, Case{31, 10}, Case{56, 3}, Case{94, 4}, Case{102, 16}, Case{119, 4}}) {
    Bytes bytes;
    encode_command(Command(), bytes.data());
    Command decoded;
    bytes[c.byte] = static_cast<std::uint8_t>(c.largest);
    EXPECT_TRUE(decode_command(bytes.data(), decoded)) << c.byte;
    bytes[c.byte] = static_cast<std::uint8_t>(c.largest + 1);
    EXPECT_FALSE(decode_command(bytes.data(), decoded)) << c.byte;
  }
}

TEST(Encoding, RandomBytesEitherFailOrReproduceThemselves) {
  std::mt19937_64 random(2);
  int accepted = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    Bytes bytes;
    for (std::uint8_t& byte : bytes)
      byte = static_cast<std::uint8_t>(random() % (trial % 2 ? 256 : 3));
    for (int i = kFirstFreeByte; trial % 3 && i < kCommandBytes; ++i) bytes[i] = 0;
    Command decoded;
    if (!decode_command(bytes.data(), decoded)) continue;
    ++accepted;
    Bytes again;
    encode_command(decoded, again.data());
    ASSERT_EQ(bytes, again);
    ASSERT_FALSE(to_string(decoded).empty());
  }
  EXPECT_GT(accepted, 1000);
}

TEST(Encoding, HeaderSurvivesARoundTripAndIsChecked) {
  ImageHeader header;
  header.image_bytes = 1ull << 33;
  header.program_address = 256;
  header.command_count = 300;
  header.pixel_address = 0x10000;
  header.pixel_bytes = 98304;
  header.result_address = 0x20000;
  header.result_bytes = 99072;
  std::array<std::uint8_t, kImageHeaderBytes> bytes;
  encode_header(header, bytes.data());
  EXPECT_EQ(std::memcmp(bytes.data(), "EMOE", 4), 0);
  ImageHeader decoded;
  ASSERT_TRUE(decode_header(bytes.data(), decoded));
  EXPECT_EQ(decoded.image_bytes, header.image_bytes);
  EXPECT_EQ(decoded.command_count, header.command_count);
  EXPECT_EQ(decoded.result_bytes, header.result_bytes);
  EXPECT_EQ(decoded.precision, Precision::kW8A8);
  header.precision = Precision::kW16A32;
  encode_header(header, bytes.data());
  ASSERT_TRUE(decode_header(bytes.data(), decoded));
  EXPECT_EQ(decoded.precision, Precision::kW16A32);
  for (const int byte : {0, 4, 28, 29, 80, 255}) {
    auto bad = bytes;
    bad[byte] ^= 1;
    EXPECT_FALSE(decode_header(bad.data(), decoded)) << byte;
  }
}

TEST(Print, LinesNameWhatDiffersFromTheDefault) {
  Command command;
  command.opcode = Opcode::kLinear;
  command.id = 12;
  command.layer = 3;
  command.src = Buffer::kNormOut;
  command.wait[0] = {WaitMode::kGroup, 5, 4};
  command.signal_mode = SignalMode::kGroup;
  command.signal = 6;
  EXPECT_EQ(to_string(command), "12 linear layer=3 src=norm_out wait=c5>=4+g signal=c6/group");
}

TEST(Units, EveryOpcodeHasItsUnit) {
  EXPECT_EQ(unit_of(Opcode::kLoadTokens), Unit::kLoader);
  EXPECT_EQ(unit_of(Opcode::kStoreTokens), Unit::kWriter);
  EXPECT_EQ(unit_of(Opcode::kExperts), Unit::kArray);
  EXPECT_EQ(unit_of(Opcode::kCopy), Unit::kNorm);
  EXPECT_EQ(unit_of(Opcode::kRoute), Unit::kRouter);
  EXPECT_EQ(unit_of(Opcode::kEnd), Unit::kSequencer);
}

}  // namespace
}  // namespace edgemoe::program
