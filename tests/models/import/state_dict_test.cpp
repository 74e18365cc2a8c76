// SPDX-License-Identifier: Apache-2.0
// Checkpoints with the training code's key names: renamed, joined, skipped, folded, and checked.
#include "models/import/state_dict.hpp"

#include <algorithm>
#include <cmath>

#include "models/import/import_model.hpp"
#include "models/io/error.hpp"
#include "models/io/safetensors.hpp"
#include "models/reference/head.hpp"
#include "models/reference/network.hpp"
#include "models/schema/error.hpp"
#include "tests/models/import/published_layout.hpp"
#include "tests/models/io/temp_folder.hpp"
#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;
using tests::error_of;
using tests::TempFolder;

class StateDict : public ::testing::Test {
 protected:
  void SetUp() override {
    model_ = testing::small_model();
    model_.synthetic_seed = 5;
    weights_ = synthetic_weights(model_, 5);
    for (const auto& [name, tensor] : weights_) file_["module." + name] = tensor;
    request_.out = folder_ / "model";
    request_.model = model_;
  }
  ImportResult import() {
    write_safetensors(folder_ / "checkpoint.safetensors", file_);
    request_.source = folder_ / "checkpoint.safetensors";
    fs::remove_all(request_.out);
    return import_model(request_);
  }
  std::string failure() {
    const std::string message = error_of<DataError>([&] { import(); });
    EXPECT_EQ(folder_.entries(), 1) << message;
    return message;
  }
  static Tensor filled(std::vector<std::int64_t> shape, float first, float step) {
    std::size_t count = 1;
    for (const std::int64_t n : shape) count *= static_cast<std::size_t>(n);
    Tensor tensor{std::move(shape), {}};
    for (std::size_t i = 0; i < count; ++i)
      tensor.data.push_back(first + step * static_cast<float>(i % 7));
    return tensor;
  }

  TempFolder folder_;
  ModelConfig model_;
  TensorMap weights_, file_;
  ImportRequest request_;
};

TEST_F(StateDict, NamesLoseTheirWrapperAndValuesStay) {
  const ImportResult result = import();
  const TensorMap got = load_weights(result.model);
  ASSERT_EQ(got.size(), weights_.size());
  for (const auto& [name, tensor] : weights_) EXPECT_EQ(got.at(name).data, tensor.data) << name;
  EXPECT_TRUE(result.model.tasks[0].head.has_value());
}

TEST_F(StateDict, NamesOfAnyWrappingAreOne) {
  EXPECT_EQ(canonical_name("module.backbone.cls_token"), "backbone.cls_token");
  EXPECT_EQ(canonical_name("blocks.3.norm1.bias"), "backbone.blocks.3.norm1.bias");
  EXPECT_EQ(canonical_name("module.module.pos_embed"), "backbone.pos_embed");
  EXPECT_EQ(canonical_name("module.tam_model0.conv.weight"), "");
  EXPECT_EQ(canonical_name("backbone.blocks.1.mlp.gate.0.w_gate_aux"), "");
  EXPECT_EQ(canonical_name("decoders.depth.syncbn_fc_0.num_batches_tracked"), "");
}

TEST_F(StateDict, WhatOnlyTrainingNeedsIsSkippedUnread) {
  file_["module.tam_model0.x"] = filled({2, 2}, std::nanf(""), 0);
  file_["module.backbone.blocks.1.mlp.gate.0.w_gate_aux"] = filled({3}, HUGE_VALF, 0);
  EXPECT_NO_THROW(import());
}

TEST_F(StateDict, SlicesOfExpertsJoinInRankOrder) {
  const std::string key = "module.backbone.blocks.1.mlp.experts.htoh4.bias";
  const fs::path ranks = folder_ / "ranks";
  fs::create_directory(ranks);
  const Tensor whole = file_.at(key);
  const auto row = static_cast<std::size_t>(whole.shape[1]);
  TensorMap first = file_, tenth;
  first[key] = {{2, whole.shape[1]},
                {whole.data.begin(), whole.data.begin() + static_cast<std::ptrdiff_t>(2 * row)}};
  tenth[key] = {{whole.shape[0] - 2, whole.shape[1]},
                {whole.data.begin() + static_cast<std::ptrdiff_t>(2 * row), whole.data.end()}};
  write_safetensors(ranks / "9.safetensors", first);
  write_safetensors(ranks / "10.safetensors", tenth);
  request_.source = ranks;
  const TensorMap got = load_weights(import_model(request_).model);
  EXPECT_EQ(got.at(key.substr(7)).data, whole.data);
}

