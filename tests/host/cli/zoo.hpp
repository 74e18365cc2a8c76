// SPDX-License-Identifier: Apache-2.0
/// The published configurations (models/zoo/published) through the program: on a copy of their
/// YAML files, because calibration is cached beside a model.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/host/cli/program.hpp"

namespace edgemoe::host::test {

class Zoo : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    std::filesystem::copy(std::filesystem::path(EDGEMOE_SOURCE_DIR) / "models/zoo/published",
                          folder_ / "zoo");
    std::filesystem::remove_all(folder_ / "zoo/.calibration");
  }

  /// Options of a model, e.g. small-nyud-r2k2, on the smallest design of a board that holds it.
  static std::string on(const std::string& name, const std::string& board) {
    const bool base = name.rfind("base", 0) == 0;
    const bool alone = name.rfind("tiny-cityscapes", 0) == 0;
    return " --model zoo/m3vit-" + name + ".yaml --design m3-" + board +
           (base    ? "-base"
            : alone ? ""
                    : "-small");
  }

  /// Closed forms: roofline and buffers, all of which are large enough.
  void expect_described(const std::string& options) const {
    const Outcome outcome = call("describe" + options);
    EXPECT_EQ(outcome.code, 0) << options << outcome.err;
    for (const char* word : {"roofline", "buffers.weight_ring_rows", "total"})
      EXPECT_NE(outcome.out.find(word), std::string::npos) << options << word;
  }

  /// Report of a run on the cycle engine. Every check holds, and the latency is at most half above
  /// its roofline; what exceeds the buffers is spilled.
  nlohmann::json run_on(const std::string& options, bool tiled) const {
    const Outcome outcome = call("run --engine cycle --no-golden --out out" + options);
    EXPECT_EQ(outcome.code, 0) << options << outcome.err;
    if (outcome.code != 0) return {};
    const nlohmann::json report = nlohmann::json::parse(text_of(folder_ / "out/report.json"));
    for (const auto& check : report["checks"])
      EXPECT_TRUE(check["ok"].get<bool>()) << options << check.dump();
    const nlohmann::json& run = report["runs"][0];
    EXPECT_GE(run["roofline"]["ratio"], 1.0) << options;
    EXPECT_LE(run["roofline"]["ratio"], 1.5) << options;
    EXPECT_EQ(run["dram"]["spill_read_bytes"] > 0, tiled) << options;
    EXPECT_EQ(run["dram"]["spill_write_bytes"] > 0, tiled) << options;
    return report;
  }
};

}  // namespace edgemoe::host::test
