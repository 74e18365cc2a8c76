// SPDX-License-Identifier: Apache-2.0
// What publications say: absent figures stay absent, and wrong files are refused with the place.
#include "models/schema/published_figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/schema/loop_design.hpp"
#include "tests/models/schema/config_fixture.hpp"

namespace edgemoe::tests {
namespace {

using Entries = std::vector<models::PublishedFigures>;

Entries read(const std::filesystem::path& file, const models::Overrides&) {
  return models::read_published_figures(file);
}

class PublishedFiguresTest : public ConfigTest<Entries, read> {};

const char kOne[] =
    "schema: 1\nfigures:\n  - name: a\n    title: t\n    platform: p\n    network: n\n"
    "    tokens: 129\n    precision: int8\n    latency_ms: 2.5\n    source: s\n";

TEST_F(PublishedFiguresTest, WhatAPublicationDoesNotGiveStaysEmpty) {
  const Entries entries = load(kOne);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].latency_ms, 2.5);
  EXPECT_FALSE(entries[0].power_w);
  EXPECT_FALSE(entries[0].dsp);
  EXPECT_EQ(entries[0].design, "");
}

TEST_F(PublishedFiguresTest, ZeroAndNegativeFiguresAreRefusedWithTheirPlace) {
  EXPECT_NE(error(changed(kOne, "latency_ms: 2.5", "latency_ms: 0"))
                .find("FILE:9:17: error: figures[0].latency_ms: expected"),
            std::string::npos);
  EXPECT_NE(error(changed(kOne, "latency_ms: 2.5", "power_w: -1")).find("figures[0].power_w"),
            std::string::npos);
}

TEST_F(PublishedFiguresTest, AMissingSourceAndANameTwiceAreRefused) {
  EXPECT_NE(error(changed(kOne, "    source: s\n", "")).find("figures[0].source"),
            std::string::npos);
  const std::string entry = std::string(kOne).substr(std::string(kOne).find("  - name"));
  EXPECT_NE(error(kOne + entry).find("figures[1].name: expected each name once, got \"a\" again"),
            std::string::npos);
}

TEST_F(PublishedFiguresTest, TheShippedEntriesOfModelledDesignsNameOneThatExists) {
  const Entries entries =
      models::read_published_figures(shipped("constraints/published/figures.yaml"));
  EXPECT_TRUE(std::any_of(entries.begin(), entries.end(),
                          [](const auto& entry) { return entry.design == "edge-moe"; }));
  for (const models::PublishedFigures& entry : entries) {
    if (entry.design.empty()) continue;
    EXPECT_TRUE(models::is_loop_design(shipped("constraints/published/" + entry.design + ".yaml")))
        << entry.name;
  }
}

TEST_F(PublishedFiguresTest, ShippedEnergyIsLatencyTimesPowerToOnePercent) {
  for (const models::PublishedFigures& entry :
       models::read_published_figures(shipped("constraints/published/figures.yaml"))) {
    if (!entry.latency_ms || !entry.power_w || !entry.energy_mj) continue;
    EXPECT_NEAR(*entry.energy_mj / (*entry.latency_ms * *entry.power_w), 1.0, 0.01) << entry.name;
  }
}

TEST(IsLoopDesign, TellsLoopsFromAcceleratorsAndFromOtherFiles) {
  EXPECT_TRUE(models::is_loop_design(shipped("constraints/published/edge-moe.yaml")));
  EXPECT_FALSE(models::is_loop_design(shipped("constraints/designs/m3-zcu102.yaml")));
  EXPECT_FALSE(models::is_loop_design(shipped("constraints/published/figures.yaml")));
  EXPECT_FALSE(models::is_loop_design(shipped("constraints/published/absent.yaml")));
}

TEST(LoopDesignHash, ChangesWithAnOverrideAndNotWithComments) {
  const std::string file = shipped("constraints/published/edge-moe.yaml");
  const std::string plain = models::loop_design_hash(file);
  EXPECT_EQ(plain.size(), 16u);
  EXPECT_NE(plain, models::loop_design_hash(file, {{"define.fifo", "4"}}));
  TempFolder folder;
  EXPECT_EQ(models::loop_design_hash(folder.write("a.yaml", "# a\nsteps: 1\n")),
            models::loop_design_hash(folder.write("b.yaml", "steps:   1   # b\n")));
}

}  // namespace
}  // namespace edgemoe::tests
