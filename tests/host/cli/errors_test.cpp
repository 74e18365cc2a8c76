// SPDX-License-Identifier: Apache-2.0
// Exit codes 3 (configuration), 4 (file or data) and 5 (stuck), and that nothing half-written is
// left.
#include <nlohmann/json.hpp>

#include "models/io/png.hpp"
#include "models/io/safetensors.hpp"
#include "models/reference/weights.hpp"
#include "tests/host/cli/program.hpp"

namespace edgemoe::host::test {
namespace {

namespace fs = std::filesystem;

class Errors : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    model_text_ =
        text_of(fs::path(EDGEMOE_SOURCE_DIR) / "models/zoo/test-tiny-synthetic/model.yaml");
    design_text_ = text_of(fs::path(EDGEMOE_SOURCE_DIR) / "constraints/designs/m3-test.yaml");
  }

  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  /// The small model with its weights in a file; `change` may spoil them.
  void write_model_with_weights(const std::function<void(models::TensorMap*)>& change) const {
    models::TensorMap weights = models::load_weights(
        models::read_model(fs::path(EDGEMOE_SOURCE_DIR) / "models/zoo/test-tiny-synthetic"));
    change(&weights);
    models::write_safetensors(folder_ / "weights.safetensors", weights);
    const std::size_t at = model_text_.find("weights:");
    write("model.yaml", model_text_.substr(0, at) + "weights: {files: [weights.safetensors]}\n");
  }
  Outcome run_model() const { return call("run --model ./model.yaml --design m3-test --out out"); }

  std::string model_text_, design_text_;
};

TEST_F(Errors, UnknownModelDesignAndBoardNamesAreConfiguration) {
  expect_error(call("synth --module edgemoe_requantiser"), 3,
               "did you mean \"edgemoe_requantizer\"?");
  expect_error(call("run --model test-tiny-synthetik"), 3, "did you mean \"test-tiny-synthetic\"?");
  expect_error(call("run --model test-tiny-synthetic --design m3-tset"), 3,
               "did you mean \"m3-test\"?");
  expect_error(run("--board zcu120"), 3, "did you mean \"zcu102\"?");
}

TEST_F(Errors, PathsThatDoNotExistAreFiles) {
  expect_error(call("run --model ./nothing/here"), 4, "got nothing there");
  expect_error(run("--image no.png"), 4, "no.png: error: image");
}

TEST_F(Errors, RtlEngineRefusesADesignItHasNoHardwareFor) {
  expect_error(run("--engine rtl"), 3, "array.in_lanes: expected 16");
}
TEST_F(Errors, WaveNeedsTheRtlEngine) { expect_error(run("--wave l00.moe"), 2, "--engine rtl"); }

