// SPDX-License-Identifier: Apache-2.0
// The trained network on the whole accelerator, with the measured memory: equal in bits and cycles,
// and as fast as it shall be.
#include <gtest/gtest.h>

#include <cstdio>

#include "host/run/session.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::host {
namespace {

constexpr double kMostMs = 1.6;  // a task; of the largest design both

SessionOptions whole_accelerator(const char* design = "m3-zcu102") {
  SessionOptions options;
  options.model = "m3vit-tiny-scenes";
  options.design = design;
  options.board = "zcu102-measured";
  options.engine = Engine::kRtl;
  options.golden = false;
  options.pictures = false;
  return options;
}

Report run(const SessionOptions& options) {
  const auto note = [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); };
  return run_session(options, Locations(EDGEMOE_SOURCE_DIR), {}, note).page.report;
}

void expect_rtl_checks_hold(const Report& report) {
  int rtl_checks = 0;
  for (const Check& check : report.checks) {
    EXPECT_TRUE(check.ok) << check.name << ": " << check.detail;
    rtl_checks += check.name.rfind("rtl_", 0) == 0;
  }
  EXPECT_EQ(rtl_checks, 5);
}

TEST(FullModel, EachTaskAloneIsEqualAndInTime) {
  SessionOptions options = whole_accelerator();
  options.separate = true;
  const Report report = run(options);
  expect_rtl_checks_hold(report);
  ASSERT_EQ(report.runs.size(), 2u);
  for (const RunRecord& entry : report.runs) {
    std::printf("%s: %.3f ms\n", entry.tasks[0].c_str(), *entry.latency_ms);
    EXPECT_LE(*entry.latency_ms, kMostMs) << entry.tasks[0];
  }
}

TEST(FullModel, BothTasksOfAFrameAreEqualAndCheaperThanTwoRuns) {
  const Report report = run(whole_accelerator());
  expect_rtl_checks_hold(report);
  ASSERT_EQ(report.runs.size(), 1u);
  std::printf("both tasks: %.3f ms\n", *report.runs[0].latency_ms);
  EXPECT_LE(*report.runs[0].latency_ms, 2 * kMostMs);
}

TEST(FullModel, LargestDesignTakesBothTasksOfAFrameInTheTimeOfOne) {
  const Report report = run(whole_accelerator("m3-zcu102-max"));
  expect_rtl_checks_hold(report);
  ASSERT_EQ(report.runs.size(), 1u);
  std::printf("both tasks on m3-zcu102-max: %.3f ms\n", *report.runs[0].latency_ms);
  EXPECT_LE(*report.runs[0].latency_ms, kMostMs);
}

TEST(FullModel, AStreamWhoseTaskChangesIsEqualAndNoFrameIsLate) {
  const tests::TempFolder folder;
  const std::string samples = EDGEMOE_SOURCE_DIR "/models/zoo/m3vit-tiny-scenes/samples/val-0";
  std::string lines;
  for (int i = 0; i < 4; ++i)
    lines += samples + std::to_string(i) + (i % 2 == 0 ? ".png semseg\n" : ".png depth\n");
  SessionOptions options = whole_accelerator("m3-zcu102-stream");
  options.stream = folder.write("frames.txt", lines);
  const Report report = run(options);
  expect_rtl_checks_hold(report);
  ASSERT_TRUE(report.stream.has_value());
  ASSERT_EQ(report.stream->frames.size(), 4u);
  for (const StreamFrameRecord& frame : report.stream->frames) {
    std::printf("frame %d: %.3f ms after the one before\n", frame.frame, frame.period_ms);
    EXPECT_LE(frame.period_ms, kMostMs) << frame.frame;
  }
}

}  // namespace
}  // namespace edgemoe::host