TEST_F(StateDict, OnlyExpertsMayStandInTwoFiles) {
  const fs::path ranks = folder_ / "ranks";
  fs::create_directory(ranks);
  write_safetensors(ranks / "0.safetensors", file_);
  write_safetensors(ranks / "1.safetensors",
                    {{"backbone.cls_token", file_.at("module.backbone.cls_token")}});
  request_.source = ranks;
  EXPECT_HAS(error_of<DataError>([&] { import_model(request_); }),
             "backbone.cls_token: expected this tensor once");
}

TEST_F(StateDict, SlicesOfDifferentWidthDoNotJoin) {
  const fs::path ranks = folder_ / "ranks";
  fs::create_directory(ranks);
  const std::string key = "backbone.blocks.1.mlp.experts.htoh4.bias";
  write_safetensors(ranks / "0.safetensors", file_);
  write_safetensors(ranks / "1.safetensors", {{key, filled({1, 3}, 0, 0)}});
  request_.source = ranks;
  EXPECT_HAS(error_of<DataError>([&] { import_model(request_); }),
             "expected a slice of experts like");
}

/// Convolution, then batch normalisation, by their definitions.
TEST_F(StateDict, FoldedHeadsComputeWhatTheConvolutionAndTheNormCompute) {
  const std::string head = "module.decoders.semseg.";
  const std::int64_t out = file_.at(head + "conv_1.bias").shape[0];
  file_[head + "syncbn_fc_1.weight"] = filled({out}, 0.5F, 0.25F);
  file_[head + "syncbn_fc_1.bias"] = filled({out}, -0.5F, 0.125F);
  file_[head + "syncbn_fc_1.running_mean"] = filled({out}, -1.0F, 0.5F);
  file_[head + "syncbn_fc_1.running_var"] = filled({out}, 0.25F, 0.3F);
  file_[head + "syncbn_fc_1.num_batches_tracked"] = {{}, {7}};
  const TensorMap got = load_weights(import().model);

  const Tensor& weight = weights_.at("decoders.semseg.conv_1.weight");
  const int in = static_cast<int>(weight.shape[1]);
  Tensor planes = filled({in, 5, 6}, -1.0F, 0.4F);
  const ConvView plain{weight.data.data(), weights_.at("decoders.semseg.conv_1.bias").data.data(),
                       static_cast<int>(out), in, 3};
  const ConvView folded{got.at("decoders.semseg.conv_1.weight").data.data(),
                        got.at("decoders.semseg.conv_1.bias").data.data(), static_cast<int>(out),
                        in, 3};
  const Tensor before = convolve(planes, plain), after = convolve(planes, folded);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::size_t c = i / 30;
    const auto of = [&](const char* part) {
      return file_.at(head + "syncbn_fc_1." + part).data[c];
    };
    const double expected =
        (before.data[i] - of("running_mean")) / std::sqrt(of("running_var") + 1e-5) * of("weight") +
        of("bias");
    ASSERT_NEAR(after.data[i], expected, 1e-4) << i;
  }
}

TEST_F(StateDict, ANormWithoutItsPartsOrWithANegativeVarianceIsRefused) {
  const std::string norm = "module.decoders.semseg.syncbn_fc_0.";
  const std::int64_t out = file_.at("module.decoders.semseg.conv_0.bias").shape[0];
  file_[norm + "weight"] = filled({out}, 1, 0);
  EXPECT_HAS(failure(), "decoders.semseg.syncbn_fc_0.running_var: expected a tensor");
  file_[norm + "bias"] = file_[norm + "running_mean"] = filled({out}, 0, 0);
  file_[norm + "running_var"] = filled({out}, -1, 0);
  EXPECT_HAS(failure(), "syncbn_fc_0.running_var: expected a variance of 0 or more, got -1");
  file_[norm + "running_var"] = filled({out + 1}, 1, 0);
  EXPECT_HAS(failure(), "conv_0.weight: expected as many outputs as its bias");
}

TEST_F(StateDict, TasksWithoutAHeadKeepTheirFeatures) {
  for (auto at = file_.begin(); at != file_.end();)
    at = at->first.rfind("module.decoders.", 0) == 0 ? file_.erase(at) : std::next(at);
  const ImportResult result = import();
  EXPECT_FALSE(result.model.tasks[0].head.has_value());
  EXPECT_HAS(result.notes.front(), "features only");
}

