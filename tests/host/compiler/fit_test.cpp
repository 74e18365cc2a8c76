// SPDX-License-Identifier: Apache-2.0
// What does not fit is refused with the name of the buffer, what is needed and what there is.
#include "host/compiler/fit.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "host/compiler/lowered.hpp"
#include "host/compiler/resources.hpp"
#include "models/io/error.hpp"
#include "models/schema/error.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

using models::DesignConfig;
using models::ModelConfig;

std::string refusal(
    const std::function<void(ModelConfig*, DesignConfig*, std::vector<int>*)>& change) {
  ModelConfig model = tiny_model();
  DesignConfig design = sample_design();
  std::vector<int> tasks{0, 1};
  change(&model, &design, &tasks);
  try {
    check_fit(model, design, tasks);
  } catch (const models::ConfigError& error) {
    std::string text;
    for (const std::string& line : error.messages()) text += line + "\n";
    return text;
  }
  return "";
}

TEST(Fit, TinyWithBothTasksFitsTheDesign) {
  EXPECT_EQ(refusal([](ModelConfig*, DesignConfig*, std::vector<int>*) {}), "");
}

TEST(Fit, BuffersAreFilledToTheLastEntry) {
  EXPECT_EQ(refusal([](ModelConfig*, DesignConfig* d, std::vector<int>*) {
              d->buffers.max_tokens = 272;
              d->buffers.max_embed_dim = 192;
              d->buffers.max_hidden = 768;
              d->buffers.max_experts = 16;
            }),
            "");
}

TEST(Fit, EachBufferIsNamedWhenItOverflows) {
  const auto small = [](int models::BufferConfig::*field, int value) {
    return refusal(
        [=](ModelConfig*, DesignConfig* d, std::vector<int>*) { d->buffers.*field = value; });
  };
  EXPECT_NE(small(&models::BufferConfig::max_tokens, 271)
                .find("design.buffers.max_tokens: needs 272 token rows, the design has 271"),
            std::string::npos);
  EXPECT_NE(
      small(&models::BufferConfig::max_embed_dim, 191).find("buffers.max_embed_dim: needs 192"),
      std::string::npos);
  EXPECT_NE(small(&models::BufferConfig::max_hidden, 767).find("buffers.max_hidden: needs 768"),
            std::string::npos);
  EXPECT_NE(small(&models::BufferConfig::max_experts, 15).find("buffers.max_experts: needs 16"),
            std::string::npos);
  EXPECT_NE(small(&models::BufferConfig::score_groups, 1).find("buffers.score_groups"),
            std::string::npos);
  EXPECT_NE(small(&models::BufferConfig::staging_tokens, 8).find("buffers.staging_tokens"),
            std::string::npos);
  EXPECT_NE(small(&models::BufferConfig::weight_ring_rows, 500).find("buffers.weight_ring_rows"),
            std::string::npos);
}

TEST(Fit, AllFindingsComeAtOnce) {
  const std::string text = refusal([](ModelConfig*, DesignConfig* d, std::vector<int>*) {
    d->buffers.max_tokens = 1;
    d->buffers.max_hidden = 1;
  });
  EXPECT_NE(text.find("max_tokens"), std::string::npos);
  EXPECT_NE(text.find("max_hidden"), std::string::npos);
}

TEST(Fit, RingOfTheStatedNeedIsEnough) {
  const ModelConfig model = tiny_model();
  DesignConfig design = sample_design();
  design.buffers.weight_ring_rows = static_cast<int>(ring_rows_needed(model, design));
  design.buffers.weight_ring_rows =
      static_cast<int>(ring_rows_needed(model, design));  // orders may change with the ring
  EXPECT_NO_THROW(check_fit(model, design, {0}));
}

TEST(Fit, UnusableTasksShapesAndDesignsAreRefused) {
  using T = std::vector<int>;
  EXPECT_NE(refusal([](ModelConfig*, DesignConfig*, T* t) { t->clear(); }).find("tasks"),
            std::string::npos);
  EXPECT_NE(refusal([](ModelConfig*, DesignConfig*, T* t) { *t = {2}; }).find("got 2"),
            std::string::npos);
  EXPECT_NE(refusal([](ModelConfig*, DesignConfig*, T* t) {
              *t = {1, 1};
            }).find("twice"),
            std::string::npos);
  EXPECT_NE(refusal([](ModelConfig* m, DesignConfig*, T*) { m->heads = 5; }).find("heads"),
            std::string::npos);
  EXPECT_NE(refusal([](ModelConfig* m, DesignConfig*, T*) { m->patch = 8; }).find("model.patch"),
            std::string::npos);
  EXPECT_NE(refusal([](ModelConfig* m, DesignConfig*, T*) { m->moe.top_k = 5; }).find("top_k"),
            std::string::npos);
  EXPECT_NE(refusal([](ModelConfig* m, DesignConfig*, T*) { m->blocks.clear(); }).find("block"),
            std::string::npos);
  EXPECT_NE(
      refusal([](ModelConfig*, DesignConfig* d, T*) { d->array.in_lanes = 12; }).find("in_lanes"),
      std::string::npos);
  EXPECT_NE(refusal([](ModelConfig*, DesignConfig* d, T*) {
              d->array.token_lanes = 0;
            }).find("token_lanes"),
            std::string::npos);
}

