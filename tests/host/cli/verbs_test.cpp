// SPDX-License-Identifier: Apache-2.0
// What the verbs do when all is well.
#include <nlohmann/json.hpp>

#include "models/io/npy.hpp"
#include "models/io/png.hpp"
#include "tests/host/cli/program.hpp"
#include "tests/host/report/schema_check.hpp"

namespace edgemoe::host::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class Verbs : public Program {};

TEST_F(Verbs, RunPrintsTheHeadlinesAndLeavesEveryFile) {
  const Outcome outcome = run("--out out");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  for (const char* word : {"latency", "fps", "energy", "SQNR", "routing agrees", "semseg", "depth",
                           "checks: all", "report.html"}) {
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word;
  }
  for (const char* file : {"report.json", "report.html", "layers.csv", "trace.json"})
    EXPECT_GT(fs::file_size(folder_ / "out" / file), 100u);
  const json report = json::parse(text_of(folder_ / "out/report.json"));
  for (const auto& name : report["runs"][0]["outputs"])
    EXPECT_TRUE(fs::exists(folder_ / "out" / name.get<std::string>())) << name;
  EXPECT_EQ(models::read_png(folder_ / "out" / "generated-1" / "semseg.png").width, 64);
  EXPECT_TRUE(json::parse(text_of(folder_ / "out/trace.json")).contains("traceEvents"));
}

TEST_F(Verbs, SchemaOfDescribeFitsTheReportOfRun) {
  ASSERT_EQ(run("--out out").code, 0);
  std::vector<std::string> problems;
  validate(json::parse(call("describe --schema").out),
           json::parse(text_of(folder_ / "out/report.json")), "report", &problems);
  EXPECT_EQ(problems, std::vector<std::string>{});
}

TEST_F(Verbs, ReportIsByteIdenticalApartFromHost) {
  ASSERT_EQ(run("--out a").code, 0);
  ASSERT_EQ(run("--out b").code, 0);
  json a = json::parse(text_of(folder_ / "a/report.json")),
       b = json::parse(text_of(folder_ / "b/report.json"));
  a.erase("host");
  b.erase("host");
  EXPECT_EQ(a.dump(), b.dump());
  for (const char* file : {"layers.csv", "trace.json", "generated-1/depth.png"}) {
    EXPECT_EQ(text_of(folder_ / "a" / file), text_of(folder_ / "b" / file)) << file;
  }
}

TEST_F(Verbs, DumpedTapsAreFilesPerTask) {
  ASSERT_EQ(run("--engine kernels --dump-taps taps --task depth").code, 0);
  EXPECT_EQ(models::read_npy(folder_ / "taps/generated-1/depth/l03.x.npy").shape,
            (std::vector<std::int64_t>{9, 32}));
  EXPECT_NE(text_of(folder_ / "taps/generated-1/depth/l01.moe.index.npy").find("'<i4'"),
            std::string::npos);
  EXPECT_TRUE(fs::exists(folder_ / "taps/generated-1/depth/head.depth.npy"));
  EXPECT_FALSE(fs::exists(folder_ / "taps/generated-1/semseg"));
}

TEST_F(Verbs, FolderOfImagesGivesOneEntryEach) {
  fs::create_directories(folder_ / "set");
  for (const char* name : {"set/b.png", "set/a.png"})
    models::write_png(folder_ / name, {32, 64, std::vector<std::uint8_t>(32 * 64 * 3, 80)});
  models::write_png_gray(folder_ / "set/a.labels.png",
                         {32, 64, 8, std::vector<std::uint16_t>(32 * 64, 1)});
  const Outcome outcome = run("--image set --out out");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json report = json::parse(text_of(folder_ / "out/report.json"));
  ASSERT_EQ(report["runs"].size(), 2u);
  EXPECT_EQ(report["runs"][0]["image"], "set/a.png");
  EXPECT_TRUE(report["runs"][0]["metrics"]["semseg"].contains("miou"));
  EXPECT_TRUE(report["runs"][1]["metrics"].is_null());
  EXPECT_EQ(report["metrics"]["semseg"]["images"], 1.0);
}

TEST_F(Verbs, CompareIsOkWithinBoundsAndExitsOneOutOfThem) {
  const std::string model = "compare --model test-tiny-synthetic --design m3-test";
  const Outcome good = call(model);
  EXPECT_EQ(good.code, 0) << good.out;
  EXPECT_NE(good.out.find("every tap is within its bound"), std::string::npos);
  for (const char* word : {"SQNR dB", "bound dB", "l03.x", "head.semseg", "routing agreement"})
    EXPECT_NE(good.out.find(word), std::string::npos) << word;
  const Outcome strict = call(model + " --bound-factor 0.01");
  EXPECT_EQ(strict.code, 1) << strict.out;
  EXPECT_NE(strict.out.find("first tap out of its bound: embed (generated-1"), std::string::npos)
      << strict.out;
}

TEST_F(Verbs, CompareTellsWhatEachApproximationCosts) {
  const Outcome outcome =
      call("compare --model test-tiny-synthetic --design m3-test --costs --out out --task depth");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* word : {"each approximation of w8a8 alone at l03.x", "weights", "softmax",
                           "gelu", "residual", "all that the prediction counts"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word;
  const json report = json::parse(text_of(folder_ / "out/report.json"));
  EXPECT_EQ(report["costs"].size(), 12u);
  EXPECT_EQ(report["costs"].back()["share_of_noise"], 1.0);
  std::vector<std::string> problems;
  validate(json::parse(call("describe --schema").out), report, "report", &problems);
  EXPECT_EQ(problems, std::vector<std::string>{});
  EXPECT_NE(text_of(folder_ / "out/report.html").find("What each approximation costs"),
            std::string::npos);
}

TEST_F(Verbs, CompareForcedShowsNoFreeFigure) {
  const Outcome outcome =
      call("compare --model test-tiny-synthetic --design m3-test --force-routing");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("routing agreement 100.00 %"), std::string::npos) << outcome.out;
}