TEST_F(StateDict, APartOfAHeadIsAnError) {
  file_.erase("module.decoders.depth.conv_1.bias");
  EXPECT_HAS(failure(), "decoders.depth.conv_1.bias: expected a tensor of shape");
}

TEST_F(StateDict, EveryProblemIsListedWithFileKeyAndShape) {
  file_.erase("module.backbone.cls_token");
  file_["module.backbone.blocks.0.norm1.bias"] = filled({3}, 0, 0);
  file_["module.backbone.blocks.1.mlp.gate.7.w_gate"] = filled({24, 5}, 0, 0);
  file_["module.backbone.strange"] = filled({1}, 0, 0);
  file_["module.backbone.blocks.0.norm2.bias"].data[3] = HUGE_VALF;
  file_["module.decoders.edge.conv_0.bias"] = filled({1}, 0, 0);
  const std::string message = failure();
  EXPECT_HAS(message, "backbone.cls_token: expected a tensor of shape [1, 1, 24], got none");
  EXPECT_HAS(message,
             "checkpoint.safetensors: error: module.backbone.blocks.0.norm1.bias: expected a "
             "tensor of shape [24], got shape [3]");
  EXPECT_HAS(message, "gate.7.w_gate: expected no gate of task 7, because the model has 2 tasks");
  EXPECT_HAS(message,
             "module.backbone.strange: expected no such tensor in this model, got shape [1]");
  EXPECT_HAS(message, "norm2.bias: expected finite values, got inf at element 3");
  EXPECT_HAS(message, "decoders.edge.conv_0.bias: expected no head of a task that the model lacks");
}

TEST_F(StateDict, SkippedBeginningsAreLeftOut) {
  file_["module.backbone.norm.weight"] = filled({24}, 0, 0);
  EXPECT_HAS(failure(), "backbone.norm.weight");
  request_.skip = {"backbone.norm."};
  EXPECT_NO_THROW(import());
}

/// Task t's gate input is [z, feature_t]; the bias must be what the appended rows add.
class Conditioned : public StateDict {
 protected:
  static constexpr std::int64_t kSize = 6, kTasks = 2;

  void SetUp() override {
    StateDict::SetUp();
    const std::string net = "module.backbone.gate_task_represent.";
    file_[net + "fc1.weight"] = filled({kSize, kTasks}, -1.0F, 0.4F);
    file_[net + "fc1.bias"] = filled({kSize}, 0.2F, -0.1F);
    file_[net + "fc2.weight"] = filled({kSize, kSize}, 0.5F, -0.15F);
    file_[net + "fc2.bias"] = filled({kSize}, -0.3F, 0.2F);
    file_[net + "norm.weight"] = filled({kSize}, 0.5F, 0.2F);
    file_[net + "norm.bias"] = filled({kSize}, -0.2F, 0.1F);
    for (const int block : {1, 3}) {
      const std::string gate = "module.backbone.blocks." + std::to_string(block) + ".mlp.gate.";
      const Tensor own = file_.at(gate + "0.w_gate");
      file_.erase(gate + "0.w_gate");
      file_.erase(gate + "1.w_gate");
      Tensor joined = own;
      joined.shape[0] += kSize;
      const Tensor rows = filled({kSize, own.shape[1]}, -0.7F, 0.3F);
      joined.data.insert(joined.data.end(), rows.data.begin(), rows.data.end());
      file_[gate + "w_gate"] = joined;
    }
  }

  std::vector<double> feature(std::size_t task) const {
    const auto of = [&](const char* part) {
      return file_.at(std::string("module.backbone.gate_task_represent.") + part).data;
    };
    std::vector<double> hidden, out(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      const double x = of("fc1.weight")[i * kTasks + task] + of("fc1.bias")[i];
      hidden.push_back(x * 0.5 * (1.0 + std::erf(x / std::sqrt(2.0))));
    }
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < kSize; ++i) {
      out[i] = of("fc2.bias")[i];
      for (std::size_t j = 0; j < kSize; ++j) out[i] += of("fc2.weight")[i * kSize + j] * hidden[j];
      mean += out[i] / kSize;
    }
    for (const double v : out) square += (v - mean) * (v - mean) / kSize;
    for (std::size_t i = 0; i < kSize; ++i)
      out[i] =
          (out[i] - mean) / std::sqrt(square + 1e-6) * of("norm.weight")[i] + of("norm.bias")[i];
    return out;
  }
};

