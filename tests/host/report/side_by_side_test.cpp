// SPDX-License-Identifier: Apache-2.0
// Designs beside what was published of them: same figures in table, page and CSV.
#include "host/report/side_by_side.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace edgemoe::host {
namespace {

DesignSummary design(const std::string& name, double ms) {
  DesignSummary d;
  d.name = name;
  d.board = "board";
  d.precision = "w8a8";
  d.model = "model <x>";
  d.clock_mhz = 300;
  d.tokens = 129;
  d.tasks = {"semseg", "depth"};
  d.frame.latency_ms = 2 * ms;
  d.task.latency_ms = ms;
  d.task.energy_mj = 10 * ms;
  d.task.power_w = 10;
  d.task.gmac = 1;
  d.task.read_mb = 8;
  d.task.write_mb = 2;
  d.task.compute_ms = ms / 2;
  d.task.memory_ms = ms / 4;
  return d;
}

models::PublishedFigures published(const std::string& name, const std::string& of, int tokens) {
  models::PublishedFigures entry;
  entry.name = name;
  entry.title = "work " + name;
  entry.design = of;
  entry.platform = "ZCU102";
  entry.tokens = tokens;
  entry.latency_ms = 8.0;
  entry.source = "a paper";
  return entry;
}

SideBySide two_designs() {
  SideBySide content;
  content.images = 1;
  content.designs = {design("a", 4.0), design("b", 1.0)};
  content.designs[0].resources = ResourceInfo{100, {}, {}, "counted"};
  content.published = {published("p", "a", 129), published("q", "", 197)};
  return content;
}

const TableRow* row(const std::vector<TableRow>& rows, const std::string& label) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const TableRow& r) { return r.label == label; });
  return found == rows.end() ? nullptr : &*found;
}

TEST(SideBySide, WhatWasPublishedOfADesignStandsRightOfIt) {
  const std::vector<TableRow> rows = side_by_side_rows(two_designs());
  EXPECT_EQ(rows[0].cells, (std::vector<std::string>{"a", "published", "b"}));
  EXPECT_EQ(row(rows, "one task, ms")->cells, (std::vector<std::string>{"4", "8", "1"}));
  EXPECT_EQ(row(rows, "frame (semseg + depth), ms")->cells[0], "8");
  EXPECT_EQ(row(rows, "  model's latency against it, %")->cells,
            (std::vector<std::string>{"-", "-50.0", "-"}));
  EXPECT_EQ(row(rows, "DSP")->cells, (std::vector<std::string>{"100", "-", "-"}));
  for (const TableRow& each : rows) EXPECT_EQ(each.cells.size(), 3u) << each.label;
}

TEST(SideBySide, DifferentTokenCountsAreNotCompared) {
  SideBySide content = two_designs();
  for (const int tokens : {0, 197}) {
    content.published[0].tokens = tokens;
    EXPECT_EQ(row(side_by_side_rows(content), "  model's latency against it, %"), nullptr);
    EXPECT_EQ(roofline_points(content).size(), 2u);
  }
  EXPECT_EQ(roofline_points(two_designs()).size(), 3u);
}

TEST(SideBySide, RowsThatNobodyKnowsAreLeftOut) {
  const std::vector<TableRow> rows = side_by_side_rows(two_designs());
  EXPECT_EQ(row(rows, "SQNR, dB"), nullptr);
  EXPECT_EQ(row(rows, "UltraRAM"), nullptr);
  EXPECT_TRUE(side_by_side_rows({}).empty());
  EXPECT_EQ(side_by_side_html({}), "");
}

TEST(SideBySide, AnEntryOfOneTaskIsShownOnce) {
  SideBySide content = two_designs();
  for (DesignSummary& d : content.designs) d.tasks = {"depth"};
  for (const TableRow& each : side_by_side_rows(content))
    EXPECT_NE(each.label.rfind("frame", 0), 0u) << each.label;
}

TEST(SideBySide, TheReferencesMetricFollowsThatOfTheDesign) {
  SideBySide content = two_designs();
  content.designs[1].metrics = {
      {"depth", {{"images", 2.0}, {"reference_rmse", 0.25}, {"rmse", 0.5}}}};
  const std::vector<TableRow> rows = side_by_side_rows(content);
  const TableRow* metric = row(rows, "depth rmse");
  ASSERT_NE(metric, nullptr);
  EXPECT_EQ(metric->cells, (std::vector<std::string>{"-", "-", "0.5000"}));
  EXPECT_EQ((metric + 1)->label, "  of the float reference");
  EXPECT_EQ((metric + 1)->cells[2], "0.2500");
  EXPECT_EQ(row(rows, "depth images"), nullptr);
}

TEST(SideBySide, OthersHaveATableOfTheirOwn) {
  const std::vector<TableRow> rows = other_published_rows(two_designs());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].label, "work q");
  EXPECT_EQ(rows[1].cells[2], "197");
}

TEST(SideBySide, PageEscapesNamesAndNeedsNothingFromOutside) {
  SideBySide content = two_designs();
  content.designs[0].report = "1/report.html";
  const std::string page = side_by_side_html(content);
  EXPECT_NE(page.find("model &lt;x&gt;"), std::string::npos);
  EXPECT_NE(page.find("href=\"1/report.html\""), std::string::npos);
  EXPECT_NE(page.find("a published"), std::string::npos);
  for (const char* word : {"http:", "https:", "src=", "url(", "<link", "<script"})
    EXPECT_EQ(page.find(word), std::string::npos) << word;
}

TEST(SideBySide, CsvHasALinePerDesignAndPublishedEntryOfEqualWidth) {
  const std::string csv = side_by_side_csv(two_designs());
  std::size_t begin = 0, lines = 0;
  std::ptrdiff_t commas = -1;
  for (std::size_t end = csv.find('\n'); end != std::string::npos; end = csv.find('\n', begin)) {
    const auto count = std::count(csv.begin() + static_cast<std::ptrdiff_t>(begin),
                                  csv.begin() + static_cast<std::ptrdiff_t>(end), ',');
    if (commas >= 0) {
      EXPECT_EQ(count, commas) << csv.substr(begin, end - begin);
    }
    commas = count;
    begin = end + 1;
    ++lines;
  }
  EXPECT_EQ(lines, 5u);
}

}  // namespace
}  // namespace edgemoe::host
