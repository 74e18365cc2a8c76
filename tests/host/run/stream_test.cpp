// SPDX-License-Identifier: Apache-2.0
// Streams: the file of frames, strictly read, and frames back to back in as many programs as
// needed.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/report/json_writer.hpp"
#include "host/report/layers_csv.hpp"
#include "host/report/page.hpp"
#include "host/run/session.hpp"
#include "host/run/stream_file.hpp"
#include "models/io/error.hpp"
#include "models/io/png.hpp"
#include "models/schema/error.hpp"
#include "tests/host/report/schema_check.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::host {
namespace {

class StreamTest : public testing::Test {
 protected:
  StreamTest() {
    for (const char* name : {"a.png", "b.png"}) {
      std::vector<std::uint8_t> pixels;
      for (int i = 0; i < 32 * 64 * 3; ++i)
        pixels.push_back(static_cast<std::uint8_t>((i * 37 + name[0] * 11) % 251));
      models::write_png(folder_ / name, {32, 64, pixels});
    }
    options_.model = "test-tiny-synthetic";
    options_.design = "m3-test";
    options_.design_overrides = {{"buffers.own_inputs", "true"}};
    options_.pictures = false;
  }

  std::vector<StreamFrame> read(const std::string& text) {
    return read_stream(folder_.write("frames.txt", text), setup().model);
  }
  host::Setup setup() { return load_setup(options_, locations_); }
  std::string error(const std::string& text) {
    try {
      read(text);
    } catch (const models::DataError& error) {
      const std::string message = error.what();
      const std::size_t at = message.find("frames.txt");
      return at == std::string::npos ? message : message.substr(at);
    }
    return "(no error)";
  }
  SessionResult run(const std::string& text) {
    options_.stream = folder_.write("frames.txt", text);
    return run_session(options_, locations_);
  }
  static std::string lines(int frames, const std::vector<std::string>& tasks) {
    std::string text;
    for (int i = 0; i < frames; ++i)
      text += std::string(i % 3 == 0 ? "b.png " : "a.png ") +
              tasks[static_cast<std::size_t>(i) % tasks.size()] + "\n";
    return text;
  }

  tests::TempFolder folder_;
  SessionOptions options_;
  Locations locations_{EDGEMOE_SOURCE_DIR};
};

TEST_F(StreamTest, FileHoldsFramesCommentsAndQuotedPaths) {
  models::write_png(folder_ / "my scene.png", {32, 64, std::vector<std::uint8_t>(32 * 64 * 3)});
  const auto frames =
      read("# frames\n\n a.png\tdepth  # the first\r\n\"my scene.png\" depth,semseg\nb.png all");
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].given, "a.png");
  EXPECT_EQ(frames[0].tasks, (std::vector<int>{1}));
  EXPECT_EQ(frames[1].given, "my scene.png");
  EXPECT_EQ(frames[1].tasks, (std::vector<int>{1, 0}));
  EXPECT_EQ(frames[2].tasks, (std::vector<int>{0, 1}));
}

TEST_F(StreamTest, EveryBadLineIsNamedWithItsPlace) {
  EXPECT_EQ(error(""),
            "frames.txt:1:1: error: stream: expected at least one frame, an image and its tasks on "
            "a line, got none");
  EXPECT_EQ(error("# nothing\n").substr(0, 16), "frames.txt:1:1: ");
  EXPECT_EQ(error("a.png\n").substr(0, 29), "frames.txt:1:6: error: tasks:");
  EXPECT_NE(error("a.png depth more")
                .find("frames.txt:1:13: error: stream: expected an image and "
                      "its tasks, got a third word \"more\""),
            std::string::npos);
  EXPECT_NE(error("c.png depth").find("frames.txt:1:1: error: image: expected a PNG file"),
            std::string::npos);
  EXPECT_NE(error("\"a.png depth").find("expected a closing quote"), std::string::npos);
  const std::string tasks = error("a.png semseg,dept\nb.png depth,depth\nb.png depth,\n");
  EXPECT_NE(tasks.find("frames.txt:1:14: error: tasks: expected one of semseg, depth, or all, got "
                       "\"dept\"\n  hint: did you mean \"depth\"?"),
            std::string::npos)
      << tasks;
  EXPECT_NE(tasks.find("frames.txt:2:13: error: tasks: expected each task once"),
            std::string::npos);
  EXPECT_NE(tasks.find("frames.txt:3:13: error: tasks: expected one of"), std::string::npos);
}

TEST_F(StreamTest, ManyErrorsEndSomewhereAndControlCharactersAreNotRepeated) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a.png \x01\x02\n";
  const std::string message = error(text);
  EXPECT_LT(message.size(), 10'000u);
  EXPECT_EQ(message.find('\x01'), std::string::npos);
}

TEST_F(StreamTest, OneFrameTakesTheTimeOfThatFrame) {
  const SessionResult stream = run("a.png depth\n");
  ASSERT_TRUE(stream.page.report.stream);
  const StreamInfo& info = *stream.page.report.stream;
  EXPECT_EQ(info.programs.size(), 1u);
  EXPECT_EQ(info.switches, 0);
  options_.stream.clear();
  options_.images = {(folder_ / "a.png").string()};
  options_.tasks = {"depth"};
  const SessionResult alone = run_session(options_, locations_);
  EXPECT_EQ(info.cycles, *alone.page.report.runs[0].cycles);
  EXPECT_EQ(stream.page.report.runs[0].golden->at("depth").sqnr_db,
            alone.page.report.runs[0].golden->at("depth").sqnr_db);
}

