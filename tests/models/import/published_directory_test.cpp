// SPDX-License-Identifier: Apache-2.0
// The published float32 directory: every weight arrives, and whatever is wrong is listed.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "models/import/import_model.hpp"
#include "models/io/error.hpp"
#include "models/io/png.hpp"
#include "models/reference/weights.hpp"
#include "models/schema/error.hpp"
#include "tests/models/import/published_layout.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;
using tests::error_of;
using tests::TempFolder;

class Published : public ::testing::Test {
 protected:
  void SetUp() override {
    request_.source = folder_ / "source";
    request_.out = folder_ / "model";
    request_.model = testing::small_published_model();
    testing::write_published_layout(request_.source, *request_.model, 3);
  }
  fs::path file(const std::string& stem) const { return request_.source / (stem + ".float32.bin"); }
  void write(const std::string& stem, const std::string& bytes) const {
    fs::remove(file(stem));
    std::ofstream(file(stem), std::ios::binary) << bytes;
  }
  /// The error of importing; checks that nothing is left behind.
  std::string failure() {
    const std::string message = error_of<DataError>([&] { import_model(request_); });
    EXPECT_EQ(folder_.entries(), 1) << "only the source may be there after: " << message;
    return message;
  }

  TempFolder folder_;
  ImportRequest request_;
};

TEST_F(Published, EveryWeightArrivesBitForBit) {
  const ImportResult result = import_model(request_);
  const TensorMap original = testing::published_weights(*request_.model, 3);
  const TensorMap imported = load_weights(result.model);
  for (const TensorSpec& spec : expected_tensors(*request_.model)) {
    if (spec.name == "backbone.cls_token" || spec.name == "backbone.pos_embed") continue;
    EXPECT_EQ(imported.at(spec.name).shape, spec.shape) << spec.name;
    EXPECT_EQ(imported.at(spec.name).data, original.at(spec.name).data) << spec.name;
  }
  EXPECT_EQ(result.tensors, original.size());
}

TEST_F(Published, ClassTokenIsFoldedIntoRowZeroOnly) {
  const TensorMap imported = load_weights(import_model(request_).model);
  const TensorMap original = testing::published_weights(*request_.model, 3);
  const std::vector<float>& table = imported.at("backbone.pos_embed").data;
  const std::vector<float>& before = original.at("backbone.pos_embed").data;
  for (std::size_t c = 0; c < 24; ++c) {
    EXPECT_EQ(imported.at("backbone.cls_token").data[c], 0.0F);
    EXPECT_EQ(table[c], before[c] + original.at("backbone.cls_token").data[c]);
    EXPECT_EQ(table[24 + c], before[24 + c]);
  }
}

TEST_F(Published, OwnResultOfTheSourceAgreesWithTheReference) {
  const ImportResult result = import_model(request_);
  ASSERT_TRUE(result.golden_sqnr_db.has_value());
  EXPECT_GT(*result.golden_sqnr_db, 100.0);
}

TEST_F(Published, AnExchangedGateShowsInTheResultOfTheSource) {
  fs::rename(file("l1_w_gate_T_task0"), file("keep"));
  fs::rename(file("l1_w_gate_T_task1"), file("l1_w_gate_T_task0"));
  fs::rename(file("keep"), file("l1_w_gate_T_task1"));
  EXPECT_LT(import_model(request_).golden_sqnr_db.value(), 60.0);
}

TEST_F(Published, SampleImageKeepsItsLevels) {
  const ImportResult result = import_model(request_);
  const Tensor real = testing::published_image(*request_.model, 3);
  const Image image = read_png(result.model.samples / "image.png");
  const std::size_t pixels = real.size() / 3;
  ASSERT_EQ(image.rgb.size(), real.size());
  for (std::size_t p = 0; p < pixels; ++p) {
    for (std::size_t c = 0; c < 3; ++c)
      ASSERT_EQ(static_cast<float>(image.rgb[p * 3 + c]) / 256.0F, real.data[c * pixels + p]);
  }
}

TEST_F(Published, SampleAndResultAreOptional) {
  fs::remove(file("image"));
  fs::remove(file("l3_x_post_moe"));
  const ImportResult result = import_model(request_);
  EXPECT_TRUE(result.model.samples.empty());
  EXPECT_FALSE(result.golden_sqnr_db.has_value());
}

TEST_F(Published, EverythingMissingSurplusOrOfWrongSizeIsListedWithItsShape) {
  fs::remove(file("l0_fc1_weight"));
  fs::remove(file("l3_w_gate_T_task1"));
  write("l1_htoh4_bias", "12345678");
  write("l2_extra", "1234");
  const std::string message = failure();
  EXPECT_HAS(message,
             "l0_fc1_weight.float32.bin: error: file: expected shape [96, 24] (9216 bytes "
             "of float32), got none");
  EXPECT_HAS(message, "l3_w_gate_T_task1.float32.bin: error: file: expected shape [16, 24]");
  EXPECT_HAS(message, "l1_htoh4_bias.float32.bin: error: file: expected shape [16, 48]");
  EXPECT_HAS(message, "got 8 bytes");
  EXPECT_HAS(message, "l2_extra.float32.bin: error: file: expected no such file for this model");
}

