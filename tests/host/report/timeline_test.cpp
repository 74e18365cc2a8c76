// SPDX-License-Identifier: Apache-2.0
#include "host/report/timeline.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "host/report/layers_csv.hpp"
#include "tests/host/report/sample_report.hpp"

namespace edgemoe::host {
namespace {

using nlohmann::json;

TEST(Trace, IsWellFormedAndSlicesOfAThreadNeverOverlap) {
  const json trace = json::parse(trace_json({test::sample_timeline(), test::sample_timeline()}));
  std::map<std::pair<int, int>, double> last_end;
  int slices = 0;
  for (const json& event : trace.at("traceEvents")) {
    if (event.at("ph") != "X") continue;
    ++slices;
    const std::pair<int, int> thread{event.at("pid"), event.at("tid")};
    const double begin = event.at("ts"), duration = event.at("dur");
    EXPECT_GE(duration, 0.0);
    EXPECT_GE(begin, last_end[thread] - 1e-4);
    last_end[thread] = begin + duration;
  }
  EXPECT_EQ(slices, 10);
}

TEST(Trace, EveryThreadAndProcessHasAName) {
  const json trace = json::parse(trace_json({test::sample_timeline()}));
  std::map<int, std::string> threads;
  std::string process;
  for (const json& event : trace["traceEvents"]) {
    if (event["name"] == "thread_name") threads[event["tid"]] = event["args"]["name"];
    if (event["name"] == "process_name") process = event["args"]["name"];
  }
  EXPECT_EQ(process, "street, semseg");
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == "X") {
      EXPECT_EQ(threads.count(event["tid"]), 1u);
    }
  }
}

TEST(Trace, CountersKeepFiniteValuesOnly) {
  const json trace = json::parse(trace_json({test::sample_timeline()}));
  std::vector<double> values;
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == "C") values.push_back(event["args"]["GB/s"]);
  }
  EXPECT_EQ(values, (std::vector<double>{1.0, 12.5}));
}

TEST(Trace, TimeIsMicrosecondsAtTheClock) {
  Timeline timeline;
  timeline.clock_mhz = 250.0;
  timeline.slices = {{"array", "a", 500, 750}};
  for (const json& event : json::parse(trace_json({timeline}))["traceEvents"]) {
    if (event["ph"] != "X") continue;
    EXPECT_DOUBLE_EQ(event["ts"], 2.0);
    EXPECT_DOUBLE_EQ(event["dur"], 1.0);
  }
}

TEST(Trace, NothingIsStillValid) {
  EXPECT_TRUE(json::parse(trace_json({}))["traceEvents"].empty());
  EXPECT_FALSE(json::parse(trace_json({Timeline{}}))["traceEvents"].empty());
}

TEST(Lanes, OverlappingSlicesOfATrackGoToFurtherLanes) {
  const Timeline timeline = test::sample_timeline();
  const auto lanes = lanes_of(timeline);
  ASSERT_EQ(lanes.size(), 4u);
  EXPECT_EQ(lanes[0].track, "array");
  EXPECT_EQ(lanes[0].slices.size(), 2u);
  EXPECT_EQ(lanes[1].track, "array");
  EXPECT_EQ(lanes[1].number, 1);
  EXPECT_EQ(lanes[1].slices.front()->name, "l01.experts");
}

TEST(LayersCsv, NamesSplitIntoBlockAndPart) {
  EXPECT_EQ(split_command_name("l03.qkv").layer, "3");
  EXPECT_EQ(split_command_name("l03.qkv").part, "qkv");
  EXPECT_EQ(split_command_name("load.l00.qkv").layer, "0");
  EXPECT_EQ(split_command_name("load.l00.qkv").part, "load.qkv");
  EXPECT_EQ(split_command_name("l123.moe.out").layer, "123");
  EXPECT_EQ(split_command_name("embed").layer, "-");
  EXPECT_EQ(split_command_name("lx3.q").layer, "-");
  EXPECT_EQ(split_command_name("").part, "");
}

TEST(LayersCsv, FieldsAreQuotedAndEveryLineHasAllColumns) {
  Report report = test::sample_report();
  report.runs[0].image = "a,\"b\".png";
  const std::string csv = layers_csv(report);
  EXPECT_NE(
      csv.find("\"a,\"\"b\"\".png\",semseg depth,0,qkv,all,array,10,900,890,400000,0,40,weights\n"),
      std::string::npos)
      << csv;
}

TEST(LayersCsv, WithoutTimingThereIsOnlyTheHeader) {
  Report report;
  report.runs.emplace_back();
  const std::string csv = layers_csv(report);
  EXPECT_EQ(csv.find('\n'), csv.size() - 1);
}

}  // namespace
}  // namespace edgemoe::host
