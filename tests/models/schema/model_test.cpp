// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/schema/model_config.hpp"
#include "tests/models/schema/config_fixture.hpp"

namespace edgemoe::models {
namespace {

using tests::changed;
using tests::error_of;
using tests::shipped;

class Model : public tests::ConfigTest<ModelConfig, read_model> {
 protected:
  const std::string valid_ = tests::bytes_of(shipped("models/zoo/test-tiny-synthetic/model.yaml"));
};

TEST_F(Model, TheSyntheticTestModelIsAsDocumented) {
  const ModelConfig model = read_model(shipped("models/zoo/test-tiny-synthetic"));
  EXPECT_EQ(model.tokens(), 9);
  EXPECT_EQ(model.depth(), 4);
  EXPECT_EQ(model.head_dim(), 16);
  EXPECT_EQ(model.blocks[1], BlockKind::kMoe);
  EXPECT_EQ(model.moe.experts, 4);
  EXPECT_EQ(model.synthetic_seed, 7U);
  EXPECT_TRUE(model.weight_files.empty());
  EXPECT_EQ(model.task_id("depth"), 1);
  EXPECT_EQ(model.task_id("edge"), -1);
  EXPECT_EQ(model.tasks[0].output_channels(), 3);
  EXPECT_EQ(model.tasks[1].output_channels(), 1);
  EXPECT_EQ(model.tasks[0].head->channels, (std::vector<int>{16, 8, 8, 8}));
  EXPECT_EQ(model.tasks[0].colours[2], (std::array<std::uint8_t, 3>{70, 130, 180}));
}

TEST_F(Model, AFolderOrItsFileMayBeNamed) {
  const ModelConfig by_folder = read_model(shipped("models/zoo/test-tiny-synthetic"));
  const ModelConfig by_file = read_model(shipped("models/zoo/test-tiny-synthetic/model.yaml"));
  EXPECT_EQ(to_yaml(by_folder), to_yaml(by_file));
  EXPECT_EQ(by_folder.folder, by_file.folder);
  EXPECT_TRUE(by_folder.folder.is_absolute());
  EXPECT_HAS(error_of<ConfigError>([&] { read_model(folder_.path()); }),
             "model.yaml: error: file: expected a YAML file, got No such file or directory");
}

TEST_F(Model, FilesResolveAgainstTheFolderOfTheModel) {
  const ModelConfig model = load(
      changed(valid_, "{synthetic: {seed: 7}}", "{files: [a.safetensors, sub/b.safetensors]}") +
      "samples: samples\n");
  ASSERT_EQ(model.weight_files.size(), 2U);
  EXPECT_EQ(model.weight_files[1], model.folder / "sub" / "b.safetensors");
  EXPECT_TRUE(model.weight_files[0].is_absolute());
  EXPECT_EQ(model.samples, model.folder / "samples");
  EXPECT_FALSE(model.synthetic_seed.has_value());
}

TEST_F(Model, FilesOutsideTheFolderAreRefused) {
  for (const char* name : {"/etc/passwd", "../a", "sub/../../a", "''"}) {
    EXPECT_HAS(error(valid_, {{"weights", std::string("{files: [") + name + "]}"}}),
               "weights.files[0]: expected a relative path inside the folder of this file");
  }
}

TEST_F(Model, YamlRoundTripKeepsEveryField) {
  folder_.write("popularity.yaml",
                "schema: 1\nimages: 4\nactive: {semseg: {1: [1, 0, 0.5, 0.25], "
                "3: [0, 0, 0, 1]}, depth: {1: [0, 1, 0, 1], 3: [1, 1, 1, 1]}}\n");
  const ModelConfig model = load(changed(valid_, "{synthetic: {seed: 7}}", "{files: [a, b]}") +
                                     "samples: s\npopularity: popularity.yaml\n",
                                 {{"norm_eps", "1.0e-5"},
                                  {"moe.gate", "shared"},
                                  {"moe.threshold", "0.1"},
                                  {"image.mean", "[0.1, 0.2, 0.3]"}});
  const ModelConfig back = load(to_yaml(model));
  EXPECT_EQ(to_yaml(back), to_yaml(model));
  EXPECT_EQ(back.norm_eps, 1e-5);
  EXPECT_EQ(back.moe.gate, GateKind::kShared);
  EXPECT_EQ(back.moe.threshold, 0.1);
  EXPECT_EQ(back.image.mean[2], 0.3);
  EXPECT_EQ(back.weight_files, model.weight_files);
  EXPECT_EQ(back.popularity, model.popularity);
  EXPECT_EQ(popularity_to_yaml(back), popularity_to_yaml(model));
}

TEST_F(Model, EveryKindOfTaskReadsBack) {
  const char* kinds[] = {"depth", "normals", "saliency", "edge"};
  const int channels[] = {1, 3, 1, 1};
  for (int i = 0; i < 4; ++i) {
    const ModelConfig model = load(valid_, {{"tasks[1].kind", kinds[i]}});
    EXPECT_EQ(model.tasks[1].output_channels(), channels[i]);
    EXPECT_EQ(to_yaml(load(to_yaml(model))), to_yaml(model));
  }
  const ModelConfig parts = load(valid_, {{"tasks[0].kind", "human_parts"}});
  EXPECT_EQ(parts.tasks[0].output_channels(), 3);
}

TEST_F(Model, ATaskMayHaveNoHead) {
  const ModelConfig model = load(valid_, {{"tasks[1]", "{name: depth, kind: depth}"}});
  EXPECT_FALSE(model.tasks[1].head.has_value());
  EXPECT_FALSE(load(to_yaml(model)).tasks[1].head.has_value());
}

TEST_F(Model, TheHashSeesValuesAndNotTheFolder) {
  const std::string hash = config_hash(read_model(shipped("models/zoo/test-tiny-synthetic")));
  EXPECT_EQ(config_hash(load(valid_)), hash);
  EXPECT_NE(config_hash(load(valid_, {{"heads", "4"}})), hash);
  EXPECT_NE(config_hash(load(valid_, {{"weights.synthetic.seed", "8"}})), hash);
}

TEST_F(Model, PatchesTileTheImage) {
  EXPECT_HAS(error(changed(valid_, "width: 64", "width: 60")),
             "image.width: expected a multiple of 16 (patch), got 60");
  EXPECT_HAS(error(changed(valid_, "height: 32", "height: 8")),
             "image.height: expected a multiple of 16 (patch), got 8");
}

TEST_F(Model, TokenNumbersFitTheirField) {
  EXPECT_HAS(error(valid_, {{"patch", "1"}, {"image.height", "256"}, {"image.width", "256"}}),
             "patch: expected at most 65534 tokens, got 65537");
}

TEST_F(Model, HeadsDivideTheTokenWidth) {
  EXPECT_HAS(error(changed(valid_, "heads: 2", "heads: 3")),
             "heads: expected a divisor of 32 (embed_dim), got 3");
}

TEST_F(Model, ThereIsABlockAndATask) {
  EXPECT_HAS(error(valid_, {{"blocks", "[]"}}),
             "blocks: expected a list of 1..256, got a list of 0");
  EXPECT_HAS(error(valid_, {{"tasks", "[]"}}), "tasks: expected a list of 1..64, got a list of 0");
}

TEST_F(Model, BlocksNeedTheirDimensions) {
  EXPECT_HAS(error(changed(valid_, "mlp: {hidden: 64}\n", "")),
             "mlp: expected this map, because blocks has mlp, got nothing");
  EXPECT_HAS(
      error(changed(
          valid_, "moe: {experts: 4, top_k: 2, hidden: 32, gate: per_task, threshold: 0.0}\n", "")),
      "moe: expected this map, because blocks has moe, got nothing");
  EXPECT_EQ(error(changed(valid_, "mlp: {hidden: 64}\n", ""), {{"blocks", "[moe]"}}), "(no error)");
  EXPECT_HAS(error(valid_, {{"blocks", "[mlp, attn]"}}),
             "blocks[1]: expected one of mlp, moe, got \"attn\"");
}

TEST_F(Model, NoMoreExpertsAreChosenThanThereAre) {
  EXPECT_EQ(error(valid_, {{"moe.top_k", "4"}}), "(no error)");
  EXPECT_HAS(error(valid_, {{"moe.top_k", "5"}}),
             "moe.top_k: expected at most 4 (moe.experts), got 5");
}

TEST_F(Model, TaskNamesAreUniqueAndFitForPaths) {
  EXPECT_HAS(error(changed(valid_, "name: depth", "name: semseg")),
             "tasks[1].name: expected each task name once, got \"semseg\" again");
  EXPECT_HAS(error(changed(valid_, "name: depth", "name: a/b")),
             "tasks[1].name: expected a name (1..64 letters, digits, _ -), got \"a/b\"");
  EXPECT_HAS(error(changed(valid_, "name: test-tiny-synthetic", "name: ..")),
             "name: expected a name");
}

TEST_F(Model, ClassesNeedOneColourEachAndUniqueNames) {
  EXPECT_HAS(error(changed(valid_, ", [70, 130, 180]", "")),
             "tasks[0].colours: expected a colour for each of the 3 classes, got 2");
  EXPECT_HAS(error(changed(valid_, "[flat, object, sky]", "[flat]")),
             "tasks[0].classes: expected a list of 2..255, got a list of 1");
  EXPECT_HAS(error(changed(valid_, "[flat, object, sky]", "[flat, flat, sky]")),
             "tasks[0].classes[1]: expected each class once, got \"flat\" again");
  EXPECT_HAS(error(changed(valid_, "[70, 130, 180]", "[70, 130]")),
             "tasks[0].colours[2]: expected a list of 3, got a list of 2");
  EXPECT_HAS(error(changed(valid_, "[70, 130, 180]", "[70, 130, 256]")),
             "tasks[0].colours[2][2]: expected an integer in 0..255, got 256");
  EXPECT_HAS(error(valid_, {{"tasks[0]", "{name: s, kind: semseg}"}}),
             "tasks[0].classes: expected 2 or more classes for a task of this kind, got none");
}

TEST_F(Model, OtherTasksHaveNoClasses) {
  EXPECT_HAS(error(valid_, {{"tasks[1].classes", "[a, b]"}}),
             "tasks[1].classes: expected no classes for a task of this kind, got 2");
  EXPECT_HAS(error(valid_, {{"tasks[1].colours", "[[1, 2, 3], [4, 5, 6]]"}}),
             "tasks[1].colours: expected no colours for a task of this kind, got 2");
}

TEST_F(Model, WeightsAreEitherFilesOrSynthetic) {
  EXPECT_HAS(error(valid_, {{"weights", "{}"}}),
             "weights: expected either files or synthetic, got neither");
  EXPECT_HAS(error(valid_, {{"weights.files", "[a]"}}),
             "weights: expected either files or synthetic, got both");
  EXPECT_HAS(error(valid_, {{"weights", "{files: [a, a]}"}}),
             "weights.files: expected each file once, got one again");
}

TEST_F(Model, PixelScalesAreThreeAndNotZero) {
  EXPECT_HAS(error(valid_, {{"image.mean", "[0, 0]"}}),
             "image.mean: expected a list of 3, got a list of 2");
  EXPECT_HAS(error(valid_, {{"image.std", "[1, 0, 1]"}}),
             "image.std[1]: expected a number above 0, up to 10, got 0");
}

class Popularity : public Model {
 protected:
  std::string error(const std::string& popularity) {
    folder_.write("popularity.yaml", popularity);
    return Model::error(valid_ + "popularity: popularity.yaml\n");
  }
  const std::string rest_ = ", depth: {1: [0, 0, 0, 0], 3: [0, 0, 0, 0]}}\n";
};

TEST_F(Popularity, IsKeptByTaskBlockAndExpert) {
  folder_.write(
      "popularity.yaml",
      "schema: 1\nimages: 512\nactive: {semseg: {1: [0.5, 0, 0, 1], 3: [0, 0, 0, 0.25]}" + rest_);
  const ModelConfig model = load(valid_ + "popularity: popularity.yaml\n");
  EXPECT_EQ(model.popularity.at("semseg").at(1), (std::vector<double>{0.5, 0, 0, 1}));
  EXPECT_EQ(model.popularity.at("semseg").at(3)[3], 0.25);
  EXPECT_EQ(model.popularity.at("depth").size(), 2U);
}

TEST_F(Popularity, AMissingFileIsNamed) {
  EXPECT_EQ(Model::error(valid_ + "popularity: none.yaml\n"),
            "none.yaml: error: file: expected a YAML file, got No such file or directory");
}

TEST_F(Popularity, EveryTaskAndMoeBlockHasOneFractionPerExpert) {
  const std::string head = "schema: 1\nimages: 4\nactive: ";
  EXPECT_HAS(error(head + "{semseg: {1: [0, 0, 0, 0], 3: [0, 0, 0, 0]}}\n"),
             "popularity.yaml:3:9: error: active.depth: expected this key (a task of the model), "
             "got nothing");
  EXPECT_HAS(error(head + "{semseg: {1: [0, 0, 0, 0]}" + rest_),
             "active.semseg.3: expected this key (a moe block of the model), got nothing");
  EXPECT_HAS(error(head + "{semseg: {1: [0, 0, 0], 3: [0, 0, 0, 0]}" + rest_),
             "active.semseg.1: expected a list of 4, got a list of 3");
  EXPECT_HAS(error(head + "{semseg: {1: [0, 0, 0, 1.5], 3: [0, 0, 0, 0]}" + rest_),
             "active.semseg.1[3]: expected a number in 0..1, got 1.5");
  EXPECT_HAS(error(head + "{semseg: {1: [0, 0, 0, 0], 2: [0, 0, 0, 0], 3: [0, 0, 0, 0]}" + rest_),
             "active.semseg.\"2\": expected a known key");
  EXPECT_HAS(error(head + "{segsem: {}" + rest_), "hint: did you mean \"semseg\"?");
}

}  // namespace
}  // namespace edgemoe::models
