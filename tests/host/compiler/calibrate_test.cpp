// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/calibrate.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/compiler/lowered.hpp"
#include "host/compiler/quantise.hpp"
#include "models/io/error.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

using models::Tensor;
using models::TensorMap;

constexpr auto kW8A8 = program::Precision::kW8A8;
constexpr auto kW16A16 = program::Precision::kW16A16;

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

TEST(Calibrate, KnowsWhetherAModelBringsItsOwnScales) {
  const TensorMap weights = sample_weights(small_model(1), 1);
  EXPECT_TRUE(has_quantisation(weights));
  EXPECT_FALSE(has_quantisation(without_quantisation(weights)));
  EXPECT_FALSE(has_quantisation({}));
}

TEST(Calibrate, ScalesCoverWhatWasSeenWithoutFoldedBiases) {
  const models::ModelConfig model = small_model(1);
  TensorMap weights = without_quantisation(sample_weights(model, 1));
  Tensor& bias = weights.at("backbone.blocks.0.attn.qkv.bias");
  for (std::size_t i = 0; i < bias.data.size(); ++i) bias.data[i] = 1.5F;
  const TensorMap quant = calibrate(kW8A8, model, weights, {block_taps(model, 4.0F)});
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

TEST(Calibrate, SeveralRunsTakeTheWidestRange) {
  const models::ModelConfig model = small_model(1);
  const TensorMap weights = without_quantisation(sample_weights(model, 1));
  const std::vector<TensorMap> runs{block_taps(model, 2.0F), block_taps(model, -9.0F),
                                    block_taps(model, 3.0F)};
  const TensorMap quant = calibrate(kW8A8, model, weights, runs);
  EXPECT_NEAR(quant.at("quant.blocks.0.attn.q_act").data[0], 1.05 * 9.0 / 127, 1e-6);
}

TEST(Calibrate, WhatItGivesCompiles) {
  const models::ModelConfig model = small_model(1);
  TensorMap weights = without_quantisation(sample_weights(model, 1));
  weights.merge(calibrate(kW8A8, model, weights, {block_taps(model, 4.0F)}));
  EXPECT_NO_THROW(compile(model, weights, sample_design(), {{0}}));
}

TEST(Calibrate, SilentTapsStillGiveUsableScales) {
  const models::ModelConfig model = small_model(1);
  TensorMap weights = without_quantisation(sample_weights(model, 1));
  TensorMap taps = block_taps(model, 0.0F);
  taps.at("l00.mlp.hidden").data = {0.0F, 0.0F};
  weights.merge(calibrate(kW8A8, model, weights, {taps}));
  EXPECT_NO_THROW(compile(model, weights, sample_design(), {{0}}));
}

TEST(Calibrate, MissingOrNonFiniteTapsAreDataErrors) {
  const models::ModelConfig model = small_model(1);
  const TensorMap weights = without_quantisation(sample_weights(model, 1));
  const TensorMap good = block_taps(model, 1.0F);
  for (const auto& [name, tensor] : good) {
    TensorMap bad = good;
    bad.erase(name);
    EXPECT_THROW(calibrate(kW8A8, model, weights, {bad}), models::DataError) << name;
    bad = good;
    bad[name].data[0] = INFINITY;
    EXPECT_THROW(calibrate(kW8A8, model, weights, {bad}), models::DataError) << name;
  }
}

TEST(Calibrate, AFewOutliersAreClippedWhereThatCostsLess) {
  // 100,000 values around 1 and one of 40: steps of 40 / 127 would cost more than the one.
  TapHistogram seen;
  for (int i = 0; i < 100000; ++i) ASSERT_TRUE(seen.add(std::sin(0.37 * i)));
  ASSERT_TRUE(seen.add(-40.0));
  EXPECT_EQ(seen.magnitude(), 40.0);
  const double limit = seen.best_symmetric(127);
  EXPECT_LT(limit, 0.7 * 40);
  EXPECT_GT(limit, 1.0);
  EXPECT_LT(seen.error(-limit, limit, limit / 127), seen.error(-40, 40, 40.0 / 127));
  EXPECT_FALSE(seen.add(NAN));
  EXPECT_FALSE(seen.add(-INFINITY));
}

TEST(Calibrate, EvenValuesAreNotClipped) {
  TapHistogram seen;
  for (int i = -1000; i <= 1000; ++i) seen.add(i * 0.003);
  EXPECT_DOUBLE_EQ(seen.best_symmetric(127), 1.05 * 3.0) << "other images may reach further";
  EXPECT_DOUBLE_EQ(seen.best_high(255), -3.0 + 1.05 * 6.0);
  EXPECT_EQ(TapHistogram().best_symmetric(127), 0.0);
}

TEST(Calibrate, WeightScalesClipByError) {
  std::vector<float> row(40000, 0.0F);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = std::sin(0.7F * static_cast<float>(i));
  const float plain = weight_scales(row.data(), 1, 40000)[0];
  EXPECT_NEAR(plain, 1.0 / 127, 1e-4) << "an even row is not clipped";
  row[7] = 1.5F;
  EXPECT_LT(weight_scales(row.data(), 1, 40000)[0], 1.5F / 127) << "a lone weight is";
}

TEST(Calibrate, W16A16TakesPowersOfTwoWithHeadroom) {
  const models::ModelConfig model = small_model(1);
  TensorMap weights = without_quantisation(sample_weights(model, 1));
  TensorMap taps = block_taps(model, 4.0F);
  taps["l00.norm1"] = taps["l00.norm2"] = taps["l00.q"];
  const TensorMap quant = calibrate(kW16A16, model, weights, {taps});
  EXPECT_EQ(quant.size(), 7u);
  EXPECT_EQ(quant.at("quant.w16a16.blocks.0.norm1_act").data[0], 0x1p-12F) << "6 <= 32767 * 2^-12";
  EXPECT_EQ(quant.at("quant.w16a16.blocks.0.attn.q_act").data[0], 0x1p-12F);
  weights.insert(quant.begin(), quant.end());
  EXPECT_TRUE(has_quantisation(weights, kW16A16));
  EXPECT_FALSE(has_quantisation(weights, kW8A8)) << "those are not the parameters of w8a8";
  models::DesignConfig design = sample_design();
  design.precision = models::Precision::kW16A16;
  EXPECT_NO_THROW(compile(model, weights, design, {{0}}));
  weights.at("quant.w16a16.blocks.0.attn.q_act").data[0] = 0.3F;
  EXPECT_THROW(compile(model, weights, design, {{0}}), models::DataError) << "no power of two";
}

TEST(Calibrate, W16A32NeedsNothing) {
  const models::ModelConfig model = small_model(1);
  const TensorMap weights = without_quantisation(sample_weights(model, 1));
  const Calibrator calibrator(program::Precision::kW16A32, model, weights);
  EXPECT_TRUE(calibrator.needed_taps().empty());
  EXPECT_TRUE(calibrator.finish().empty());
  EXPECT_TRUE(has_quantisation(weights, program::Precision::kW16A32));
}

}  // namespace
}  // namespace edgemoe::host