TEST_F(Verbs, CompareDesignsSideBySide) {
  const Outcome outcome = call(
      "compare --model test-tiny-synthetic --design m3-test,m3-zcu102 --engine cycle --out out");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* word : {"SQNR dB of tap", "m3-test", "m3-zcu102", "one task, ms", "taps out"}) {
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word;
  }
  EXPECT_TRUE(fs::exists(folder_ / "out/1/report.json"));
  EXPECT_TRUE(fs::exists(folder_ / "out/2/report.json"));
}

TEST_F(Verbs, CompareEndsWithOneTableOfOursAndOthers) {
  const Outcome outcome =
      call("compare --model test-tiny-synthetic --design m3-test,example --out out");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const std::size_t table = outcome.out.find("frame (semseg + depth), ms");
  ASSERT_NE(table, std::string::npos) << outcome.out;
  for (const char* word : {"one task, ms", "power, W", "DRAM read, MB", "DSP", "SQNR, dB"})
    EXPECT_NE(outcome.out.find(word, table), std::string::npos) << word;
  EXPECT_NE(outcome.out.find("published by others"), std::string::npos);
  for (const char* file : {"compare.html", "compare.csv", "roofline.svg", "roofline.csv",
                           "1/report.html", "2/report.json"})
    EXPECT_GT(fs::file_size(folder_ / "out" / file), 100u) << file;
}

TEST_F(Verbs, CompareOfKernelsAloneHasNoTimeAndNoRoofline) {
  const Outcome outcome = call(
      "compare --model test-tiny-synthetic --design m3-test,m3-zcu102 --engine kernels --out out");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find("one task, ms"), std::string::npos) << outcome.out;
  EXPECT_FALSE(fs::exists(folder_ / "out/roofline.svg"));
  EXPECT_TRUE(fs::exists(folder_ / "out/compare.html"));
}

TEST_F(Verbs, DescribeShowsProgramRooflineAndBuffers) {
  const Outcome outcome = call("describe --model test-tiny-synthetic --design m3-test");
  EXPECT_EQ(outcome.code, 0);
  for (const char* word : {"l03.moe", "roofline", "buffers.max_tokens", "BRAM36"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word;
  EXPECT_NO_THROW(
      json::parse(call("describe --model test-tiny-synthetic --design m3-test --json").out));
}

TEST_F(Verbs, StreamPrintsEveryFrameAndItsThroughput) {
  models::write_png(folder_ / "a.png", {32, 64, std::vector<std::uint8_t>(32 * 64 * 3, 80)});
  write("frames.txt", "a.png semseg\na.png depth\na.png semseg\n");
  const Outcome outcome = call(
      "run --model test-tiny-synthetic --stream frames.txt --design m3-test "
      "--set design.buffers.own_inputs=true --out out");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* word : {"stream of 3 frames in 1 program", "fps", "period ms", "2 task switches",
                           "mJ a frame", "checks: all"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << outcome.out;
  EXPECT_TRUE(fs::exists(folder_ / "out/a-2/depth.png"));
  const Outcome by_itself = call("run --model test-tiny-synthetic --stream frames.txt --out b");
  EXPECT_EQ(by_itself.code, 0) << by_itself.err;
  EXPECT_NE(by_itself.out.find("m3-zcu102-stream"), std::string::npos);
}

TEST_F(Verbs, DesignsOfOthersRunAndAreDescribed) {
  const std::string words = "--model test-tiny-synthetic --design edge-moe ";
  const std::string mended = "--set design.define.direct_path_mended=1 ";
  const Outcome outcome = call("run " + words + mended + "--out out --task depth");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* word :
       {"edge-moe (zcu102)", "latency", "the kernels of m3-zcu102-w16a32", "checks: all"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << outcome.out;
  const json report = json::parse(text_of(folder_ / "out/report.json"));
  EXPECT_TRUE(report["runs"][0]["utilisation"].is_null());
  EXPECT_GT(fs::file_size(folder_ / "out/trace.json"), 1000u);
  const Outcome described = call("describe " + words);
  for (const char* word : {"block/qk", "pipelines alone", "inout1", "256 bit"})
    EXPECT_NE(described.out.find(word), std::string::npos) << described.out;
  EXPECT_EQ(json::parse(call("describe --json " + words).out)["ports"].size(), 5u);
  EXPECT_NE(call("list").out.find("edge-moe"), std::string::npos);
}

TEST_F(Verbs, KeyReferenceHasEveryFile) {
  const std::string text = call("describe --keys").out;
  for (const char* word : {"## model.yaml", "## designs", "## boards", "`embed_dim`",
                           "`array.out_lanes`", "`dram.efficiency_cap`"}) {
    EXPECT_NE(text.find(word), std::string::npos) << word;
  }
}

TEST_F(Verbs, ListNamesModelsDesignsAndBoards) {
  const Outcome outcome = call("list");
  EXPECT_EQ(outcome.code, 0);
  for (const char* word : {"test-tiny-synthetic", "semseg depth", "m3-zcu102", "zcu102-measured"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word;
  EXPECT_EQ(outcome.out.find("errors in its file"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace edgemoe::host::test
