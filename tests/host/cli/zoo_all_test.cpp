// SPDX-License-Identifier: Apache-2.0
// All published configurations with all their tasks and heads: described for both boards, run on
// the ZCU102. The largest take minutes and 4 GB.
#include "tests/host/cli/zoo.hpp"

namespace edgemoe::host::test {
namespace {

class ZooAll : public Zoo, public ::testing::WithParamInterface<std::string> {};

TEST_P(ZooAll, DescribesOnBothBoardsAndRuns) {
  for (const char* board : {"zcu102", "zcu104"}) expect_described(on(GetParam(), board));
  const bool alone = GetParam().rfind("tiny-cityscapes", 0) == 0;
  const nlohmann::json report = run_on(on(GetParam(), "zcu102"), !alone);
  const bool pascal = GetParam().find("pascal") != std::string::npos;
  EXPECT_EQ(report["runs"][0]["tasks"].size(), pascal ? 5u : 2u);
}

std::vector<std::string> all_models() {
  std::vector<std::string> names;
  for (const char* size : {"tiny", "small", "base"}) {
    for (const char* data : {"cityscapes", "nyud", "pascal"}) {
      for (const char* experts : {"r2k2", "r1k4"})
        names.push_back(std::string(size) + "-" + data + "-" + experts);
    }
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Published, ZooAll, ::testing::ValuesIn(all_models()));

}  // namespace
}  // namespace edgemoe::host::test