TEST_F(StreamTest, LongStreamsRunAsSeveralProgramsAndEveryCheckHolds) {
  const int frames = 31;  // more than a program holds, and odd
  const SessionResult result = run(lines(frames, {"semseg", "depth", "all"}));
  const Report& report = result.page.report;
  const StreamInfo& info = *report.stream;
  ASSERT_EQ(info.frames.size(), static_cast<std::size_t>(frames));
  ASSERT_GT(info.programs.size(), 1u);
  for (const Check& check : report.checks)
    EXPECT_TRUE(check.ok) << check.name << ": " << check.detail;
  std::uint64_t cycles = 0, end = 0;
  double energy = 0.0, periods = 0.0;
  for (const RunRecord& program : info.programs) {
    cycles += *program.cycles;
    energy += *program.energy_mj;
    EXPECT_LE(program.commands->size(), 1024u);
  }
  EXPECT_EQ(cycles, info.cycles);
  EXPECT_NEAR(energy, info.energy_mj, 1e-9 * energy);
  for (const StreamFrameRecord& frame : info.frames) {
    EXPECT_LE(frame.begin, frame.issue);
    EXPECT_LT(frame.issue, frame.end);
    EXPECT_GT(frame.end, end);
    end = frame.end;
    periods += frame.period_ms;
  }
  EXPECT_LE(end, info.cycles);
  EXPECT_LE(periods, info.total_ms);
  EXPECT_GT(info.switches, 0);
}

TEST_F(StreamTest, FramesFollowFasterThanTheyRunAlone) {
  const SessionResult result = run(lines(6, {"depth"}));
  const StreamInfo& info = *result.page.report.stream;
  EXPECT_EQ(info.switches, 0);
  EXPECT_FALSE(info.mean_switch_cycles);
  EXPECT_LT(info.total_ms, 6 * info.frames[0].latency_ms);
}

TEST_F(StreamTest, FramesBesideASwitchAreComparedWithThemselvesAlone) {
  const auto info_of = [&](const std::string& text) { return *run(text).page.report.stream; };
  const StreamInfo info = info_of("a.png depth\na.png depth\na.png semseg\na.png semseg\n");
  ASSERT_EQ(info.frames.size(), 4u);
  ASSERT_EQ(info.programs.size(), 1u);
  EXPECT_EQ(info.switches, 1);
  EXPECT_FALSE(info.frames[0].switch_cycles);
  EXPECT_FALSE(info.frames[3].switch_cycles);  // nothing follows it
  const StreamInfo depth = info_of("a.png depth\na.png depth\na.png depth\na.png depth\n"),
                   semseg = info_of("a.png semseg\na.png semseg\na.png semseg\na.png semseg\n");
  const auto issues = [](const StreamInfo& s, std::size_t f) {
    return static_cast<std::int64_t>(s.frames[f + 1].issue) -
           static_cast<std::int64_t>(s.frames[f].issue);
  };
  std::int64_t most = 0;
  for (const std::size_t f : {std::size_t{1}, std::size_t{2}}) {
    const StreamInfo& alone = f == 1 ? depth : semseg;
    const std::int64_t longest = std::max({issues(alone, 0), issues(alone, 1), issues(alone, 2)});
    ASSERT_TRUE(info.frames[f].switch_cycles);
    EXPECT_EQ(*info.frames[f].switch_cycles, issues(info, f) - longest) << f;
    most = f == 1 ? *info.frames[f].switch_cycles : std::max(most, *info.frames[f].switch_cycles);
  }
  EXPECT_EQ(info.max_switch_cycles, most);
  EXPECT_TRUE(info.refresh_cycles);
}

TEST_F(StreamTest, ReportFitsItsSchemaAndThePageShowsTheStream) {
  const SessionResult result = run(lines(3, {"semseg", "depth"}));
  std::vector<std::string> problems;
  test::validate(nlohmann::json::parse(report_schema()),
                 nlohmann::json::parse(report_json(result.page.report)), "report", &problems);
  EXPECT_EQ(problems, std::vector<std::string>{});
  EXPECT_NE(report_html(result.page).find("Task switch"), std::string::npos);
  EXPECT_NE(layers_csv(result.page.report).find("f02."), std::string::npos);
}

TEST_F(StreamTest, DesignsAndEnginesThatCannotAreRefused) {
  options_.design_overrides.clear();
  EXPECT_THROW(run("a.png depth\n"), models::ConfigError);
  options_.design_overrides = {{"buffers.own_inputs", "true"}};
  options_.engine = Engine::kKernels;
  EXPECT_THROW(run("a.png depth\n"), UsageError);
  options_.engine = Engine::kCycle;
  options_.design = "edge-moe";
  options_.design_overrides.clear();
  EXPECT_THROW(run("a.png depth\n"), models::ConfigError);
}

}  // namespace
}  // namespace edgemoe::host
