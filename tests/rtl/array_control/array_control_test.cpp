// SPDX-License-Identifier: Apache-2.0
// The array's control against the cycle engine: every tile, pulse, event and freed row of a program
// in the cycle in which the engine has it.
#include <gtest/gtest.h>

#include "Vcontrol16.h"
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

template <typename Model>
std::uint64_t expect_equal(const ArrayShape& shape, const ArrayProgram& p, std::uint64_t seed) {
  const EngineRecord record = record_engine(p.commands, p.routing, p.design, p.board);
  ArrayBench<Model> bench(shape, record, seed);
  bench.run();
  return bench.tiles_seen();
}

template <typename Model>
void expect_all_equal(const ArrayShape& shape, int max_dim, std::uint64_t seeds) {
  std::uint64_t tiles = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tiles += expect_equal<Model>(shape, random_commands(shape, max_dim, seed), seed);
    if (::testing::Test::HasFailure()) FAIL() << "commands";
    tiles += expect_equal<Model>(shape, random_experts(shape, max_dim, seed), seed);
    if (::testing::Test::HasFailure()) FAIL() << "experts";
    tiles += expect_equal<Model>(shape, random_network(shape, max_dim, seed), seed);
    if (::testing::Test::HasFailure()) FAIL() << "network";
  }
  EXPECT_GT(tiles, 1000 * seeds);
}

TEST(ArrayControl, IsTheEngineWithEightTokenLanes) { expect_all_equal<Vcontrol8>(kShape8, 192, 4); }
TEST(ArrayControl, IsTheEngineWithTwoTokenLanes) { expect_all_equal<Vcontrol2>(kShape2, 64, 12); }
TEST(ArrayControl, IsTheEngineWithFourTokenLanes) { expect_all_equal<Vcontrol4>(kShape4, 64, 12); }
TEST(ArrayControl, IsTheEngineWithSixteenTokenLanes) {
  expect_all_equal<Vcontrol16>(kShape16, 128, 6);
}

TEST(ArrayControl, IsTheEngineOnTiny) {
  const sim::Workload w = sim::tiny_workload(1, 14, 1);
  ArrayProgram p{w.commands, w.routing, w.design, w.board};
  expect_equal<Vcontrol8>(kShape8, p, 1);
}

}  // namespace
}  // namespace edgemoe::test
