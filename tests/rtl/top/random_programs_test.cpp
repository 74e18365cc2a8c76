// SPDX-License-Identifier: Apache-2.0
// Random small networks on the whole accelerator, frames alone and in streams: rows, results,
// routing, begin and end of every command and the event logs equal those of kernels and cycle
// engine.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/rtl/top/random_programs.hpp"

namespace edgemoe::host {
namespace {

class RandomPrograms : public ::testing::TestWithParam<DesignPoint> {};

TEST_P(RandomPrograms, EqualKernelsInBitsAndTheCycleEngineInCycles) {
  std::uint64_t cycles = 0, events = 0;
  for (const TopCase& c : random_cases(GetParam())) {
    const TopResult result = run_top(c);
    EXPECT_EQ(result.difference, "") << c.name;
    cycles += result.cycles;
    events += result.events;
  }
  std::printf("%d programs, %llu cycles, %llu events\n", kCasesOfPoint,
              static_cast<unsigned long long>(cycles), static_cast<unsigned long long>(events));
}

TEST_P(RandomPrograms, StreamsOfFramesAreEqualToo) {
  for (const TopCase& c : random_streams(GetParam())) {
    const TopResult result = run_top(c);
    EXPECT_EQ(result.difference, "") << c.name;
    EXPECT_GT(result.rows, 0u) << c.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Designs, RandomPrograms, ::testing::ValuesIn(design_points()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace edgemoe::host
