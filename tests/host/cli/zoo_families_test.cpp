// SPDX-License-Identifier: Apache-2.0
// The smallest published configuration of each shape, one task with light heads; all eighteen are
// zoo_all_test.cpp.
#include "tests/host/cli/zoo.hpp"

namespace edgemoe::host::test {
namespace {

const char* const kOneTask = " --task semseg --set model.head.channels='[8, 8, 8, 8]'";

class ZooFamilies : public Zoo {};

TEST_F(ZooFamilies, CityscapesOfTinyStaysOnChip) {
  const std::string options = on("tiny-cityscapes-r2k2", "zcu102");
  expect_described(options);
  const nlohmann::json report = run_on(options, false);
  EXPECT_EQ(report["runs"][0]["tasks"].size(), 2u);
}

TEST_F(ZooFamilies, NyudOfTinyRunsInTiles) {
  const std::string options = on("tiny-nyud-r2k2", "zcu102") + kOneTask;
  expect_described(options);
  run_on(options, true);
}

TEST_F(ZooFamilies, PascalOfTinyRunsInTilesWithALastOneOfOneToken) {
  const std::string options = on("tiny-pascal-r1k4", "zcu104") + kOneTask;
  expect_described(options);
  const nlohmann::json report = run_on(options, true);
  EXPECT_EQ(report["model"]["tokens"], 1025);
}

TEST_F(ZooFamilies, WideFormatsRunInTiles) {
  for (const char* precision : {"w16a16", "w16a32"}) {
    const std::string options =
        " --model zoo/m3vit-small-cityscapes-r2k2.yaml --design m3-zcu102-small-" +
        std::string(precision) + " --set design.buffers.max_tokens=48" + kOneTask;
    const nlohmann::json report = run_on(options, true);
    EXPECT_EQ(report["design"]["precision"], precision);
  }
}

TEST_F(ZooFamilies, WhatABoardCannotHoldIsRefusedInOneError) {
  const Outcome outcome =
      call("run" + on("base-nyud-r2k2", "zcu104") + " --no-golden --set design.precision=w16a16");
  expect_error(outcome, 3, "board zcu104 has 312");
  EXPECT_EQ(outcome.err.find("error:"), outcome.err.rfind("error:")) << outcome.err;
}

}  // namespace
}  // namespace edgemoe::host::test
