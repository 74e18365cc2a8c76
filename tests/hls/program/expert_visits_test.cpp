// SPDX-License-Identifier: Apache-2.0
#include "hls/program/expert_visits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace edgemoe {
namespace program {
namespace {

/// One segment of layer 3 whose choices are `experts` in order; 99 stands for a dropped choice.
RoutingTrace trace_of(const std::vector<int>& experts, int segment = 0) {
  SegmentRouting routing;
  routing.layer = 3;
  routing.segment = static_cast<std::uint16_t>(segment);
  for (int e : experts) {
    const bool dropped = e == 99;
    routing.choices.push_back({static_cast<std::uint16_t>(dropped ? 0 : e), 1, dropped});
  }
  RoutingTrace trace;
  trace.segments.push_back(routing);
  return trace;
}

std::vector<int> loads_of(const std::vector<int>& experts, int resident) {
  const ExpertVisits v = expert_visits(3, 1, trace_of(experts), resident);
  return std::vector<int>(v.loads.begin(), v.loads.end());
}

TEST(ExpertVisits, WithoutResidentExpertsEveryChoiceLoads) {
  EXPECT_EQ(loads_of({4, 4, 1, 4}, 0), (std::vector<int>{4, 4, 1, 4}));
}

TEST(ExpertVisits, OneResidentExpertSavesRepeatsOnly) {
  EXPECT_EQ(loads_of({4, 4, 1, 4, 4}, 1), (std::vector<int>{4, 1, 4}));
}

TEST(ExpertVisits, TheOldestLoadIsReplacedEvenIfItWasReadLast) {
  EXPECT_EQ(loads_of({1, 2, 1, 3, 1, 2}, 2), (std::vector<int>{1, 2, 3, 1, 2}));
}

TEST(ExpertVisits, AsManyResidentAsThereAreLoadEachOnce) {
  EXPECT_EQ(loads_of({1, 2, 0, 2, 1, 0, 2}, 3), (std::vector<int>{1, 2, 0}));
}

TEST(ExpertVisits, DroppedChoicesAndMissingSegmentsAreNoVisits) {
  const ExpertVisits v = expert_visits(3, 2, trace_of({99, 5, 99}), 2);
  ASSERT_EQ(v.visits.size(), 1u);
  EXPECT_EQ(v.visits[0].expert, 5);
  EXPECT_TRUE(expert_visits(3, 1, trace_of({99}), 2).loads.empty());
  EXPECT_TRUE(expert_visits(2, 1, trace_of({1}), 2).visits.empty());
}

TEST(ExpertVisits, EveryVisitReadsItsExpertWhileItIsResidentAndOneIsTheLast) {
  std::mt19937 random(2);
  for (int resident = 0; resident < 6; ++resident) {
    std::vector<int> experts;
    for (int i = 0; i < 200; ++i) experts.push_back(static_cast<int>(random() % 7));
    const ExpertVisits v = expert_visits(3, 1, trace_of(experts), resident);
    ASSERT_EQ(v.visits.size(), experts.size());
    std::set<std::uint32_t> ended;
    std::uint32_t newest = 0;
    for (std::size_t i = 0; i < v.visits.size(); ++i) {
      const ExpertVisit& visit = v.visits[i];
      EXPECT_EQ(visit.expert, experts[i]);
      EXPECT_EQ(v.loads[visit.load], experts[i]);
      newest = std::max(newest, visit.load);
      EXPECT_LT(newest - visit.load, static_cast<std::uint32_t>(std::max(resident, 1)));
      EXPECT_EQ(ended.count(visit.load), 0u);
      if (visit.last) ended.insert(visit.load);
    }
    EXPECT_EQ(ended.size(), v.loads.size());
  }
}

}  // namespace
}  // namespace program
}  // namespace edgemoe
