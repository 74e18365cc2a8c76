// SPDX-License-Identifier: Apache-2.0
// Expert queues of any length, prefetch policies, wrong guesses.
#include <gtest/gtest.h>

#include "models/schema/error.hpp"
#include "sim/units/expert_order.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::sim {
namespace {

using models::Prefetch;
using program::Command;

constexpr int kTokens = 129, kDim = 64, kHidden = 96, kExperts = 8;
constexpr std::uint64_t kRowsEach = 2 * 4 * 6 + 2 + 3;

std::vector<Command> block(const std::vector<int>& list) {
  ProgramBuilder b;
  b.moe(1, kTokens, kDim, kHidden, kExperts, list);
  return b.finish();
}

SimulationResult run_block(const std::vector<int>& list, const std::vector<int>& lengths,
                           Prefetch policy = Prefetch::kPopular) {
  models::DesignConfig design = test_design();
  design.loader.prefetch = policy;
  return run(block(list), routing_of(1, kTokens, lengths), design);
}

std::vector<int> order(const ExpertPlan& plan) {
  std::vector<int> experts;
  for (const ExpertQueue& q : plan.execution) experts.push_back(q.expert);
  return experts;
}

ExpertPlan plan(std::vector<int> list, const std::vector<int>& lengths, Prefetch policy) {
  const std::vector<Command> commands = block(list);
  const Command* prefetch = list.empty() ? nullptr : &commands.front();
  models::DesignConfig design;
  design.loader.prefetch = policy;
  return plan_experts(commands[commands.size() - 2], kExperts, prefetch,
                      routing_of(1, kTokens, lengths), design);
}

TEST(ExpertOrder, GuessedFirstInListOrderThenByLengthTiesByIndex) {
  const std::vector<int> lengths{5, 9, 0, 9, 30, 1, 9, 0};
  EXPECT_EQ(order(plan({5, 2, 1}, lengths, Prefetch::kPopular)),
            (std::vector<int>{5, 1, 4, 3, 6, 0}));
  EXPECT_EQ(order(plan({5, 2, 1}, lengths, Prefetch::kNone)), (std::vector<int>{4, 1, 3, 6, 0, 5}));
  EXPECT_EQ(order(plan({5, 2, 1}, lengths, Prefetch::kOracle)),
            (std::vector<int>{4, 1, 3, 6, 0, 5}));
  EXPECT_EQ(plan({5, 2, 1}, lengths, Prefetch::kOracle).guesses,
            (std::vector<int>{4, 1, 3, 6, 0, 5}));
  EXPECT_TRUE(plan({}, lengths, Prefetch::kOracle).guesses.empty());
}

TEST(ExpertOrder, BadTracesAndListsAreRefused) {
  EXPECT_THROW(plan({1, 1}, {1}, Prefetch::kPopular), models::ConfigError);
  EXPECT_THROW(plan({8}, {1}, Prefetch::kPopular), models::ConfigError);
  EXPECT_THROW(plan({}, {0, 0, 0, 0, 0, 0, 0, 0, 1}, Prefetch::kPopular), models::ConfigError);
  EXPECT_THROW(run(block({}), {}), models::ConfigError);  // no routing at all
}

TEST(Experts, AllTokensToOneExpert) {
  std::vector<int> lengths(kExperts, 0);
  lengths[6] = kTokens;
  for (const std::vector<int>& list : {std::vector<int>{}, {6}, {0, 6}, {0, 1}}) {
    const SimulationResult result = run_block(list, lengths);
    const CommandTiming& t = result.commands[result.commands.size() - 2];
    EXPECT_EQ(t.busy, 17u * (6 * 4 + 4 * 6));  // K below the drain: the rest is output credit
    std::uint64_t wrong = 0;
    for (int e : list) wrong += e != 6;
    EXPECT_EQ(result.dram.wasted_prefetch_bytes, wrong * kRowsEach * 256);
  }
}

TEST(Experts, NoTokenAtAllTakesNoTimeAndFreesTheGuesses) {
  const SimulationResult result = run_block({2, 3}, {});
  const CommandTiming& t = result.commands[result.commands.size() - 2];
  EXPECT_EQ(t.begin, t.end);
  EXPECT_EQ(t.busy, 0u);
  EXPECT_EQ(result.dram.wasted_prefetch_bytes, 2 * kRowsEach * 256);
}

TEST(Experts, TheTraceShowsEveryMatrixAndEveryLoad) {
  const SimulationResult result = run_block({2, 3}, {5, 0, 5});
  std::vector<std::string> phases, loads;
  for (const Slice& slice : result.slices) {
    if (slice.track == "experts") phases.push_back(slice.name);
    if (slice.track == "expert loads") loads.push_back(slice.name);
  }
  EXPECT_EQ(phases, (std::vector<std::string>{"l01.expert2.w1", "l01.expert0.w1", "l01.expert2.w2",
                                              "l01.expert0.w2"}));
  EXPECT_EQ(loads, (std::vector<std::string>{"l01.expert2.load", "l01.expert3.load (wasted)",
                                             "l01.expert0.load"}));
}

TEST(Experts, OneTokenCostsAGroup) {
  const std::uint64_t one = run_block({}, {0, 1}).commands.end()[-2].busy;
  EXPECT_EQ(one, 6u * 4 + 4 * 6);
  EXPECT_EQ(run_block({}, {0, 8}).commands.end()[-2].busy, one);
  EXPECT_EQ(run_block({}, {0, 9}).commands.end()[-2].busy, 2 * one);
  EXPECT_EQ(run_block({}, {1, 1, 1, 1, 1, 1, 1, 1}).commands.end()[-2].busy, 8 * one);
}

/// The same block twice, so that rows of the first must be freed for the second.
std::vector<Command> two_blocks(const std::vector<int>& list) {
  ProgramBuilder b;
  b.moe(1, kTokens, kDim, kHidden, kExperts, list);
  b.moe(3, kTokens, kDim, kHidden, kExperts, list);
  return b.finish();
}

TEST(Experts, WrongGuessesAreFreedInOrderEvenWhenTheyFillTheRing) {
  models::DesignConfig design = test_design();
  design.buffers.weight_ring_rows = 3 * 48;  // three experts; four wrong guesses come first
  program::RoutingTrace routing = routing_of(1, kTokens, {0, 0, 0, 0, 40, 40, 40, 9});
  routing.segments.push_back(routing.segments[0]);
  routing.segments[1].layer = 3;
  const std::vector<Command> commands = two_blocks({0, 1, 2, 3});
  const SimulationResult result = run(commands, routing, design);
  EXPECT_GT(result.dram.wasted_prefetch_bytes, 0u);
  EXPECT_EQ(result.dram.needed_bytes - (commands.size() + 1) / 2 * 256 - 256, 8 * kRowsEach * 256);
}

TEST(Experts, OracleNeverWastesAndIsNeverSlowerThanNothing) {
  const std::vector<int> lengths{0, 30, 0, 20, 50, 0, 29, 0};
  const SimulationResult oracle = run_block({0, 1, 2}, lengths, Prefetch::kOracle);
  const SimulationResult none = run_block({0, 1, 2}, lengths, Prefetch::kNone);
  const SimulationResult popular = run_block({0, 1, 2}, lengths, Prefetch::kPopular);
  EXPECT_EQ(oracle.dram.wasted_prefetch_bytes, 0u);
  EXPECT_EQ(none.dram.wasted_prefetch_bytes, 0u);
  EXPECT_GT(popular.dram.wasted_prefetch_bytes, 0u);
  EXPECT_LT(oracle.cycles, none.cycles);
  EXPECT_EQ(oracle.dram.needed_bytes, none.dram.needed_bytes);
  EXPECT_EQ(oracle.dram.needed_bytes, popular.dram.needed_bytes);
}

TEST(Experts, AGuessThatTheRoutingRefutedIsNotLoadedAnyMore) {
  // Sixteen large experts on the list, one active: routing is public long before the list is
  // through.
  ProgramBuilder b;
  std::vector<int> list;
  for (int e = 0; e < 16; ++e) list.push_back(e);
  b.moe(1, kTokens, 192, 384, 16, list);
  std::vector<int> lengths(16, 0);
  lengths[15] = kTokens;
  const SimulationResult result = run(b.finish(), routing_of(1, kTokens, lengths));
  EXPECT_LT(result.dram.wasted_prefetch_bytes, 3u * 594 * 256);
  EXPECT_GT(result.commands[0].stall.at("skip"), 10u);
}

TEST(Experts, QueuesOfTwoTasksAreServedTogether) {
  ProgramBuilder b;
  b.moe(1, kTokens, kDim, kHidden, kExperts, {}, 2);
  program::RoutingTrace routing = routing_of(1, kTokens, {4, 4});
  routing.segments.push_back(routing.segments[0]);
  routing.segments[1].segment = 1;
  const SimulationResult result = run(b.finish(), routing);
  EXPECT_EQ(result.commands.end()[-2].busy,
            2u * (6 * 4 + 4 * 6));  // 8 tokens each: one group an expert
}

TEST(Experts, SmallHiddenBufferForbidsInterleaving) {
  models::DesignConfig design = test_design();
  const std::vector<int> lengths{40, 40, 40};
  const auto routing = routing_of(1, kTokens, lengths);
  const std::uint64_t interleaved = run(block({}), routing, design).cycles;
  design.buffers.max_tokens = 136;
  design.buffers.max_hidden = kHidden;
  const SimulationResult serial = run(block({}), routing, design);
  EXPECT_GT(serial.commands.end()[-2].stall.at("hidden"), 2u * 40);
  EXPECT_GT(serial.cycles, interleaved);
}

}  // namespace
}  // namespace edgemoe::sim
