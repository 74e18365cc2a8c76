// SPDX-License-Identifier: Apache-2.0
#include "models/reference/weights.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "models/io/error.hpp"
#include "models/io/safetensors.hpp"
#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models {
namespace {

std::string problems_of(const ModelConfig& model, const TensorMap& tensors) {
  try {
    const Weights weights(model, tensors);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Weights, TheTinyNetworkHasThePublishedNumberOfParameters) {
  std::int64_t backbone = 0;
  for (const TensorSpec& spec : expected_tensors(testing::tiny_model())) {
    std::int64_t count = 1;
    for (const std::int64_t n : spec.shape) {
      count *= n;
    }
    backbone += spec.name.rfind("backbone.", 0) == 0 ? count : 0;
  }
  EXPECT_NEAR(static_cast<double>(backbone), 17.98e6, 0.005e6);
}

TEST(Weights, NamesFollowTheGateKind) {
  ModelConfig model = testing::small_model();
  EXPECT_EQ(synthetic_weights(model, 1).count("backbone.blocks.1.mlp.gate.1.w_gate"), 1u);
  model.moe.gate = GateKind::kShared;
  const TensorMap shared = synthetic_weights(model, 1);
  EXPECT_EQ(shared.count("backbone.blocks.1.mlp.gate.w_gate"), 1u);
  EXPECT_EQ(shared.count("backbone.blocks.1.mlp.gate.0.w_gate"), 0u);
  EXPECT_EQ(problems_of(model, shared), "");
}

TEST(Weights, AllProblemsAreListedAtOnce) {
  const ModelConfig model = testing::small_model();
  TensorMap tensors = synthetic_weights(model, 1);
  tensors.erase("backbone.cls_token");
  tensors["backbone.blocks.0.mlp.fc1.weight"].shape = {24, 56};
  tensors["backbone.blocks.2.norm1.bias"].data.pop_back();
  tensors["decoders.depth.conv_2.bias"].data[0] = std::nanf("");
  tensors["backbone.norm.weight"] = Tensor{{24}, std::vector<float>(24)};
  EXPECT_EQ(problems_of(model, tensors),
            "weights: error: backbone.cls_token: expected a tensor of shape [1, 1, 24], got none\n"
            "weights: error: backbone.blocks.0.mlp.fc1.weight: expected a tensor of shape [56, 24],"
            " got shape [24, 56]\n"
            "weights: error: backbone.blocks.2.norm1.bias: expected a tensor of shape [24],"
            " got 23 values\n"
            "weights: error: backbone.norm.weight: expected no such tensor in this model,"
            " got shape [24]\n"
            "weights: error: decoders.depth.conv_2.bias: expected finite values,"
            " got infinity or NaN");
}

TEST(Weights, QuantisationTensorsAreIgnoredUnlessNotFinite) {
  const ModelConfig model = testing::small_model();
  TensorMap tensors = synthetic_weights(model, 1);
  tensors["quant.anything"] = Tensor{{1}, {0.5f}};
  EXPECT_EQ(problems_of(model, tensors), "");
  tensors["quant.anything"].data[0] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(problems_of(model, tensors),
            "weights: error: quant.anything: expected finite values, got infinity or NaN");
}

TEST(LoadWeights, ReadsShardsAndChecksThem) {
  ModelConfig model = testing::small_model();
  TensorMap tensors = synthetic_weights(model, 3);
  const auto folder =
      std::filesystem::temp_directory_path() / ("edgemoe_weights_test." + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  model.weight_files = {folder / "a.safetensors", folder / "b.safetensors"};
  TensorMap first, second;
  for (const auto& [name, tensor] : tensors) {
    (name.size() % 2 == 0 ? first : second)[name] = tensor;
  }
  write_safetensors(model.weight_files[0], first);
  write_safetensors(model.weight_files[1], second);
  const TensorMap loaded = load_weights(model);
  ASSERT_EQ(loaded.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(loaded.at(name).data, tensor.data) << name;
  }
  model.weight_files.pop_back();
  EXPECT_THROW(load_weights(model), DataError);
  std::filesystem::remove_all(folder);
}

TEST(LoadWeights, WithoutFilesNeedsASeed) {
  ModelConfig model = testing::small_model();
  EXPECT_THROW(load_weights(model), DataError);
  model.synthetic_seed = 5;
  EXPECT_EQ(load_weights(model).at("backbone.cls_token").data,
            synthetic_weights(model, 5).at("backbone.cls_token").data);
}

}  // namespace
}  // namespace edgemoe::models
