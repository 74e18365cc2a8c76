// SPDX-License-Identifier: Apache-2.0
// Named edge cases on the whole accelerator. Each asserts that its routing or program is what its
// name says, then that RTL, kernels and cycle engine agree.
#include <gtest/gtest.h>

#include <map>

#include "tests/host/compiler/sample_model.hpp"
#include "tests/rtl/top/random_programs.hpp"

namespace edgemoe::host {
namespace {

using models::BlockKind;

constexpr std::size_t kLanes4 = 1, kLanes8 = 2;

/// A network of 5 experts, D 48, on one of the shared design points.
TopCase base_case(std::size_t at, std::vector<BlockKind> blocks) {
  const DesignPoint& point = design_points()[at];
  TopCase c;
  c.name = point.name;
  c.design = random_cases(point).front().design;  // with the ring of the shared model
  c.model = small_model(1);
  c.model.blocks = std::move(blocks);
  c.model.image.width = 16 * point.token_lanes;
  c.model.embed_dim = 48;
  c.model.heads = 1;
  c.model.moe.hidden = 32;
  c.model.moe.gate_bias = true;
  c.board = board_of(7);
  c.tasks = {0};
  return c;
}

/// Weights with gates that do not look at the token: logits are `biases` for every task.
void finish(TopCase* c, const std::vector<float>& biases) {
  c->weights = sample_weights(c->model, 11);
  std::map<std::string, models::Tensor> added;
  for (auto& [name, tensor] : c->weights) {
    const std::size_t at = name.find("w_gate");
    if (at == std::string::npos) continue;
    for (float& value : tensor.data) value = 0.0f;
    added[name.substr(0, at) + "bias"] = {{c->model.moe.experts}, biases};
  }
  c->weights.insert(added.begin(), added.end());
  c->image = image_of(c->model, 13);
}

TopResult expect_equal(const TopCase& c) {
  TopResult result = run_top(c);
  EXPECT_EQ(result.difference, "");
  EXPECT_GT(result.rows, 0u);
  return result;
}

/// Tokens by expert in one block of one segment.
std::map<int, int> queues(const TopResult& result, int layer, int segment) {
  std::map<int, int> lengths;
  const program::SegmentRouting* routing = result.routing.find(layer, segment);
  if (routing == nullptr) return lengths;
  for (const program::Choice& choice : routing->choices) {
    if (!choice.dropped) ++lengths[choice.expert];
  }
  return lengths;
}

TEST(EdgeCases, AllTokensToOneExpertAndTheOthersIdle) {
  TopCase c = base_case(kLanes8, {BlockKind::kMoe, BlockKind::kMoe});
  c.model.moe.top_k = 1;
  finish(&c, {0.0f, -1.0f, 0.5f, 3.0f, 0.0f});
  const TopResult result = expect_equal(c);
  EXPECT_EQ(queues(result, 0, 0), (std::map<int, int>{{3, c.model.tokens()}}));
}

TEST(EdgeCases, EqualLogitsGoToTheLowestExperts) {
  TopCase c = base_case(kLanes4, {BlockKind::kMoe});
  c.model.moe.top_k = 3;
  finish(&c, {1.0f, 1.0f, 1.0f, 1.0f, 1.0f});
  const int n = c.model.tokens();
  const TopResult result = expect_equal(c);
  EXPECT_EQ(queues(result, 0, 0), (std::map<int, int>{{0, n}, {1, n}, {2, n}}));
}

TEST(EdgeCases, SecondChoicesBelowTheThresholdAreDropped) {
  TopCase c = base_case(kLanes8, {BlockKind::kMoe, BlockKind::kMlp});
  c.model.moe.top_k = 2;
  c.model.moe.threshold = 0.5;
  finish(&c, {0.0f, 0.0f, 2.0f, 0.0f, 0.0f});
  const TopResult result = expect_equal(c);
  EXPECT_EQ(queues(result, 0, 0), (std::map<int, int>{{2, c.model.tokens()}}));
  EXPECT_EQ(result.routing.segments[0].choices.size(),
            static_cast<std::size_t>(2 * c.model.tokens()));
}

TEST(EdgeCases, ABlockWithoutAnyExpertPassesTheTokensOn) {
  TopCase c = base_case(kLanes4, {BlockKind::kMoe, BlockKind::kMoe});
  c.model.moe.top_k = 2;
  c.model.moe.threshold = 0.9;
  finish(&c, {0.0f, 0.0f, 0.0f, 0.0f, 0.0f});
  const TopResult result = expect_equal(c);
  EXPECT_EQ(result.routing.segments.size(), 2u);
  EXPECT_TRUE(queues(result, 0, 0).empty());
  EXPECT_TRUE(queues(result, 1, 0).empty());
}

TEST(EdgeCases, TwoTasksOfAFrameStartFromACopy) {
  TopCase c = base_case(kLanes8, {BlockKind::kMlp, BlockKind::kMoe, BlockKind::kMoe});
  c.tasks = {1, 0};
  finish(&c, {0.5f, 0.0f, 1.0f, 0.0f, 1.0f});
  // One task's gates look at the token after all: the segments part.
  const models::TensorMap random = sample_weights(c.model, 17);
  for (const char* block : {"1", "2"}) {
    const std::string name = std::string("backbone.blocks.") + block + ".mlp.gate.1.w_gate";
    c.weights.at(name) = random.at(name);
  }
  const TopResult result = expect_equal(c);
  EXPECT_EQ(result.copies, 1u);
  EXPECT_EQ(result.routing.segments.size(), 4u);
  EXPECT_NE(queues(result, 1, 0), queues(result, 1, 1));
}

TEST(EdgeCases, ANetworkWithoutExperts) {
  TopCase c = base_case(kLanes8, {BlockKind::kMlp});
  finish(&c, {});
  EXPECT_TRUE(expect_equal(c).routing.segments.empty());
}

TEST(EdgeCases, EvenAndOddNumbersOfGroupsWithOneTokenInTheLast) {
  for (const int image_rows : {1, 2}) {
    TopCase c = base_case(kLanes4, {BlockKind::kMlp, BlockKind::kMoe});
    c.model.image.height = 16 * image_rows;
    finish(&c, {0.0f, 1.0f, 0.0f, 0.0f, 0.5f});
    EXPECT_EQ(c.model.tokens(), 4 * image_rows + 1);
    expect_equal(c);
  }
}

TEST(EdgeCases, QueuesOfOneToken) {
  // Gates that look at tokens, many experts, few tokens: some queue has a single one.
  TopCase c = base_case(kLanes4, {BlockKind::kMoe, BlockKind::kMoe});
  c.model.moe.experts = 8;
  c.model.moe.gate_bias = false;
  c.model.image.height = 16;
  c.model.moe.top_k = 1;
  c.weights = sample_weights(c.model, 19);
  c.image = image_of(c.model, 13);
  const TopResult result = expect_equal(c);
  int single = 0;
  for (const int layer : {0, 1}) {
    for (const auto& [expert, length] : queues(result, layer, 0)) single += length == 1;
  }
  EXPECT_GT(single, 0);
}

TEST(EdgeCases, EveryExpertServesEveryToken) {
  TopCase c = base_case(kLanes8, {BlockKind::kMoe});
  c.model.moe.experts = 4;
  c.model.moe.top_k = 4;
  finish(&c, {0.0f, 0.5f, -0.5f, 0.25f});
  const TopResult result = expect_equal(c);
  const int n = c.model.tokens();
  EXPECT_EQ(queues(result, 0, 0), (std::map<int, int>{{0, n}, {1, n}, {2, n}, {3, n}}));
}

}  // namespace
}  // namespace edgemoe::host