TEST_F(Errors, UnknownDuplicateAndIllTypedKeysAreAllReportedAtOnce) {
  write("design.yaml", design_text_ + "colour: red\nclock_mhz: fast\nclock_mhz: 300\n");
  const Outcome outcome = call("run --model test-tiny-synthetic --design ./design.yaml");
  expect_error(outcome, 3, "design.yaml:");
  EXPECT_NE(outcome.err.find("colour"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("clock_mhz"), std::string::npos) << outcome.err;
}

TEST_F(Errors, OverrideErrorsNameTheOption) {
  expect_error(run("--set design.array.out_lanez=8"), 3, "--set design.array.out_lanez");
  expect_error(run("--set design.clock_mhz=fast"), 3, "--set design.clock_mhz");
}

TEST_F(Errors, DesignThatDoesNotHoldTheModelNamesTheBuffer) {
  expect_error(run("--set design.buffers.max_tokens=8"), 3, "max_tokens");
  expect_error(run("--set design.buffers.max_embed_dim=16"), 3, "max_embed_dim");
}

TEST_F(Errors, DesignThatDoesNotFitTheBoardNamesTheResource) {
  expect_error(run("--set board.resources.dsp=10"), 3, "dsp");
  expect_error(run("--set board.resources.bram36=2"), 3, "bram36");
}

TEST_F(Errors, MissingWeightsFile) {
  const std::size_t at = model_text_.find("weights:");
  write("model.yaml", model_text_.substr(0, at) + "weights: {files: [gone.safetensors]}\n");
  EXPECT_EQ(run_model().code, 4);
  EXPECT_NE(run_model().err.find("gone.safetensors"), std::string::npos);
}

TEST_F(Errors, TruncatedWeightsFile) {
  write_model_with_weights([](models::TensorMap*) {});
  EXPECT_EQ(run_model().code, 0);
  fs::resize_file(folder_ / "weights.safetensors",
                  fs::file_size(folder_ / "weights.safetensors") - 5);
  EXPECT_EQ(run_model().code, 4);
  write("weights.safetensors", "abc");
  EXPECT_EQ(run_model().code, 4);
}

TEST_F(Errors, WrongShapeMissingTensorAndNonFiniteValues) {
  write_model_with_weights([](models::TensorMap* weights) {
    weights->erase("backbone.cls_token");
    models::Tensor& bias = (*weights)["backbone.blocks.0.attn.proj.bias"];
    bias.shape = {1, bias.shape[0]};
  });
  const Outcome outcome = run_model();
  expect_error(outcome, 4, "backbone.cls_token");
  EXPECT_NE(outcome.err.find("backbone.blocks.0.attn.proj.bias"), std::string::npos) << outcome.err;
  write_model_with_weights(
      [](models::TensorMap* weights) { (*weights)["backbone.pos_embed"].data[3] = 1.0F / 0.0F; });
  expect_error(run_model(), 4, "backbone.pos_embed");
}

TEST_F(Errors, QuantisationParametersThatMakeNoSense) {
  write_model_with_weights([](models::TensorMap* weights) {
    (*weights)["quant.blocks.0.attn.q_act"] = {{1}, {-1.0F}};
  });
  EXPECT_EQ(run_model().code, 4) << run_model().err;
}

TEST_F(Errors, FileThatIsNoImage) {
  write("a.png", "GIF89a this is no PNG");
  expect_error(run("--image a.png"), 4, "a.png: error: image");
}

TEST_F(Errors, ImageOfAnotherSizeIsResizedWithANote) {
  models::write_png(folder_ / "a.png", {48, 96, std::vector<std::uint8_t>(48 * 96 * 3, 100)});
  const Outcome outcome = run("--image a.png --engine kernels");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("note: a.png: resized from 96 x 48"), std::string::npos)
      << outcome.err;
}

TEST_F(Errors, ImageOfAnotherShapeIsRefused) {
  models::write_png(folder_ / "a.png", {48, 48, std::vector<std::uint8_t>(48 * 48 * 3, 100)});
  expect_error(run("--image a.png"), 4, "4:3 to 3:1");
}

TEST_F(Errors, FrameThatTakesTooLongIsStuckAndLeavesNoReport) {
  const Outcome outcome = run("--max-cycles 100 --out out");
  expect_error(outcome, 5, "100");
  EXPECT_FALSE(fs::exists(folder_ / "out" / "report.json"));
}

TEST_F(Errors, FullDevice) {
  const Outcome outcome = run("--engine kernels", "/dev/full");
  EXPECT_EQ(outcome.code, 4);
  EXPECT_NE(outcome.err.find("standard output: error: cannot write: No space left on device"),
            std::string::npos)
      << outcome.err;
}

TEST_F(Errors, FileWhereTheOutputFolderBelongs) {
  write("out", "I was here first");
  expect_error(run("--out out"), 4, "expected a folder, got a file");
  EXPECT_EQ(text_of(folder_ / "out"), "I was here first");
  expect_error(run("--out out/deeper"), 4, "out/deeper");
  expect_error(run("--out ok --dump-taps out"), 4, "expected a folder, got a file");
}

TEST_F(Errors, OutputOptionWithoutAPath) {
  expect_error(run("--out ''"), 4, "output folder: error: expected a path");
  expect_error(call("compare --model test-tiny-synthetic --out ''"), 4, "expected a path");
}

TEST_F(Errors, FullDeviceUnderTheOutputFolderLeavesNoReport) {
  fs::create_directories(folder_ / "out");
  fs::create_symlink("/dev/full", folder_ / "out" / "report.html");
  expect_error(run("--engine kernels --out out"), 4,
               "report.html: error: cannot write: No space left on device");
  EXPECT_FALSE(fs::exists(folder_ / "out" / "report.json"));
}

