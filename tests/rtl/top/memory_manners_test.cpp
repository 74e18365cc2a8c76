// SPDX-License-Identifier: Apache-2.0
// The whole accelerator on memories that the DRAM model does not describe: channels that are not
// ready, gaps in bursts and late answers leave the bits as they are; an answer with an error ends
// the run with the error registers set, whatever the channel.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "tests/rtl/top/random_programs.hpp"
#include "tests/support/memory_manners.hpp"

namespace edgemoe::host {
namespace {

using rtl::MemoryManners;
using test::FailingMemory;
using test::Stall;
using test::StallingMemory;

class EveryMemory : public ::testing::TestWithParam<DesignPoint> {};

TEST_P(EveryMemory, LeavesTheBitsAsTheyAre) {
  std::uint64_t cycles = 0;
  const std::vector<TopCase> cases = random_cases(GetParam());
  for (const Stall stall : {Stall::kRandom, Stall::kLong}) {
    for (std::size_t i = 0; i < 3; ++i) {
      StallingMemory memory(stall, 100 + static_cast<std::uint32_t>(i));
      const TopResult result = run_top(cases[i], &memory);
      EXPECT_EQ(result.difference, "") << cases[i].name << ", " << name_of(stall);
      EXPECT_GT(result.rows, 0u);
      for (const auto channel :
           {MemoryManners::Channel::kReadAddress, MemoryManners::Channel::kReadData,
            MemoryManners::Channel::kWriteAddress, MemoryManners::Channel::kWriteData,
            MemoryManners::Channel::kWriteAnswer})
        EXPECT_GT(memory.refused(channel), 100u) << static_cast<int>(channel);
      cycles += result.cycles;
    }
  }
  std::printf("%llu cycles\n", static_cast<unsigned long long>(cycles));
}

INSTANTIATE_TEST_SUITE_P(Designs, EveryMemory, ::testing::ValuesIn(design_points()),
                         [](const auto& info) { return std::string(info.param.name); });

TopCase small_case() { return random_cases(design_points()[1]).front(); }

std::uint64_t bursts_of(bool write) {
  FailingMemory counting(write, ~std::uint64_t{0}, 0);
  const TopResult result = run_top(small_case(), &counting);
  EXPECT_EQ(result.difference, "");
  return counting.bursts();
}

void expect_fault(bool write, std::uint64_t burst, std::uint8_t code, const std::string& text) {
  FailingMemory memory(write, burst, code);
  const TopResult result = run_top(small_case(), &memory);
  EXPECT_NE(result.difference.find("the accelerator reports an error"), std::string::npos)
      << result.difference;
  EXPECT_NE(result.difference.find(text), std::string::npos) << result.difference;
  EXPECT_GT(memory.bursts(), burst);
}

TEST(MemoryFaults, AnErrorOfAnyWriteIsReported) {
  const std::uint64_t writes = bursts_of(true);
  ASSERT_GT(writes, 4u);
  for (const std::uint64_t burst : {std::uint64_t{0}, writes / 2, writes - 2, writes - 1}) {
    for (const std::uint8_t code : {std::uint8_t{2}, std::uint8_t{3}})
      expect_fault(true, burst, code, "error 4, an answer to a write");
  }
}

TEST(MemoryFaults, AnErrorOfAnyReadIsReported) {
  const std::uint64_t reads = bursts_of(false);
  ASSERT_GT(reads, 100u);
  expect_fault(false, 0, 2, "error 1, the program");
  expect_fault(false, 1, 3, "error 1, the program");
  for (const std::uint64_t burst : {reads / 2, reads - 1})
    expect_fault(false, burst, 2, "error 2, an answer to a read");
}

}  // namespace
}  // namespace edgemoe::host
