// SPDX-License-Identifier: Apache-2.0
#include "host/run/routing_bridge.hpp"

#include <gtest/gtest.h>

namespace edgemoe::host {
namespace {

/// Three tokens, top-2; the class token is row 0 of the reference.
models::Routing sample_routing(int first) {
  models::Routing routing;
  models::BlockRouting& block = routing.blocks[1];
  block.tokens = 3;
  block.top_k = 2;
  block.index = {first, 1, 2, 3, 4, -1};
  block.score = {0.5F, 0.25F, 0.5F, 0.25F, 0.5F, 0.0F};
  return routing;
}

TEST(RoutingBridge, ClassTokenIsLastInTheAccelerator) {
  EXPECT_EQ(reference_row(0, 129), 1);
  EXPECT_EQ(reference_row(127, 129), 128);
  EXPECT_EQ(reference_row(128, 129), 0);
  EXPECT_EQ(reference_row(0, 1), 0);
}

TEST(RoutingBridge, ForcedTraceHoldsTheChoicesInTheAcceleratorsOrder) {
  const program::RoutingTrace trace = trace_of_routings({sample_routing(0), sample_routing(7)});
  const program::SegmentRouting* second = trace.find(1, 1);
  ASSERT_NE(second, nullptr);
  ASSERT_EQ(second->choices.size(), 6u);
  EXPECT_EQ(second->choices[0].expert, 2);
  EXPECT_EQ(second->choices[4].expert, 7);
  EXPECT_TRUE(second->choices[3].dropped);
  EXPECT_FALSE(second->choices[2].dropped);
}

TEST(RoutingBridge, DroppedChoicesNameExpertsThatTheTokenDoesNotUse) {
  models::Routing routing = sample_routing(0);
  routing.blocks[1].index = {0, -1, -1, 0, -1, -1};
  const program::RoutingTrace trace = trace_of_routings({routing});
  const auto& choices = trace.segments[0].choices;
  for (std::size_t token = 0; token < 3; ++token) {
    EXPECT_NE(choices[2 * token].expert, choices[2 * token + 1].expert) << token;
  }
  EXPECT_EQ(routing_of_segment(trace, 0).blocks.at(1).index, routing.blocks.at(1).index);
}

TEST(RoutingBridge, WhatWasRoutedOnceCountsForEverySegment) {
  const program::RoutingTrace trace = trace_of_routings({sample_routing(0)});
  EXPECT_EQ(routing_of_segment(trace, 1).blocks.at(1).index, sample_routing(0).blocks.at(1).index);
}

TEST(RoutingBridge, ThereAndBackKeepsIndices) {
  const program::RoutingTrace trace = trace_of_routings({sample_routing(0), sample_routing(7)});
  EXPECT_EQ(routing_of_segment(trace, 1).blocks.at(1).index, sample_routing(7).blocks.at(1).index);
  EXPECT_TRUE(routing_of_segment(trace, 2).blocks.empty());
}

TEST(RoutingBridge, ScoresAreSixteenBitFractions) {
  program::RoutingTrace trace = trace_of_routings({sample_routing(0)});
  trace.segments[0].choices[4].score = 65536;
  trace.segments[0].choices[5].score = 16384;
  const models::BlockRouting block = routing_of_segment(trace, 0).blocks.at(1);
  EXPECT_FLOAT_EQ(block.score[0], 1.0F);
  EXPECT_FLOAT_EQ(block.score[1], 0.25F);
}

TEST(RoutingBridge, SegmentsAreOrderedByBlockThenSegment) {
  models::Routing two = sample_routing(0);
  two.blocks[3] = two.blocks[1];
  const program::RoutingTrace trace = trace_of_routings({two, two});
  ASSERT_EQ(trace.segments.size(), 4u);
  EXPECT_EQ(trace.segments[1].layer, 1);
  EXPECT_EQ(trace.segments[1].segment, 1);
  EXPECT_EQ(trace.segments[2].layer, 3);
}

}  // namespace
}  // namespace edgemoe::host
