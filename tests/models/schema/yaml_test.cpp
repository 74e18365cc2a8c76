// SPDX-License-Identifier: Apache-2.0
// The strict layer beneath all three readers, seen through the design reader.
#include <gtest/gtest.h>

#include "models/schema/design_config.hpp"
#include "models/schema/findings.hpp"
#include "models/schema/yaml_node.hpp"
#include "tests/models/schema/config_fixture.hpp"

namespace edgemoe::models {
namespace {

using tests::error_of;

const std::string kMinimal =
    "schema: 1\nname: d\nboard: b\narray: {token_lanes: 4, in_lanes: 8, out_lanes: 8}\n";

using Yaml = tests::ConfigTest<DesignConfig, read_design>;

TEST_F(Yaml, AMissingFileIsNamed) {
  EXPECT_EQ(error_of<ConfigError>([&] { read_design(folder_ / "none.yaml"); }),
            (folder_ / "none.yaml").string() +
                ": error: file: expected a YAML file, got No such file or directory");
}

TEST_F(Yaml, AFolderOrDeviceIsNoYamlFile) {
  EXPECT_HAS(error_of<ConfigError>([&] { read_design(folder_.path()); }), "got a folder");
  EXPECT_HAS(error_of<ConfigError>([] { read_design("/dev/zero"); }), "got no regular file");
}

TEST_F(Yaml, BrokenYamlIsReportedWithItsPosition) {
  EXPECT_EQ(error("a: [1, 2\n"),
            "FILE:2:1: error: file: expected YAML, got end of sequence flow not found");
  EXPECT_HAS(error("a: \"\\q\"\n"),
             "FILE:1:7: error: file: expected YAML, got unknown escape character");
  EXPECT_HAS(error("a: b: c\n"), "FILE:1:5: error: file: expected YAML");
}

TEST_F(Yaml, BinaryFilesAreRefused) {
  EXPECT_EQ(error(std::string("a: 1\nb\0c", 8)),
            "FILE:2:1: error: file: expected YAML text, got a control character");
}

TEST_F(Yaml, EmptyFilesAndListsAreNotMaps) {
  EXPECT_EQ(error(""), "FILE: error: file: expected a map of keys, got nothing");
  EXPECT_EQ(error("# only a comment\n"), "FILE: error: file: expected a map of keys, got nothing");
  EXPECT_EQ(error("[1, 2]\n"), "FILE:1:1: error: file: expected a map of keys, got a list of 2");
  EXPECT_EQ(error("text\n"), "FILE:1:1: error: file: expected a map of keys, got \"text\"");
}

TEST_F(Yaml, FilesAboveOneMegabyteAreRefused) {
  EXPECT_EQ(error("#" + std::string(1'000'000, 'x')),
            "FILE: error: file: expected at most 1000000 bytes, got a larger file");
  EXPECT_EQ(error(kMinimal + "#" + std::string(900'000, 'x')), "(no error)");
}

TEST_F(Yaml, AliasesAreRefusedSoThatNoneCanExplode) {
  EXPECT_EQ(error("a: &x [1]\nb: *x\n"),
            "FILE:1:4: error: file: expected a value written out, got an anchor");
  EXPECT_HAS(error("a: *x\n"), "error: file: expected ");
}

TEST_F(Yaml, NestingAndNumberOfValuesAreLimited) {
  std::string deep = "a: ";
  for (int i = 0; i < 40; ++i) deep += "[";
  for (int i = 0; i < 40; ++i) deep += "]";
  EXPECT_HAS(error(deep + "\n"), "expected at most 32 levels, got more");
  EXPECT_HAS(error("a: " + std::string(100000, '[')), "error: file: expected ");
  std::string wide = "a: [";
  for (int i = 0; i < 110000; ++i) wide += "1,";
  EXPECT_HAS(error(wide + "]"), "expected at most 100000 values, got more");
}

TEST_F(Yaml, TagsSeveralDocumentsAndOddKeysAreRefused) {
  EXPECT_HAS(error("a: !!int 3\n"), "FILE:1:4: error: file: expected a value without a tag");
  EXPECT_EQ(error("a: 1\n---\nb: 2\n"),
            "FILE: error: file: expected one YAML document, got several");
  EXPECT_HAS(error("? [a]\n: 1\n"), "expected a name as key, got a list or map");
}

TEST_F(Yaml, AKeyGivenTwiceIsReportedAtTheSecondPlace) {
  EXPECT_EQ(error(kMinimal + "name: e\n"),
            "FILE:5:1: error: name: expected each key once, got it again (first in line 2)");
  EXPECT_EQ(
      error("schema: 1\nname: d\nboard: b\narray:\n  token_lanes: 4\n  in_lanes: 8\n"
            "  out_lanes: 8\n  in_lanes: 4\n"),
      "FILE:8:3: error: array.in_lanes: expected each key once, got it again (first in line 6)");
}

TEST_F(Yaml, AnUnknownKeyIsReportedWithTheNearestKnownOne) {
  EXPECT_EQ(error(kMinimal + "precison: w8a8\n"),
            "FILE:5:1: error: \"precison\": expected a known key, got an unknown one\n"
            "  hint: did you mean \"precision\"?");
  EXPECT_EQ(error(kMinimal + "lanes: {qqq: 1}\n"),
            "FILE:5:9: error: lanes.\"qqq\": expected a known key, got an unknown one\n"
            "  hint: keys here: requant, softmax, norm, gelu");
}

TEST_F(Yaml, AMissingKeyIsReportedAtItsMap) {
  EXPECT_EQ(error("schema: 1\nboard: b\narray: {token_lanes: 4, out_lanes: 8}\n"),
            "FILE:1:1: error: name: expected this key (name of the design), got nothing\n"
            "FILE:3:8: error: array.in_lanes: expected this key (products summed per cycle and "
            "output), got nothing");
}

TEST_F(Yaml, AnIntegerWithLeadingZerosIsNotTakenForOctal) {
  EXPECT_EQ(error(kMinimal + "lanes: {gelu: 010}\n"),
            "FILE:5:15: error: lanes.gelu: expected a power of two in 1..64, got 010\n"
            "  hint: leading zeros mean octal to some YAML readers: write 10");
  EXPECT_HAS(error(kMinimal + "clock_mhz: 0300\n"), "got 0300\n  hint: leading zeros");
}

TEST_F(Yaml, IllTypedValuesAreShownAsTheyAre) {
  const auto with = [&](const std::string& value) {
    return error(kMinimal + "buffers: {max_experts: " + value + "}\n");
  };
  const std::string expected =
      "FILE:5:24: error: buffers.max_experts: expected an integer in 1..1024, got ";
  EXPECT_EQ(with("16"), "(no error)");
  EXPECT_EQ(with("twelve"), expected + "\"twelve\"");
  EXPECT_EQ(with("\"16\""), expected + "\"16\"");
  EXPECT_EQ(with("1.5"), expected + "1.5");
  EXPECT_EQ(with("0"), expected + "0");
  EXPECT_EQ(with("1025"), expected + "1025");
  EXPECT_EQ(with("99999999999999999999"), expected + "99999999999999999999");
  EXPECT_EQ(with("[16]"), expected + "a list of 1");
  EXPECT_EQ(with("{a: 1}"), expected + "a map");
  EXPECT_HAS(with("~"), "expected an integer in 1..1024, got nothing");
}

TEST_F(Yaml, LongAndUnprintableTextIsCutAndEscapedInMessages) {
  EXPECT_HAS(error(kMinimal + "clock_mhz: \"" + std::string(500, 'a') + "\"\n"),
             "got \"" + std::string(60, 'a') + "...\"");
  EXPECT_HAS(error(kMinimal + "clock_mhz: \"\\e[31m\"\n"), "got \"\\x1b[31m\"");
}

TEST_F(Yaml, AllErrorsOfAFileComeAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(error("schema: 2\nname: a b\nboard: b\nx: 1\narray: 3\nlanes: []\n"),
            "FILE:1:9: error: schema: expected 1, got 2\n"
            "FILE:2:7: error: name: expected a name (1..64 letters, digits, _ - .), got \"a b\"\n"
            "FILE:4:1: error: \"x\": expected a known key, got an unknown one\n"
            "  hint: keys here: schema, inherit, name, board, precision, clock_mhz, array, lanes, "
            "buffers, loader, ablation\n"
            "FILE:5:8: error: array: expected a map, got 3\n"
            "FILE:6:8: error: lanes: expected a map, got a list of 0");
}

TEST_F(Yaml, VeryManyErrorsAreCutWithTheirNumber) {
  std::string text = kMinimal;
  for (int i = 0; i < 150; ++i) text += "key" + std::to_string(i) + ": 1\n";
  EXPECT_HAS(error(text), "\nFILE: and 50 more errors");
}

TEST_F(Yaml, ConfigErrorKeepsTheMessagesApart) {
  try {
    load(kMinimal + "precison: 1\nclock_mhz: x\n");
    FAIL();
  } catch (const ConfigError& failure) {
    ASSERT_EQ(failure.messages().size(), 2U);
    EXPECT_HAS(failure.messages()[0], "hint: did you mean");
    EXPECT_HAS(failure.messages()[1], "clock_mhz");
  }
}

TEST_F(Yaml, DamagedFilesNeverDoMoreThanThrow) {
  const std::string whole = tests::bytes_of(tests::shipped("constraints/designs/m3-test.yaml"));
  tests::Random random(4);
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    refused += error(tests::damaged(whole, &random)) != "(no error)" ? 1 : 0;
  }
  EXPECT_GT(refused, 250);
}

TEST(EmitYaml, TextsThatNeedQuotesGetThem) {
  Findings findings;
  const std::string text =
      "a: \"true\"\nb:\n  - c: \"x: \\\"y\\\"\"\n    d: [1, [2, 3]]\ne: plain\n";
  const YamlNode root = parse_yaml(text, "t", &findings);
  EXPECT_TRUE(findings.empty());
  EXPECT_EQ(emit_yaml(root), text);
}

}  // namespace
}  // namespace edgemoe::models