TEST(Fit, MoreTokensThanACommandCountsAreRefusedWhateverTheDesignHas) {
  const std::string text = refusal([](ModelConfig* m, DesignConfig* d, std::vector<int>*) {
    m->image.height = 16 * 256;
    m->image.width = 16 * 256;
    d->buffers.max_tokens = 1 << 30;
  });
  EXPECT_NE(text.find("model tokens: expected at most 65535, which a command can hold, got 65537"),
            std::string::npos)
      << text;
}

TEST(Fit, ProgramThatOutgrowsACounterIsRefused) {
  ModelConfig model = small_model(255);
  model.blocks.assign(255, models::BlockKind::kMlp);
  model.image.height = 160;
  model.image.width = 480;
  model.embed_dim = 4;
  model.mlp_hidden = 2;
  DesignConfig design = sample_design();
  design.array.token_lanes = 1;
  design.buffers.max_tokens = 400;
  try {
    compile(model, sample_weights(model, 1), design, {{0}});
    FAIL();
  } catch (const models::ConfigError& error) {
    EXPECT_NE(error.messages()[0].find("counters: needs"), std::string::npos);
  }
}

TEST(Fit, CompileRefusesBeforeLookingAtWeights) {
  DesignConfig design = sample_design();
  design.buffers.max_tokens = 8;
  EXPECT_THROW(compile(tiny_model(), {}, design, {{0}}), models::ConfigError);
}

TEST(Fit, MissingMisshapenAndNonFiniteWeightsAreDataErrors) {
  const ModelConfig model = small_model(2);
  const models::TensorMap good = sample_weights(model, 1);
  EXPECT_NO_THROW(compile(model, good, sample_design(), {{0, 1}}));
  for (const auto& [name, tensor] : good) {
    models::TensorMap bad = good;
    bad.erase(name);
    EXPECT_THROW(compile(model, bad, sample_design(), {{0, 1}}), models::DataError) << name;
    bad = good;
    bad[name].data.push_back(0.0F);
    EXPECT_THROW(compile(model, bad, sample_design(), {{0, 1}}), models::DataError) << name;
    bad = good;
    bad[name].data[0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(compile(model, bad, sample_design(), {{0, 1}}), models::DataError) << name;
  }
}

TEST(Fit, ValuesBeyondTheFormatsAreDataErrors) {
  const ModelConfig model = small_model(2);
  const models::TensorMap good = sample_weights(model, 1);
  const auto expect_refused = [&](const std::string& name, float value) {
    models::TensorMap bad = good;
    bad.at(name).data[0] = value;
    EXPECT_THROW(compile(model, bad, sample_design(), {{0, 1}}), models::DataError) << name;
  };
  expect_refused("backbone.pos_embed", 200.0F);
  expect_refused("backbone.blocks.0.norm1.bias", -130.0F);
  expect_refused("backbone.blocks.0.norm2.weight", 140000.0F);
  expect_refused("backbone.blocks.1.mlp.gate.1.w_gate", 1e7F);
  expect_refused("quant.blocks.0.mlp.hidden_zero_point", 256.0F);
  expect_refused("quant.blocks.0.mlp.hidden_zero_point", 1.5F);
  expect_refused("quant.blocks.0.attn.qkv.scale", 0.0F);
  expect_refused("quant.blocks.0.attn.q_act", -1.0F);
}

TEST(Resources, DesignForTwoTasksFollowsTheNotesAndFitsTheBoard) {
  models::BoardConfig board;
  board.name = "zcu102";
  board.resources = {2520, 912, 0, 274080, 548160};
  const DesignConfig design = sample_design();
  const ResourceItem total = estimate_resources(design).total();
  EXPECT_NEAR(total.dsp, 1270, 10);    // architecture notes, section 3
  EXPECT_NEAR(total.bram36, 642, 25);  // two tasks of a frame
  EXPECT_NO_THROW(check_board(design, board));
  board.resources.bram36 = total.bram36 - 1;
  board.resources.dsp = 1000;
  try {
    check_board(design, board);
    FAIL();
  } catch (const models::ConfigError& error) {
    ASSERT_EQ(error.messages().size(), 2u);
    EXPECT_NE(error.messages()[0].find("dsp"), std::string::npos);
    EXPECT_NE(error.messages()[1].find("bram36, board zcu102 has"), std::string::npos);
  }
}

TEST(Resources, RingInUltraRamFreesBlockRam) {
  DesignConfig design = sample_design();
  const ResourceItem before = estimate_resources(design).total();
  design.buffers.ring_in_uram = true;
  design.buffers.weight_ring_rows = 8192;
  const ResourceItem after = estimate_resources(design).total();
  EXPECT_EQ(after.uram, 58 + 29);  // two of 4,096 rows deep, and the parameter ring
  EXPECT_EQ(before.bram36 - after.bram36, 348 + 29);
}

}  // namespace
}  // namespace edgemoe::host
