// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/schema/nearest_name.hpp"
#include "models/schema/scalar.hpp"

namespace edgemoe::models {
namespace {

TEST(NearestName, FindsTypingMistakes) {
  const std::vector<std::string> verbs{"run", "compare", "describe", "list", "import", "synth"};
  EXPECT_EQ(nearest_name("rnu", verbs), "run");
  EXPECT_EQ(nearest_name("compaer", verbs), "compare");
  EXPECT_EQ(nearest_name("LIST", verbs), "list");
  EXPECT_EQ(nearest_name("desribe", verbs), "describe");
  EXPECT_EQ(nearest_name("desc", verbs), "describe");
}

TEST(NearestName, StaysSilentWhenNothingIsNear) {
  const std::vector<std::string> verbs{"run", "compare"};
  EXPECT_EQ(nearest_name("synthesise", verbs), "");
  EXPECT_EQ(nearest_name("", verbs), "");
  EXPECT_EQ(nearest_name("x", verbs), "");
  EXPECT_EQ(nearest_name("run", {}), "");
  EXPECT_EQ(nearest_name(std::string(100000, 'r'), verbs), "");
}

TEST(NearestName, ABeginningCountsOnlyWhenItIsUnique) {
  EXPECT_EQ(nearest_name("dram_b", {"dram_background", "dram_burst_count"}), "");
  EXPECT_EQ(nearest_name("dram_back", {"dram_background", "dram_burst_count"}), "dram_background");
}

TEST(NearestName, TheEarlierOfEquallyNearNamesWins) {
  EXPECT_EQ(nearest_name("lane", {"lanes", "plane"}), "lanes");
  EXPECT_EQ(nearest_name("lane", {"plane", "lanes"}), "plane");
}

TEST(Scalar, IntegersAreDecimalWithoutLeadingZeros) {
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("-17"), -17);
  EXPECT_EQ(parse_integer("+17"), 17);
  EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", "-", "+", "010", "-01", "00", "0x10", "0o7", "1_000", "1.0", "1e3",
                           " 1", "1 ", "9223372036854775808", "+-1", "1:30"}) {
    EXPECT_FALSE(parse_integer(text)) << text;
  }
}

TEST(Scalar, RealsAreFiniteDecimals) {
  EXPECT_EQ(parse_real("0"), 0.0);
  EXPECT_EQ(parse_real("-1.5e-3"), -1.5e-3);
  EXPECT_EQ(parse_real("+2."), 2.0);
  EXPECT_EQ(parse_real(".5"), 0.5);
  EXPECT_EQ(parse_real("0.75"), 0.75);
  for (const char* text : {"", ".", "-", "nan", ".nan", "inf", ".inf", "1e999", "010.5", "1,5",
                           "0x1p3", "1.5f", "+-1", "- 1", "1e"}) {
    EXPECT_FALSE(parse_real(text)) << text;
  }
}

TEST(Scalar, RealsPrintSoThatTheyReadBackExactly) {
  for (const double value : {0.0, 1e-6, 0.1, 2133.0, 1.0 / 3, 6.02e23, -0.75, 5e-324}) {
    EXPECT_EQ(parse_real(format_real(value)), value);
  }
}

TEST(Scalar, TextThatYamlTakesForSomethingElseIsNotPlain) {
  EXPECT_TRUE(is_plain_text("m3-zcu102.v1/a_b"));
  for (const char* text :
       {"", "true", "No", "null", "12", "-a", "a b", "a: b", "a#b", "~", "\"a\"", "y"}) {
    EXPECT_FALSE(is_plain_text(text)) << text;
  }
}

}  // namespace
}  // namespace edgemoe::models