TEST_F(Errors, RefusedRunLeavesNoFolder) {
  expect_error(run("--image no.png --out a/b --dump-taps c"), 4, "no.png");
  EXPECT_FALSE(fs::exists(folder_ / "a"));
  EXPECT_FALSE(fs::exists(folder_ / "c"));
  fs::create_directories(folder_ / "mine");
  expect_error(run("--image no.png --out mine"), 4, "no.png");
  EXPECT_TRUE(fs::exists(folder_ / "mine")) << "it was there before";
}

TEST_F(Errors, BadImageAmongGoodOnesIsFoundBeforeTheWorkBegins) {
  models::write_png(folder_ / "a.png", {32, 64, std::vector<std::uint8_t>(32 * 64 * 3, 100)});
  write("b.png", "no picture");
  expect_error(run("--image a.png b.png --dump-taps taps"), 4, "b.png: error: image");
  EXPECT_FALSE(fs::exists(folder_ / "taps"));
}

TEST_F(Errors, EmptyFolderAndUnreadableImages) {
  fs::create_directories(folder_ / "none");
  expect_error(run("--image none"), 4, "none: error: image: expected at least one .png");
  expect_error(run("--image ''"), 4, "--image: error: expected a file or folder");
  models::write_png(folder_ / "a.png", {32, 64, std::vector<std::uint8_t>(32 * 64 * 3, 100)});
  fs::resize_file(folder_ / "a.png", fs::file_size(folder_ / "a.png") / 2);
  expect_error(run("--image a.png"), 4, "a.png: error: image: expected a whole and undamaged PNG");
  expect_error(run("--image /dev/zero"), 4, "expected a regular file");
}

TEST_F(Errors, WeightsOfAnotherTypeOrWithoutATensorAreNamed) {
  write_model_with_weights([](models::TensorMap*) {});
  std::string file = text_of(folder_ / "weights.safetensors");
  write("weights.safetensors", replaced(file, "\"F32\"", "\"I64\""));
  expect_error(run_model(), 4, "weights.safetensors: error:");
  write("weights.safetensors", replaced(file, "\"F32\"", "\"Q99\""));
  expect_error(run_model(), 4, "Q99");
}

TEST_F(Errors, FolderWhereAFileBelongs) {
  fs::create_directories(folder_ / "out" / "report.json");
  EXPECT_EQ(run("--engine kernels").code, 4);
}

TEST_F(Errors, FailedRunLeavesNoReport) {
  EXPECT_EQ(run("--image no.png --out out").code, 4);
  EXPECT_FALSE(fs::exists(folder_ / "out" / "report.json"));
}

TEST_F(Errors, NoTemporaryFilesAreLeft) {
  EXPECT_EQ(run("--engine kernels --out out").code, 0);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder_ / "out"))
    files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 4u);
}

TEST_F(Errors, StreamFilesAreJudgedBeforeAnythingRuns) {
  write("frames.txt", "none.png depth\n");
  const std::string words = "run --model test-tiny-synthetic --stream frames.txt ";
  expect_error(call(words), 4, "frames.txt:1:1: error: image: expected a PNG file");
  expect_error(call(words + "--design m3-test"), 3, "hint: --design m3-zcu102-stream");
  expect_error(call(words + "--task depth"), 2, "--stream: error: expected images and tasks");
  expect_error(call(words + "--image a.png"), 2, "got --image");
  expect_error(call(words + "--separate"), 2, "got --separate");
  expect_error(call("run --stream absent.txt"), 4, "absent.txt");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(Errors, DesignsOfOthersHaveTheCycleEngineOnlyAndNameTheirDeadlocks) {
  const std::string words = "run --model test-tiny-synthetic --design edge-moe ";
  expect_error(call("run --model test-tiny-synthetic --design example --engine kernels"), 3,
               "--engine: error: expected cycle");
  // One of the small model's experts gets all tokens, which stops the design as released.
  expect_error(call(words), 5, "waits for tokens: stream index holds 0 of 8 tokens");
  expect_error(call(words + "--set design.define.fifos=3"), 3, "design.define.fifos");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace edgemoe::host::test
