// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/derive.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/compiler/lowered.hpp"
#include "models/io/error.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

using models::Tensor;
using models::TensorMap;

TensorMap without_quantisation(TensorMap weights) {
  weights.erase(weights.lower_bound("quant."), weights.lower_bound("quant/"));
  return weights;
}

/// Taps of one block, one row each.
TensorMap block_taps(const models::ModelConfig& model, float value) {
  const std::int64_t d = model.embed_dim;
  TensorMap taps;
  for (const char* name : {"l00.q", "l00.k", "l00.v", "l00.attn"}) {
    taps[name] = {{1, d}, std::vector<float>(static_cast<std::size_t>(d), value)};
  }
  taps["l00.mlp.hidden"] = {{1, 2}, {-0.17F, value}};
  return taps;
}

TEST(Derive, KnowsWhetherAModelBringsItsOwnScales) {
  const TensorMap weights = sample_weights(small_model(1), 1);
  EXPECT_TRUE(has_quantisation(weights));
  EXPECT_FALSE(has_quantisation(without_quantisation(weights)));
  EXPECT_FALSE(has_quantisation({}));
}

TEST(Derive, ScalesCoverWhatWasSeenWithHeadroomAndWithoutFoldedBiases) {
  const models::ModelConfig model = small_model(1);
  TensorMap weights = without_quantisation(sample_weights(model, 1));
  Tensor& bias = weights.at("backbone.blocks.0.attn.qkv.bias");
  for (std::size_t i = 0; i < bias.data.size(); ++i) bias.data[i] = 1.5F;
  const TensorMap quant = derive_quantisation(model, weights, block_taps(model, 4.0F));
  const auto scalar = [&](const char* name) { return quant.at(name).data.at(0); };
  EXPECT_NEAR(scalar("quant.blocks.0.attn.q_act"), 1.05 * 4.0 / 127, 1e-6);
  EXPECT_NEAR(scalar("quant.blocks.0.attn.k_act"), 1.05 * 2.5 / 127, 1e-6);
  EXPECT_NEAR(scalar("quant.blocks.0.attn.v_act"), 1.05 * 2.5 / 127, 1e-6);
  EXPECT_NEAR(scalar("quant.blocks.0.attn.out_act"), 1.05 * 2.5 / 127, 1e-6);
  const double step = 1.05 * 4.17 / 255;
  EXPECT_NEAR(scalar("quant.blocks.0.mlp.hidden_act"), step, 1e-6);
  EXPECT_EQ(scalar("quant.blocks.0.mlp.hidden_zero_point"), std::round(0.17 / step));
  EXPECT_EQ(quant.at("quant.blocks.0.attn.qkv.scale").shape,
            (std::vector<std::int64_t>{3 * model.embed_dim}));
}

TEST(Derive, SeveralRunsTakeTheWidestRange) {
  const models::ModelConfig model = small_model(1);
  const TensorMap weights = without_quantisation(sample_weights(model, 1));
  const std::vector<TensorMap> runs{block_taps(model, 2.0F), block_taps(model, -9.0F),
                                    block_taps(model, 3.0F)};
  const TensorMap quant = derive_quantisation(model, weights, runs);
  EXPECT_NEAR(quant.at("quant.blocks.0.attn.q_act").data[0], 1.05 * 9.0 / 127, 1e-6);
}

TEST(Derive, WhatItDerivesCompiles) {
  const models::ModelConfig model = small_model(1);
  TensorMap weights = without_quantisation(sample_weights(model, 1));
  weights.merge(derive_quantisation(model, weights, block_taps(model, 4.0F)));
  EXPECT_NO_THROW(compile(model, weights, sample_design(), {{0}}));
}

TEST(Derive, SilentTapsStillGiveUsableScales) {
  const models::ModelConfig model = small_model(1);
  TensorMap weights = without_quantisation(sample_weights(model, 1));
  TensorMap taps = block_taps(model, 0.0F);
  taps.at("l00.mlp.hidden").data = {0.0F, 0.0F};
  weights.merge(derive_quantisation(model, weights, taps));
  EXPECT_NO_THROW(compile(model, weights, sample_design(), {{0}}));
}

TEST(Derive, MissingOrNonFiniteTapsAreDataErrors) {
  const models::ModelConfig model = small_model(1);
  const TensorMap weights = without_quantisation(sample_weights(model, 1));
  const TensorMap good = block_taps(model, 1.0F);
  for (const auto& [name, tensor] : good) {
    TensorMap bad = good;
    bad.erase(name);
    EXPECT_THROW(derive_quantisation(model, weights, bad), models::DataError) << name;
    bad = good;
    bad[name].data[0] = INFINITY;
    EXPECT_THROW(derive_quantisation(model, weights, bad), models::DataError) << name;
  }
}

}  // namespace
}  // namespace edgemoe::host
