// SPDX-License-Identifier: Apache-2.0
// The per-tile log: complete, in order, the same in whichever order units are started.
#include "sim/units/event_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/units/programs.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::sim {
namespace {

std::vector<std::string> lines(const Workload& w, std::uint64_t shuffle_seed,
                               SimulationResult* result) {
  SimulationOptions options;
  options.record_events = true;
  options.shuffle_seed = shuffle_seed;
  *result = simulate(w.commands, w.routing, w.design, w.board, options);
  std::vector<std::string> text;
  for (const UnitEvent& event : result->events_log) text.push_back(to_line(event));
  return text;
}

TEST(EventLog, HasALineForEveryRowBlockAndCommand) {
  const Workload w = random_workload(11);
  SimulationResult result;
  lines(w, 0, &result);
  const auto count = [&](EventKind kind) {
    return std::count_if(result.events_log.begin(), result.events_log.end(),
                         [kind](const UnitEvent& e) { return e.kind == kind; });
  };
  const auto program_rows = static_cast<std::int64_t>((w.commands.size() + 1) / 2 + 1);
  EXPECT_EQ(count(EventKind::kRowRequest),
            static_cast<std::int64_t>(result.dram.read_bytes / 256) - program_rows);
  EXPECT_EQ(count(EventKind::kRowRequest), count(EventKind::kRowReadable));
  EXPECT_EQ(count(EventKind::kDispatch), static_cast<std::int64_t>(w.commands.size()) - 1);
  EXPECT_EQ(count(EventKind::kRowWrite),
            static_cast<std::int64_t>((result.dram.write_bytes + 255) / 256));
  const auto results_per_block =
      static_cast<std::uint64_t>(w.design.array.token_lanes * w.design.array.out_lanes);
  EXPECT_EQ(static_cast<std::uint64_t>(count(EventKind::kBlock)),
            result.events.requantised / results_per_block);
  EXPECT_TRUE(
      std::is_sorted(result.events_log.begin(), result.events_log.end(),
                     [](const UnitEvent& a, const UnitEvent& b) { return a.cycle < b.cycle; }));
}

TEST(EventLog, DoesNotDependOnTheOrderOfUnits) {
  SimulationResult result;
  for (const std::uint64_t seed : {3u, 4u, 5u, 6u}) {
    const Workload w = random_workload(seed);
    const std::vector<std::string> first = lines(w, 0, &result);
    EXPECT_FALSE(first.empty());
    EXPECT_EQ(first, lines(w, 77, &result));
  }
}

TEST(EventLog, BeginOfACommandIsItsFirstLine) {
  const Workload w = random_workload(21);
  SimulationResult result;
  lines(w, 0, &result);
  std::vector<std::uint64_t> first(w.commands.size(), ~0ull);
  for (const UnitEvent& e : result.events_log) {
    if (e.kind == EventKind::kDispatch || e.kind == EventKind::kRowWrite) continue;
    first[e.command] = std::min(first[e.command], e.cycle);
  }
  for (const CommandTiming& t : result.commands) {
    if (first[t.id] == ~0ull) continue;
    EXPECT_EQ(first[t.id], t.begin) << t.id;
  }
}

TEST(EventLog, IsOffUnlessAskedFor) {
  EXPECT_TRUE(run(random_workload(1)).events_log.empty());
  EXPECT_EQ(to_line({5031, EventKind::kBlock, 3, 0}), "5031 block 3 0");
}

}  // namespace
}  // namespace edgemoe::sim
