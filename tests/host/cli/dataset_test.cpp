// SPDX-License-Identifier: Apache-2.0
// `--dataset` and `--baseline` as a user gives them.
#include "models/io/npy.hpp"
#include "models/io/png.hpp"
#include "tests/host/cli/program.hpp"

namespace edgemoe::host::test {
namespace {

class DatasetOption : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    for (const char* part : {"image", "label_3", "depth"})
      std::filesystem::create_directories(folder_ / "city/val" / part);
    for (int i = 0; i < 3; ++i) {
      const std::string leaf = std::to_string(i) + ".npy";
      std::vector<float> image(32 * 64 * 3), labels(32 * 64), depth(32 * 64);
      for (std::size_t p = 0; p < image.size(); ++p)
        image[p] = static_cast<float>((p * 7 + static_cast<std::size_t>(i) * 31) % 256) / 255.0F;
      for (std::size_t p = 0; p < labels.size(); ++p) labels[p] = static_cast<float>(p % 4) - 1.0F;
      for (std::size_t p = 0; p < depth.size(); ++p)
        depth[p] = static_cast<float>(p % 100) / 100.0F;
      models::write_npy(folder_ / "city/val/image" / leaf, {{32, 64, 3}, image});
      models::write_npy(folder_ / "city/val/label_3" / leaf, {{32, 64}, labels});
      models::write_npy(folder_ / "city/val/depth" / leaf, {{32, 64, 1}, depth});
    }
  }
  Outcome compare(const std::string& words) const {
    return call("compare --model test-tiny-synthetic --design m3-test " + words);
  }
};

TEST_F(DatasetOption, MetricsAreThoseOfTheWholeSplit) {
  const Outcome outcome = compare("--dataset city --split val");
  EXPECT_LE(outcome.code, 1) << "nine tokens: a tap may leave its bound";
  EXPECT_NE(outcome.out.find("3 images, 6 entries"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("semseg:  images 3"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("reference_rmse"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.err, "");
}

TEST_F(DatasetOption, LimitTakesTheFirstImagesAndReportsNameThem) {
  ASSERT_EQ(run("--dataset city --limit 2 --out out").code, 0);
  const std::string report = text_of(folder_ / "out/report.json");
  EXPECT_NE(report.find("Cityscapes arrays/val/1"), std::string::npos);
  EXPECT_EQ(report.find("Cityscapes arrays/val/2"), std::string::npos);
}

TEST_F(DatasetOption, BaselineAddsTheMultiTaskGain) {
  write("base.yaml", "schema: 1\nsemseg: {miou: 0.1}\ndepth: {rmse: 0.5}\n");
  const Outcome outcome = compare("--dataset city --baseline base.yaml");
  EXPECT_LE(outcome.code, 1);
  EXPECT_NE(outcome.out.find("multi-task gain over 2 single-task results: "), std::string::npos)
      << outcome.out;
  write("base.yaml", "schema: 1\nsemsge: {miou: 0}\n");
  expect_error(compare("--dataset city --baseline base.yaml"), 3, "did you mean \"semseg\"?");
  write("base.yaml", "schema: 1\ndepth: {rmse: 0}\n");
  expect_error(compare("--dataset city --baseline base.yaml"), 3,
               "base.yaml:2:15: error: depth.rmse");
  expect_error(compare("--baseline none.yaml"), 3, "none.yaml");
}

TEST_F(DatasetOption, EveryKindOfTaskIsJudgedByLabelsBesideItsImage) {
  write(
      "model.yaml",
      "schema: 1\nname: five\nimage: {height: 32, width: 64}\npatch: 16\nembed_dim: 32\nheads: 2\n"
      "blocks: [mlp, moe]\nmlp: {hidden: 64}\nmoe: {experts: 4, top_k: 2, hidden: 32}\ntasks:\n"
      "  - {name: parts, kind: human_parts, classes: [none, head], colours: [[0, 0, 0], [9, 9, "
      "9]], head: {channels: [8]}}\n"
      "  - {name: sal, kind: saliency, head: {channels: [8]}}\n"
      "  - {name: normals, kind: normals, head: {channels: [8]}}\n"
      "  - {name: edge, kind: edge, head: {channels: [8]}}\nweights: {synthetic: {seed: 1}}\n");
  std::filesystem::create_directories(folder_ / "in");
  std::vector<std::uint8_t> rgb(32 * 64 * 3);
  for (std::size_t i = 0; i < rgb.size(); ++i) rgb[i] = static_cast<std::uint8_t>(i * 5);
  models::write_png(folder_ / "in/a.png", {32, 64, rgb});
  models::write_png(folder_ / "in/a.normals.png", {32, 64, rgb});
  std::vector<std::uint16_t> mask(32 * 64);
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = i % 3 == 0 ? 1 : 0;
  for (const char* part : {"a.parts.png", "a.saliency.png", "a.edge.png"})
    models::write_png_gray(folder_ / "in" / part, {32, 64, 8, mask});
  const Outcome outcome =
      call("compare --model ./model.yaml --design m3-test --image in --out out");
  ASSERT_LE(outcome.code, 1) << outcome.err;
  for (const char* figure :
       {"parts:  images 1  miou", "sal:  images 1  max_f", "edge:  images 1  ods_f", "mean_angle",
        "within_11_25", "reference_median_angle"})
    EXPECT_NE(outcome.out.find(figure), std::string::npos) << figure << outcome.out;
  for (const char* map : {"parts.png", "sal.png", "normals.png", "edge.png"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out/a" / map)) << map;
}

TEST_F(DatasetOption, Errors) {
  expect_error(compare("--dataset city --image a.png"), 2, "expected either a data set or --image");
  expect_error(compare("--split val"), 2, "expected --dataset DIR");
  expect_error(compare("--dataset city --limit 0"), 2, "expected 1 or more images");
  expect_error(compare("--dataset city --split train"), 3, "for split \"train\"");
  expect_error(compare("--dataset none"), 4, "expected a folder");
  write("city/val/depth/0.npy", "no array");
  expect_error(compare("--dataset city"), 4, "depth/0.npy: error");
}

}  // namespace
}  // namespace edgemoe::host::test
