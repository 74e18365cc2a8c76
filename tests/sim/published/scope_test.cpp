// SPDX-License-Identifier: Apache-2.0
// Names of formulas: shapes, routing, indices, definitions.
#include "sim/published/scope.hpp"

#include <gtest/gtest.h>

#include "models/schema/error.hpp"
#include "tests/sim/published/stages.hpp"

namespace edgemoe::tests {
namespace {

class PublishedScope : public testing::Test {
 protected:
  std::uint64_t value(const std::string& text) {
    const sim::Scope scope(design_, network_, queues_);
    return scope.value({text, "here: error: formula"}, 0, INT64_MAX);
  }
  std::string error(const std::string& text) {
    try {
      value(text);
    } catch (const models::ConfigError& error) {
      return error.messages().front();
    }
    return "(no error)";
  }

  models::ModelConfig network_ = models::read_model(repository("models/zoo/m3vit-tiny-scenes"));
  models::LoopDesignConfig design_;
  sim::Queues queues_ = sim::even_queues(network_);
};

TEST_F(PublishedScope, KnowsTheNetwork) {
  EXPECT_EQ(value("tokens"), 129u);
  EXPECT_EQ(value("heads * head_dim == embed"), 1u);
  EXPECT_EQ(value("layers * 100 + moe_layers"), 1206u);
  EXPECT_EQ(value("is_moe(0) * 10 + is_moe(1)"), 1u);
  EXPECT_EQ(value("moe_index(11)"), 5u);
}

TEST_F(PublishedScope, KnowsTheQueues) {
  queues_[2].assign(16, 0);
  queues_[2][4] = 7;
  queues_[2][9] = 3;
  EXPECT_EQ(value("active(2)"), 2u);
  EXPECT_EQ(value("active_expert(2, 1)"), 9u);
  EXPECT_EQ(value("queue(2, active_expert(2, 0))"), 7u);
  EXPECT_EQ(value("queued(2)"), 10u);
  EXPECT_EQ(value("queued(0)"), 258u);
  EXPECT_EQ(error("active_expert(2, 2)"),
            "here: error: formula: expected 0 or more, got active_expert of number 2, there are 2 "
            "(active_expert(2, 2))");
  EXPECT_EQ(error("queue(6, 0)"),
            "here: error: formula: expected 0 or more, got queue of number 6, there are 6 "
            "(queue(6, 0))");
}

TEST_F(PublishedScope, EvaluatesDefinitionsWhereTheyAreUsed) {
  design_.define = {{"twice", {"2 * k", ""}}};
  sim::Scope scope(design_, network_, queues_);
  scope.push_index("k", 3);
  EXPECT_EQ(scope.value({"twice", ""}, 0, 100), 6u);
  scope.set_index(5);
  EXPECT_EQ(scope.value({"twice + twice", ""}, 0, 100), 20u);
  scope.pop_index();
  EXPECT_THROW(scope.value({"twice", ""}, 0, 100), models::ConfigError);
}

TEST_F(PublishedScope, RefusesANameOfTheNetwork) {
  design_.define = {{"tokens", {"1", "FILE:3:3: error: define.tokens"}}};
  EXPECT_EQ(error("tokens"),
            "FILE:3:3: error: define.tokens: expected a new name, got one of the network's");
}

TEST_F(PublishedScope, CountsQueuesOfARoutingTrace) {
  program::RoutingTrace trace;
  for (const int segment : {0, 1}) {
    program::SegmentRouting block;
    block.layer = 1;
    block.segment = static_cast<std::uint16_t>(segment);
    block.tokens = 2;
    block.top_k = 2;
    block.choices = {{3, 9, false}, {1, 8, false}, {3, 7, false}, {0, 6, true}};
    if (segment == 1) block.choices[0].expert = 2;
    trace.segments.push_back(block);
  }
  EXPECT_EQ(sim::queues_of(trace, 0, 4), (sim::Queues{{0, 1, 0, 2}}));
  EXPECT_EQ(sim::queues_of(trace, 1, 4), (sim::Queues{{0, 1, 1, 1}}));
  EXPECT_TRUE(sim::queues_of(trace, 2, 4).empty());
}

}  // namespace
}  // namespace edgemoe::tests
