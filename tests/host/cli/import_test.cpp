// SPDX-License-Identifier: Apache-2.0
// `edgemoe import` as a user calls it: what it prints, its exit codes, what it leaves.
#include "models/io/png.hpp"
#include "models/io/safetensors.hpp"
#include "models/reference/weights.hpp"
#include "tests/host/cli/program.hpp"
#include "tests/models/import/published_layout.hpp"

namespace edgemoe::host::test {
namespace {

namespace fs = std::filesystem;

class ImportVerb : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    models::write_safetensors(
        folder_ / "checkpoint.safetensors",
        models::load_weights(
            models::read_model(fs::path(EDGEMOE_SOURCE_DIR) / "models/zoo/test-tiny-synthetic")));
  }
  bool left_something() const {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name.find("model") != std::string::npos) return true;
    }
    return false;
  }
};

TEST_F(ImportVerb, AnImportedModelRunsAndCompares) {
  const Outcome outcome =
      call("import checkpoint.safetensors --out model --model test-tiny-synthetic");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("next: edgemoe run --model ./model"), std::string::npos)
      << outcome.out;
  EXPECT_EQ(call("run --model ./model --design m3-test --out out").code, 0);
  EXPECT_EQ(call("compare --model ./model --design m3-test").code, 0);
}

TEST_F(ImportVerb, APublishedDirectoryRunsWithoutHeadsInEveryPrecision) {
  models::testing::write_published_layout(folder_ / "source", models::testing::published_model(),
                                          2);
  const Outcome imported = call("import source --out model");
  ASSERT_EQ(imported.code, 0) << imported.err;
  EXPECT_NE(imported.out.find("dB from the float reference"), std::string::npos) << imported.out;
  for (const char* design : {"m3-zcu102", "m3-zcu102-w16a16", "m3-zcu102-w16a32"}) {
    const Outcome run =
        call(std::string("run --model ./model --engine kernels --out out --design ") + design);
    EXPECT_EQ(run.code, 0) << design << run.err;
    EXPECT_NE(run.out.find("routing agrees"), std::string::npos) << design;
  }
  const Outcome compared = call("compare --model ./model");
  EXPECT_EQ(compared.code, 0) << compared.out;
  EXPECT_NE(compared.out.find("every tap is within its bound"), std::string::npos);
}

TEST_F(ImportVerb, CalibrationImagesOfTheWrongKindAreRefusedAndNothingIsKept) {
  ASSERT_EQ(call("import checkpoint.safetensors --out model --model test-tiny-synthetic").code, 0);
  const std::string run = "run --model ./model --design m3-test --out out --calibrate ";
  write("photo.png", "\xff\xd8\xff\xe0");
  write("empty.png", "");
  models::write_png(folder_ / "tall.png", {64, 16, std::vector<std::uint8_t>(64 * 16 * 3, 9)});
  expect_error(call(run + "photo.png"), 4,
               "photo.png: error: image: expected a PNG file, got JPEG");
  expect_error(call(run + "empty.png"), 4, "empty.png: error: image");
  expect_error(call(run + "tall.png"), 4, "tall.png: error: image: expected width : height");
  expect_error(call(run + "none.png"), 4, "none.png: error: image");
  EXPECT_FALSE(fs::exists(folder_ / "model/.calibration"));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(ImportVerb, UsageErrors) {
  expect_error(call("import"), 2, "expected SOURCE before the options, got nothing");
  expect_error(call("import --out model"), 2, "expected SOURCE");
  expect_error(call("import checkpoint.safetensors"), 2, "--out: error: expected a folder");
  expect_error(call("import checkpoint.safetensors --out model --set design.clock_mhz=1"), 2,
               "expected model.KEY=VALUE");
  expect_error(call("import checkpoint.safetensors --out model --modle a"), 2,
               "did you mean \"--model\"?");
}

TEST_F(ImportVerb, ConfigurationAndDataErrorsLeaveNothing) {
  const std::string import = "import checkpoint.safetensors --out model ";
  expect_error(call(import + "--model test-tiny-synthetic --set model.heads=3"), 3,
               "a divisor of 32 (embed_dim)");
  expect_error(call(import), 3, "model.yaml inferred from the source");
  expect_error(call(import + "--model test-tiny-synthetic --set model.moe.hidden=16"), 4,
               "htoh4.weight: expected a tensor of shape [4, 16, 32], got shape [4, 32, 32]");
  expect_error(call("import nothing --out model --model test-tiny-synthetic"), 4,
               "got nothing there");
  write("short.safetensors", std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10));
  expect_error(call("import short.safetensors --out model --model test-tiny-synthetic"), 4,
               "header");
  write("photo.png", "\xff\xd8\xff\xe0");
  expect_error(call(import + "--model test-tiny-synthetic --samples photo.png"), 4,
               "photo.png: error: image");
  EXPECT_FALSE(left_something());
}

}  // namespace
}  // namespace edgemoe::host::test