TEST_F(Published, AGateOfATaskThatTheModelLacksIsNamed) {
  fs::copy_file(file("l1_w_gate_T_task0"), file("l1_w_gate_T_task2"));
  EXPECT_HAS(failure(),
             "l1_w_gate_T_task2.float32.bin: error: file: expected no gate of task 2, "
             "because the model has 2 tasks");
}

TEST_F(Published, ValuesThatAreNotFiniteAreRefusedWithTheirPlace) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), HUGE_VALF}) {
    std::string bytes = tests::bytes_of(file("l0_norm1_bias"));
    std::memcpy(bytes.data() + 20, &value, sizeof value);
    write("l0_norm1_bias", bytes);
    EXPECT_HAS(failure(), "l0_norm1_bias.float32.bin: error: file: expected finite values");
  }
}

TEST_F(Published, APlaceThatIsTakenIsLeftAlone) {
  fs::create_directory(request_.out);
  std::ofstream(request_.out / "mine.txt") << "mine";
  const std::string message = error_of<DataError>([&] { import_model(request_); });
  EXPECT_HAS(message, "expected a new or an empty folder");
  EXPECT_EQ(tests::bytes_of(request_.out / "mine.txt"), "mine");
  EXPECT_EQ(folder_.entries(), 2);
}

TEST_F(Published, AnEmptyFolderIsTakenAndANestedOneMade) {
  fs::create_directory(request_.out);
  EXPECT_NO_THROW(import_model(request_));
  request_.out = folder_ / "new/nested/model/";
  EXPECT_EQ(import_model(request_).model.name, "model");
  request_.out = folder_ / "new/.my model";
  EXPECT_EQ(import_model(request_).model.name, "_my_model");
}

TEST_F(Published, AModelWithOtherGatesIsRefused) {
  request_.model->moe.gate = GateKind::kShared;
  EXPECT_HAS(failure(), "moe.gate: expected a model with per_task gates without bias");
}

TEST_F(Published, SourcesWithoutACheckpointAreRefused) {
  fs::remove_all(request_.source);
  fs::create_directory(request_.source);
  EXPECT_HAS(failure(), "got a folder with neither");
  request_.source = folder_ / "source/none";
  EXPECT_HAS(failure(), "got nothing there");
  request_.source = folder_.write("source/a.pth", "PK");
  EXPECT_HAS(failure(), "models.training.convert_checkpoint");
}

TEST_F(Published, SamplesAreCopiedWithLabelsAndCheckedFirst) {
  const Image image{32, 48, std::vector<std::uint8_t>(32 * 48 * 3, 7)};
  write_png(request_.source / "one.png", image);
  write_png_gray(request_.source / "one.labels.png",
                 {32, 48, 8, std::vector<std::uint16_t>(32 * 48, 1)});
  request_.samples = {request_.source / "one.png"};
  const ImportResult result = import_model(request_);
  EXPECT_TRUE(fs::exists(result.model.samples / "one.labels.png"));
  fs::remove_all(request_.out);
  std::ofstream(request_.source / "one.png", std::ios::binary)
      << "\xff\xd8\xff\xe0 not a PNG at all";
  EXPECT_HAS(failure(), "one.png: error: image");
}

TEST(PublishedShapes, TheWholeNetworkIsInferredFromItsFiles) {
  TempFolder folder;
  const ModelConfig model = testing::published_model();
  testing::write_published_layout(folder / "source", model, 1);
  ImportRequest request;
  request.source = folder / "source";
  request.out = folder / "tiny";
  const ImportResult result = import_model(request);
  const ModelConfig& got = result.model;
  EXPECT_EQ(got.name, "tiny");
  EXPECT_EQ(got.tokens(), 129);
  EXPECT_EQ(got.heads, 3);
  EXPECT_EQ(got.moe.experts, 16);
  EXPECT_EQ(got.moe.top_k, 2);
  EXPECT_EQ(got.blocks, model.blocks);
  ASSERT_EQ(got.tasks.size(), 2u);
  EXPECT_EQ(got.tasks[1].kind, TaskKind::kDepth);
  EXPECT_EQ(result.parameters, 17'983'680u);
  EXPECT_GT(result.golden_sqnr_db.value(), 100.0);

  // A damaged file does not change what is expected of the others.
  fs::resize_file(folder / "source/l0_norm1_bias.float32.bin", 8);
  request.out = folder / "other";
  const std::string message = error_of<DataError>([&] { import_model(request); });
  EXPECT_HAS(message, "expected shape [192] (768 bytes of float32), got 8 bytes");
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 0) << message;

  // Heads that do not divide the width are a matter of the configuration.
  request.overrides = {{"heads", "5"}};
  EXPECT_HAS(error_of<ConfigError>([&] { import_model(request); }), "a divisor of 192 (embed_dim)");
}

}  // namespace
}  // namespace edgemoe::models
