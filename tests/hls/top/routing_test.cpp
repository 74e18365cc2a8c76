// SPDX-License-Identifier: Apache-2.0
// Forcing a routing upon a run, and what is refused.
#include <gtest/gtest.h>

#include "hls/program/weight_layout.hpp"
#include "hls/top/accelerator.hpp"
#include "tests/hls/top/network.hpp"

namespace edgemoe::hls {
namespace {

using testing::make_network;
using testing::Network;
using testing::NetworkShape;

/// Every token's first choice moved on by one expert; second choices keep distinct.
program::RoutingTrace shifted(program::RoutingTrace trace, int experts) {
  for (auto& segment : trace.segments) {
    for (auto& choice : segment.choices) {
      choice.expert = static_cast<std::uint16_t>((choice.expert + 1) % experts);
    }
  }
  return trace;
}

RunStatus run_forced(Network& network, const program::RoutingTrace& forced,
                     std::vector<std::uint8_t>* image, program::RoutingTrace* routing) {
  *image = network.builder.finish();
  SimulationHooks hooks;
  hooks.forced = &forced;
  hooks.routing = routing;
  return run_program(image->data(), image->size(), hooks);
}

TEST(ForcedRouting, TakesTheTracesExpertsWithTheKernelsOwnScores) {
  const NetworkShape shape;
  const program::RoutingTrace forced = shifted(make_network(shape).routing, shape.experts);
  Network network = make_network(shape, &forced);
  std::vector<std::uint8_t> image;
  program::RoutingTrace routing;
  ASSERT_EQ(run_forced(network, forced, &image, &routing).error, RunError::kNone);
  const std::uint8_t* at = image.data() + network.result_address;
  for (const naive::Rows& rows : network.results) {
    for (const naive::Row& row : rows) {
      for (auto value : row) {
        ASSERT_EQ(program::get_word(at), value);
        at += 4;
      }
    }
  }
  for (std::size_t s = 0; s < forced.segments.size(); ++s) {
    for (std::size_t i = 0; i < forced.segments[s].choices.size(); ++i) {
      EXPECT_EQ(routing.segments[s].choices[i].expert, forced.segments[s].choices[i].expert);
      EXPECT_EQ(routing.segments[s].choices[i].score, network.routing.segments[s].choices[i].score);
    }
  }
}

TEST(ForcedRouting, WhatTheTraceDroppedIsNotQueuedAndNothingElse) {
  const NetworkShape shape;
  Network network = make_network(shape);
  program::RoutingTrace forced = network.routing;
  for (program::SegmentRouting& segment : forced.segments) segment.choices[1].dropped = true;
  std::vector<std::uint8_t> image;
  program::RoutingTrace routing;
  ASSERT_EQ(run_forced(network, forced, &image, &routing).error, RunError::kNone);
  for (std::size_t s = 0; s < forced.segments.size(); ++s) {
    for (std::size_t i = 0; i < forced.segments[s].choices.size(); ++i) {
      EXPECT_EQ(routing.segments[s].choices[i].dropped, forced.segments[s].choices[i].dropped)
          << s << " " << i;
    }
  }
  std::vector<std::uint8_t> free_image = network.builder.finish();
  run_program(free_image.data(), free_image.size(), {});
  EXPECT_NE(image, free_image);
}

TEST(ForcedRouting, TheOwnRoutingForcedGivesTheSameBits) {
  const NetworkShape shape;
  Network network = make_network(shape);
  std::vector<std::uint8_t> forced_image;
  program::RoutingTrace routing;
  ASSERT_EQ(run_forced(network, network.routing, &forced_image, &routing).error, RunError::kNone);
  std::vector<std::uint8_t> free_image = network.builder.finish();
  run_program(free_image.data(), free_image.size(), {});
  EXPECT_EQ(forced_image, free_image);
}

TEST(ForcedRouting, SegmentsThatTheTraceLacksRouteFreely) {
  const NetworkShape shape;
  program::RoutingTrace half = shifted(make_network(shape).routing, shape.experts);
  half.segments.resize(1);
  Network network = make_network(shape, &half);
  std::vector<std::uint8_t> image;
  program::RoutingTrace routing;
  ASSERT_EQ(run_forced(network, half, &image, &routing).error, RunError::kNone);
  EXPECT_EQ(routing.segments[1].choices[0].expert,
            make_network(shape).routing.segments[1].choices[0].expert);
  EXPECT_EQ(program::get_word(image.data() + network.result_address), network.results[0][0][0]);
}

TEST(ForcedRouting, TracesThatDoNotFitAreRefused) {
  const NetworkShape shape;
  Network network = make_network(shape);
  const program::RoutingTrace good = network.routing;
  std::vector<std::uint8_t> image;
  program::RoutingTrace routing;
  program::RoutingTrace bad = good;
  bad.segments[0].choices.pop_back();
  EXPECT_EQ(run_forced(network, bad, &image, &routing).error, RunError::kBadShape)
      << "too few choices";
  bad = good;
  bad.segments[0].choices[0].expert = static_cast<std::uint16_t>(shape.experts);
  EXPECT_EQ(run_forced(network, bad, &image, &routing).error, RunError::kBadShape)
      << "unknown expert";
  bad = good;
  bad.segments[0].choices[1].expert = bad.segments[0].choices[0].expert;
  EXPECT_EQ(run_forced(network, bad, &image, &routing).error, RunError::kBadShape)
      << "one expert twice";
  bad = good;
  bad.segments[1].tokens = 1;
  EXPECT_EQ(run_forced(network, bad, &image, &routing).error, RunError::kBadShape) << "token count";
}

}  // namespace
}  // namespace edgemoe::hls
