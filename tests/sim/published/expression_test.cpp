// SPDX-License-Identifier: Apache-2.0
#include "sim/published/expression.hpp"

#include <gtest/gtest.h>

namespace edgemoe::sim {
namespace {

std::int64_t value(const std::string& text) {
  Names names;
  names.value = [](const std::string& name) -> std::int64_t {
    if (name == "tokens") return 129;
    throw ExpressionError("the unknown name \"" + name + "\"");
  };
  names.call = [](const std::string& name, const std::vector<std::int64_t>&) -> std::int64_t {
    throw ExpressionError("the unknown function \"" + name + "\"");
  };
  return evaluate(text, names);
}

std::string error(const std::string& text) {
  try {
    value(text);
  } catch (const ExpressionError& error) {
    return error.what();
  }
  return "(no error)";
}

TEST(Expression, FollowsTheUsualPrecedence) {
  EXPECT_EQ(value("2 + 3 * 4 - 1"), 13);
  EXPECT_EQ(value("(2 + 3) * 4"), 20);
  EXPECT_EQ(value("10 - 3 - 2"), 5);
  EXPECT_EQ(value("-2 * -3"), 6);
  EXPECT_EQ(value("1 + 1 == 2"), 1);
  EXPECT_EQ(value("tokens % 4"), 1);
}

TEST(Expression, DividesTowardsMinusInfinity) {
  EXPECT_EQ(value("7 / 2"), 3);
  EXPECT_EQ(value("-7 / 2"), -4);
  EXPECT_EQ(value("-7 % 2"), 1);
  EXPECT_EQ(value("ceil_div(7, 2)"), 4);
  EXPECT_EQ(value("ceil_div(8, 2)"), 4);
  EXPECT_EQ(value("ceil_div(0, 2)"), 0);
}

TEST(Expression, ComparesAndChooses) {
  EXPECT_EQ(value("tokens >= 129"), 1);
  EXPECT_EQ(value("tokens < 129"), 0);
  EXPECT_EQ(value("select(tokens != 129, 1, 2)"), 2);
  EXPECT_EQ(value("min(3, 4) + max(3, 4)"), 7);
}

TEST(Expression, DoesNotEvaluateTheBranchNotTaken) {
  EXPECT_EQ(value("select(0, 1 / 0, 5)"), 5);
  EXPECT_EQ(value("select(1, 5, nothing + never(1))"), 5);
  EXPECT_EQ(value("select(0, select(1, 1 / 0, 2), 7)"), 7);
}

TEST(Expression, SaysWhatIsWrong) {
  EXPECT_EQ(error("1 / 0"), "a division by zero");
  EXPECT_EQ(error("tokenz + 1"), "the unknown name \"tokenz\"");
  EXPECT_EQ(error("f(1)"), "the unknown function \"f\"");
  EXPECT_EQ(error("1 +"), "an end where a value is missing");
  EXPECT_EQ(error("(1"), "an end where a value is missing");
  EXPECT_EQ(error("1 2"), "an unexpected \"2\"");
  EXPECT_EQ(error("max(1)"), "max without its two arguments");
  EXPECT_EQ(error("9223372036854775807 + 1"), "a result beyond 64 bits");
  EXPECT_EQ(error("9223372036854775808"), "a result beyond 64 bits");
  EXPECT_EQ(error("(0 - 9223372036854775807 - 1) / -1"), "a result beyond 64 bits");
  EXPECT_EQ(error(std::string(1000, '(')), "too many nested parentheses");
  EXPECT_EQ(error(std::string(1000, '-') + "1"), "too many nested parentheses");
}

}  // namespace
}  // namespace edgemoe::sim
