// SPDX-License-Identifier: Apache-2.0
// Random regions against a reference that goes cycle by cycle.
#include <gtest/gtest.h>

#include <random>

#include "sim/engine/errors.hpp"
#include "sim/published/simulate_stage.hpp"
#include "tests/sim/published/stages.hpp"
#include "tests/sim/published/stepped_reference.hpp"

namespace edgemoe::tests {
namespace {

class RandomRegion {
 public:
  explicit RandomRegion(std::uint64_t seed) : random_(seed) {
    const std::uint64_t functions = upto(2, 5);
    for (std::uint64_t i = 0; i < functions; ++i) {
      stage_.processes.push_back({"p" + std::to_string(i), upto(1, 3), {}});
      const std::uint64_t loops = upto(1, 2);
      for (std::uint64_t j = 0; j < loops; ++j) {
        stage_.processes.back().loops.push_back(loop(upto(1, 40), upto(1, 4), upto(1, 20)));
      }
    }
    const std::uint64_t streams = upto(1, 6);
    for (std::uint64_t i = 0; i < streams; ++i) connect(static_cast<int>(i));
  }
  const sim::Stage& stage() const { return stage_; }

 private:
  std::uint64_t upto(std::uint64_t low, std::uint64_t high) {
    return low + random_() % (high - low + 1);
  }

  /// A stream from an earlier function to a later one, with as many tokens taken as put.
  void connect(int stream) {
    const std::size_t from = upto(0, stage_.processes.size() - 2);
    const std::size_t to = upto(from + 1, stage_.processes.size() - 1);
    sim::StageProcess& source = stage_.processes[from];
    sim::StageProcess& sink = stage_.processes[to];
    sim::StageLoop& first = source.loops[upto(0, source.loops.size() - 1)];
    sim::StageLoop& second = sink.loops[upto(0, sink.loops.size() - 1)];
    const std::uint64_t puts = source.repeat * first.trips;
    const std::uint64_t takes = sink.repeat * second.trips;
    stage_.streams.push_back({"s" + std::to_string(stream), upto(1, takes + 40), false});
    first.tokens.push_back(push(stream, 1, takes));
    second.tokens.push_back(pop(stream, 1, puts));
    if (upto(0, 2) > 0) return;
    stage_.streams.back().depth = upto(1, 8);  // small: many stalls, some deadlocks
  }

  std::mt19937_64 random_;
  sim::Stage stage_{"region", "region", "", {}, {}};
};

std::uint64_t simulated(const sim::Stage& stage, std::uint64_t shuffle_seed) {
  try {
    return sim::simulate_stage(stage, machine(), shuffle_seed).cycles;
  } catch (const sim::DeadlockError&) {
    return 0;
  }
}

TEST(PublishedRandom, RegionsTakeTheCyclesOfTheSteppedReference) {
  int deadlocks = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const RandomRegion region(seed);
    const std::uint64_t expected = SteppedReference(region.stage(), 2).run();
    ASSERT_EQ(simulated(region.stage(), 0), expected) << "seed " << seed;
    ASSERT_EQ(simulated(region.stage(), seed), expected) << "seed " << seed << ", shuffled";
    deadlocks += expected == 0 ? 1 : 0;
  }
  EXPECT_GT(deadlocks, 5);
  EXPECT_LT(deadlocks, 250);
}

}  // namespace
}  // namespace edgemoe::tests
