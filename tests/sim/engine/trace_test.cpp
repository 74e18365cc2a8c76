// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/trace.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace edgemoe::sim {
namespace {

TEST(EngineTrace, EventsComeBackSortedByTrackAndTime) {
  Trace trace(true);
  const int norm = trace.add_track("norm"), array = trace.add_track("array");
  const int work = trace.intern("l00.q");
  trace.slice(norm, work, 5, 9);
  trace.slice(array, work, 7, 7);
  trace.slice(array, work, 2, 4);
  const auto slices = trace.slices();
  ASSERT_EQ(slices.size(), 3u);
  EXPECT_EQ(slices[0].track, array);
  EXPECT_EQ(slices[0].begin, 2u);
  EXPECT_EQ(slices[1].begin, 7u);
  EXPECT_EQ(slices[2].track, norm);
  const int rows = trace.add_counter("ring rows");
  trace.sample(rows, 9, -1);
  trace.sample(rows, 3, 4);
  EXPECT_EQ(trace.samples()[0].value, 4);
}

TEST(EngineTrace, SameTextIsTheSameNumber) {
  Trace trace(true);
  EXPECT_EQ(trace.intern("a"), trace.add_track("a"));
  EXPECT_NE(trace.intern("a"), trace.intern("b"));
  EXPECT_EQ(trace.text(trace.intern("b")), "b");
  EXPECT_THROW(trace.text(99), std::out_of_range);
}

TEST(EngineTrace, RecordsNothingWhenOffAndCountsWhatDoesNotFit) {
  Trace off(false);
  off.slice(off.add_track("t"), off.intern("n"), 0, 1);
  EXPECT_TRUE(off.slices().empty());
  EXPECT_EQ(off.dropped(), 0u);
  Trace small(true, 2);
  for (Cycle i = 0; i < 5; ++i) small.slice(small.add_track("t"), small.intern("n"), i, i + 1);
  EXPECT_EQ(small.slices().size(), 2u);
  EXPECT_EQ(small.dropped(), 3u);
  EXPECT_THROW(small.slice(0, 0, 5, 4), std::logic_error);
}

}  // namespace
}  // namespace edgemoe::sim
