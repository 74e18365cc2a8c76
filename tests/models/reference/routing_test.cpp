// SPDX-License-Identifier: Apache-2.0
#include "models/reference/routing.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace edgemoe::models {
namespace {

Routing one_block(std::vector<std::int32_t> index) {
  BlockRouting block;
  block.top_k = 2;
  block.tokens = static_cast<int>(index.size() / 2);
  block.score.assign(index.size(), 0.5f);
  block.index = std::move(index);
  Routing routing;
  routing.blocks[1] = std::move(block);
  return routing;
}

TEST(Routing, LoadCountsTokensPerExpert) {
  EXPECT_EQ(one_block({0, 2, 2, -1}).blocks.at(1).load(4), (std::vector<int>{1, 0, 2, 0}));
  EXPECT_EQ(BlockRouting{}.load(2), (std::vector<int>{0, 0}));
}

TEST(Routing, AgreementComparesSetsPerToken) {
  const RoutingAgreement swapped =
      compare_routing(one_block({0, 1, 2, 3}), one_block({1, 0, 2, 3}));
  EXPECT_EQ(swapped.agree, 4);
  EXPECT_EQ(swapped.total, 4);
  const RoutingAgreement flipped =
      compare_routing(one_block({0, 1, 2, 3}), one_block({0, 4, 3, 0}));
  EXPECT_EQ(flipped.agree, 2);
  EXPECT_DOUBLE_EQ(flipped.fraction(), 0.5);
}

TEST(Routing, EmptySlotsAreNotChoices) {
  const RoutingAgreement result = compare_routing(one_block({0, -1}), one_block({-1, 0}));
  EXPECT_EQ(result.agree, 1);
  EXPECT_EQ(result.total, 1);
  EXPECT_EQ(compare_routing(one_block({-1, -1}), one_block({-1, 2})).fraction(), 1.0);
}

TEST(Routing, RoutingsOfDifferentNetworksAreRefused) {
  EXPECT_THROW(compare_routing(one_block({0, 1}), one_block({0, 1, 2, 3})), std::invalid_argument);
  EXPECT_THROW(compare_routing(one_block({0, 1}), Routing{}), std::invalid_argument);
  Routing other = one_block({0, 1});
  other.blocks[2] = other.blocks[1];
  other.blocks.erase(1);
  EXPECT_THROW(compare_routing(one_block({0, 1}), other), std::invalid_argument);
}

}  // namespace
}  // namespace edgemoe::models
