// SPDX-License-Identifier: Apache-2.0
#include "host/report/json_writer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/host/report/sample_report.hpp"
#include "tests/host/report/schema_check.hpp"

namespace edgemoe::host {
namespace {

using nlohmann::json;

std::vector<std::string> violations(const json& report) {
  std::vector<std::string> problems;
  test::validate(json::parse(report_schema()), report, "report", &problems);
  return problems;
}

TEST(ReportJson, FullReportSatisfiesItsSchema) {
  EXPECT_EQ(violations(json::parse(report_json(test::sample_report()))),
            std::vector<std::string>{});
}

TEST(ReportJson, EmptyReportSatisfiesItsSchema) {
  Report report;
  report.runs.emplace_back();
  EXPECT_EQ(violations(json::parse(report_json(report))), std::vector<std::string>{});
}

TEST(ReportJson, SchemaNoticesMissingSurplusAndIllTypedKeys) {
  json report = json::parse(report_json(test::sample_report()));
  report["runs"][0].erase("cycles");
  report["runs"][0]["cycels"] = 1;
  report["model"]["tokens"] = "nine";
  report["runs"][0]["macs"] = -1;
  EXPECT_EQ(violations(report).size(), 4u);
}

TEST(ReportJson, KeysOfTheContractAreThere) {
  const json report = json::parse(report_json(test::sample_report()));
  for (const char* key : {"schema_version", "tool", "model", "design", "engine", "seed", "runs",
                          "resources", "checks", "host"}) {
    EXPECT_TRUE(report.contains(key)) << key;
  }
  for (const char* key : {"image",
                          "tasks",
                          "cycles",
                          "latency_ms",
                          "fps",
                          "energy_mj",
                          "power_w",
                          "macs",
                          "macs_padded",
                          "utilisation",
                          "roofline",
                          "head_ms_host",
                          "dram",
                          "energy_breakdown_mj",
                          "energy_band_mj",
                          "stalls",
                          "commands",
                          "experts",
                          "golden",
                          "metrics",
                          "outputs"}) {
    EXPECT_TRUE(report["runs"][0].contains(key)) << key;
  }
  for (const char* key :
       {"tap", "sqnr_db", "mse", "mae", "max_abs", "routing_agreement", "routing_total"}) {
    EXPECT_TRUE(report["runs"][0]["golden"]["semseg"].contains(key)) << key;
  }
}

TEST(ReportJson, ValuesThatAnEngineDoesNotHaveAreNull) {
  Report report;
  report.runs.emplace_back();
  const json run = json::parse(report_json(report))["runs"][0];
  for (const char* key :
       {"cycles", "latency_ms", "energy_mj", "dram", "stalls", "commands", "golden"}) {
    EXPECT_TRUE(run[key].is_null()) << key;
  }
}

TEST(ReportJson, InfinityBecomesNull) {
  const json report = json::parse(report_json(test::sample_report()));
  EXPECT_TRUE(report["runs"][0]["golden"]["depth"]["max_abs"].is_null());
}

TEST(ReportJson, EqualReportsGiveEqualBytesAndOnlyHostMayDiffer) {
  Report a = test::sample_report(), b = test::sample_report();
  EXPECT_EQ(report_json(a), report_json(b));
  b.host.wall_s = 99.0;
  json first = json::parse(report_json(a)), second = json::parse(report_json(b));
  EXPECT_NE(first, second);
  first.erase("host");
  second.erase("host");
  EXPECT_EQ(first, second);
}

TEST(ReportJson, NoiseBelowTenDigitsDoesNotShow) {
  Report a = test::sample_report(), b = test::sample_report();
  b.runs[0].energy_mj = 0.1 + 1e-16;
  EXPECT_EQ(report_json(a), report_json(b));
}

TEST(ReportJson, NamesThatAreNoUtf8DoNotStopTheReport) {
  Report report = test::sample_report();
  report.runs[0].image = "bad\xff\xfe.png";
  EXPECT_NO_THROW(json::parse(report_json(report)));
}

TEST(ReportSchema, EveryKeyHasAMeaning) {
  const json schema = json::parse(report_schema());
  std::vector<const json*> open{&schema};
  while (!open.empty()) {
    const json& node = *open.back();
    open.pop_back();
    if (node.contains("items")) open.push_back(&node["items"]);
    if (node.contains("additionalProperties") && node["additionalProperties"].is_object()) {
      open.push_back(&node["additionalProperties"]);
    }
    if (!node.contains("properties")) continue;
    for (const auto& [key, inner] : node["properties"].items()) {
      EXPECT_GT(inner.value("description", "").size(), 3u) << key;
      open.push_back(&inner);
    }
  }
}

}  // namespace
}  // namespace edgemoe::host
