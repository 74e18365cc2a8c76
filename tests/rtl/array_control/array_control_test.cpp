// SPDX-License-Identifier: Apache-2.0
// The array's control against the cycle engine: every tile, pulse, event and freed row of a program
// in the cycle in which the engine has it.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "Vcontrol16.h"
#include "Vcontrol16_pairs.h"
#include "Vcontrol2.h"
#include "Vcontrol4.h"
#include "Vcontrol8.h"
#include "tests/rtl/array_control/array_bench.hpp"
#include "tests/rtl/array_control/array_programs.hpp"
#include "tests/sim/units/programs.hpp"

namespace edgemoe::test {
namespace {

constexpr ArrayShape kShape8{8, 6144, 512, 136, 2, 768, 16, 3, 2};
constexpr ArrayShape kShape2{2, 97, 16, 24, 2, 128, 4, 2, 1};
constexpr ArrayShape kShape4{4, 128, 37, 48, 2, 256, 8, 4, 2};
constexpr ArrayShape kShape16{16, 6144, 512, 64, 1, 256, 16, 3, 4};
constexpr ArrayShape kPairs16{16, 6144, 512, 64, 1, 256, 16, 3, 4, 2};

/// What programs made the array wait for, and shapes of theirs that are handled in a way of their
/// own.
using Situations = std::set<std::string>;

Situations situations_of(const EngineRecord& record, const ArrayShape& shape) {
  Situations seen;
  for (const sim::UnitStalls& unit : record.result.stalls) {
    if (unit.unit != "array") continue;
    for (const auto& [reason, cycles] : unit.reasons) {
      if (cycles > 0) seen.insert(reason);
    }
  }
  for (const program::Command& c : record.commands) {
    if (c.opcode == program::Opcode::kAttention &&
        c.head_dim / 16 < shape.token_lanes / (2 * shape.softmax_tokens))
      seen.insert("idle score cycles");
    if (c.opcode != program::Opcode::kExperts) continue;
    for (const RecordedBlock& b : record.blocks) {
      if (b.tag != c.tag) continue;
      if (b.execution.empty()) seen.insert("no active expert");
      const int rows = c.tokens * c.segments + shape.token_lanes - 1;
      const int longest = rows / shape.token_lanes * shape.token_lanes;
      const int values = shape.segments * shape.segment_rows * shape.max_hidden;
      if (b.execution.size() > 1 && 2 * longest * c.hidden_dim > values)
        seen.insert("room for one queue");
    }
  }
  return seen;
}

template <typename Model>
Situations expect_equal(const ArrayShape& shape, const ArrayProgram& p, std::uint64_t seed) {
  const EngineRecord record = record_engine(p.commands, p.routing, p.design, p.board);
  ArrayBench<Model> bench(shape, record, seed);
  bench.run();
  EXPECT_GT(bench.tiles_seen(), 0u);
  return situations_of(record, shape);
}

/// A score buffer is never waited for: PV of its pair, which comes before, waits for more.
const Situations kEverywhere{"weights",    "output", "softmax",          "gather",
                             "hidden",     "decode", "wait:norm",        "wait:route",
                             "no command", "done",   "no active expert", "wait:load tokens"};

template <typename Model>
void expect_all_equal(const ArrayShape& shape, int max_dim, std::uint64_t seeds,
                      Situations expected) {
  Situations seen;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    for (const auto make : {random_commands, random_experts, random_network}) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      seen.merge(expect_equal<Model>(shape, make(shape, max_dim, seed), seed));
      if (::testing::Test::HasFailure()) return;
    }
  }
  expected.insert(kEverywhere.begin(), kEverywhere.end());
  for (const std::string& s : expected) EXPECT_EQ(seen.count(s), 1u) << s << " does not occur";
}

TEST(ArrayControl, IsTheEngineWithEightTokenLanes) {
  expect_all_equal<Vcontrol8>(kShape8, 192, 5, {"idle score cycles"});
}
TEST(ArrayControl, IsTheEngineWithTwoTokenLanes) {
  expect_all_equal<Vcontrol2>(kShape2, 64, 12, {"room for one queue"});
}
TEST(ArrayControl, IsTheEngineWithFourTokenLanes) {
  expect_all_equal<Vcontrol4>(kShape4, 64, 12, {"room for one queue"});
}
TEST(ArrayControl, IsTheEngineWithSixteenTokenLanes) {
  expect_all_equal<Vcontrol16>(kShape16, 128, 8, {"idle score cycles", "room for one queue"});
}

TEST(ArrayControl, IsTheEngineWithTwoRowsADrainCycle) {
  expect_all_equal<Vcontrol16_pairs>(kPairs16, 128, 8, {"idle score cycles", "room for one queue"});
}

TEST(ArrayControl, IsTheEngineOnTiny) {
  const sim::Workload w = sim::tiny_workload(1, 14, 1);
  ArrayProgram p{w.commands, w.routing, w.design, w.board};
  expect_equal<Vcontrol8>(kShape8, p, 1);
}

}  // namespace
}  // namespace edgemoe::test