TEST_F(Conditioned, GatesBecomePerTaskGatesWithABias) {
  request_.model->moe.gate = GateKind::kShared;  // as the training configuration calls it
  const ImportResult result = import();
  EXPECT_TRUE(result.model.moe.gate_bias);
  EXPECT_EQ(result.model.moe.gate, GateKind::kPerTask);
  const TensorMap got = load_weights(result.model);
  const Tensor& joined = file_.at("module.backbone.blocks.3.mlp.gate.w_gate");
  for (std::size_t t = 0; t < kTasks; ++t) {
    const std::string gate = "backbone.blocks.3.mlp.gate." + std::to_string(t) + ".";
    EXPECT_EQ(got.at(gate + "w_gate").shape, (std::vector<std::int64_t>{24, 5}));
    const std::vector<double> f = feature(t);
    for (std::size_t e = 0; e < 5; ++e) {
      double expected = 0;
      for (std::size_t i = 0; i < kSize; ++i) expected += f[i] * joined.data[(24 + i) * 5 + e];
      EXPECT_NEAR(got.at(gate + "bias").data[e], expected, 1e-5);
    }
  }
  EXPECT_NE(got.at("backbone.blocks.3.mlp.gate.0.bias").data,
            got.at("backbone.blocks.3.mlp.gate.1.bias").data);
}

TEST_F(Conditioned, TheBiasChoosesExpertsInTheReference) {
  const ModelConfig model = import().model;
  TensorMap weights = load_weights(model);
  weights.at("backbone.blocks.1.mlp.gate.1.bias").data = {0, 0, 0, 1000, 900};
  const Image image = testing::test_image(model.image.height, model.image.width, 1);
  const TaskResult result = Reference(model, weights).run(image, 1);
  const BlockRouting& routing = result.routing.blocks.at(1);
  for (std::size_t i = 0; i < routing.index.size(); ++i)
    EXPECT_EQ(routing.index[i], i % 2 == 0 ? 3 : 4);
}

TEST_F(Conditioned, ATaskNetworkOfOtherShapesIsRefused) {
  file_.erase("module.backbone.gate_task_represent.fc2.bias");
  EXPECT_HAS(failure(), "gate_task_represent.*: expected fc1.weight [m, T]");
}

TEST_F(Conditioned, AGateWithoutTheAppendedRowsIsRefused) {
  file_["module.backbone.blocks.1.mlp.gate.w_gate"] = filled({6, 5}, 0, 0);
  EXPECT_HAS(failure(), "expected shape [D + 6, experts] of a conditioned gate");
}

TEST(Inference, ShapesOfTheSmallNetworkOnNyudGiveItsConfiguration) {
  TempFolder folder;
  ModelConfig model = testing::published_model();
  model.image.height = 480;
  model.image.width = 640;
  model.embed_dim = 48;  // a seventh of the published width keeps the test quick
  model.mlp_hidden = 192;
  model.moe.hidden = 48;
  model.moe.top_k = 4;
  model.tasks[1].head = HeadConfig{{8, 8, 8, 8}};
  model.tasks[0].head = HeadConfig{{8, 8, 8, 8}};
  write_safetensors(folder / "0.safetensors", synthetic_weights(model, 1));
  ImportRequest request;
  request.source = folder / "0.safetensors";
  request.out = folder / "nyud";
  const std::string message = error_of<ConfigError>([&] { import_model(request); });
  EXPECT_HAS(message, "heads: expected");
  EXPECT_HAS(message, "--set model.KEY=VALUE");
  request.overrides = {{"heads", "12"}};
  const ModelConfig got = import_model(request).model;
  EXPECT_EQ(got.image.height, 480);
  EXPECT_NEAR(got.image.std[2], 0.225, 1e-12);
  EXPECT_EQ(got.moe.top_k, 4);
  EXPECT_EQ(got.tasks.size(), 2u);
  EXPECT_EQ(got.tasks[0].classes.size(), 7u);
  EXPECT_EQ(got.tasks[1].name, "depth");
}

TEST(Inference, TheMostCommonValueDecides) {
  EXPECT_EQ(most_common({}), 0);
  EXPECT_EQ(most_common({0, 0, 5}), 5);
  EXPECT_EQ(most_common({7, 192, 192, 3, 192}), 192);
  EXPECT_EQ(most_common({4, 2}), 2);
}

}  // namespace
}  // namespace edgemoe::models
