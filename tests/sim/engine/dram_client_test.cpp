// SPDX-License-Identifier: Apache-2.0
// The DRAM client shows every response in exactly the cycle that the memory model says.
#include "sim/engine/dram_client.hpp"

#include <gtest/gtest.h>

#include <random>

#include "sim/engine/simulation.hpp"

namespace edgemoe::sim {
namespace {

DramParameters parameters(int latency) {
  DramParameters p;
  p.ports.assign(2, PortParameters{16, latency, latency, 16});
  p.trefi = 2000;
  return p;
}

struct Issue {
  Cycle cycle;
  int port;
  bool write;
  std::uint64_t address;
  std::uint64_t bytes;
};

std::vector<Issue> random_issues(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Issue> issues;
  Cycle cycle = 0;
  for (int i = 0; i < 400; ++i) {
    cycle += random() % 8 == 0 ? random() % 400 : random() % 5;
    issues.push_back({cycle, static_cast<int>(random() % 2), random() % 4 == 0,
                      random() % (1u << 20), 1 + random() % 600});
  }
  return issues;
}

/// The done cycles that the model alone gives.
std::vector<Cycle> expected_cycles(const DramParameters& p, const std::vector<Issue>& issues) {
  Memory memory(p);
  const Tick cycle = memory.time_base().cycle;
  for (std::size_t i = 0; i < issues.size(); ++i) {
    const Issue& s = issues[i];
    memory.submit({i, s.port, s.write, s.address, s.bytes, s.cycle * cycle});
  }
  memory.advance(Tick{1} << 24);
  std::vector<Cycle> done(issues.size());
  for (Response r; memory.pop_response(&r);) done[r.id] = r.done_tick / cycle;
  return done;
}

class DramClientExact : public testing::TestWithParam<int> {};

TEST_P(DramClientExact, EachResponseIsVisibleInItsCycle) {
  const DramParameters p = parameters(GetParam());
  const auto issues = random_issues(static_cast<std::uint64_t>(GetParam()) + 1);
  const auto expected = expected_cycles(p, issues);
  Simulation simulation;
  Memory memory(p);
  DramClient dram(simulation, memory);
  std::vector<Cycle> seen(issues.size());
  std::vector<std::unique_ptr<FunctionProcess>> processes;
  for (int channel = 0; channel < 4; ++channel) {
    DramPort& port = dram.port(channel / 2);
    const bool write = channel % 2 == 1;
    std::vector<std::size_t> mine;
    for (std::size_t i = 0; i < issues.size(); ++i) {
      if (issues[i].port == channel / 2 && issues[i].write == write) mine.push_back(i);
    }
    const std::string name = "channel" + std::to_string(channel);
    processes.push_back(
        std::make_unique<FunctionProcess>(simulation, name + ".issue", [=, &port](Process& p2) {
          for (const std::size_t i : mine) {
            p2.busy_until(issues[i].cycle);
            if (write) {
              port.write(p2, issues[i].address, issues[i].bytes);
            } else {
              port.read(p2, issues[i].address, issues[i].bytes);
            }
          }
        }));
    processes.push_back(std::make_unique<FunctionProcess>(
        simulation, name + ".wait", [=, &port, &seen](Process& p2) {
          const Counter& done = write ? port.writes_done() : port.reads_done();
          for (std::size_t k = 0; k < mine.size(); ++k) {
            p2.wait_for(done, k + 1, p2.add_reason("response"));
            seen[mine[k]] = p2.now();
          }
        }));
  }
  simulation.run();
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(memory.in_flight(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Latencies, DramClientExact, testing::Values(0, 1, 5, 12));

TEST(DramClientUse, PortBelongsToOneProcessPerDirection) {
  Simulation simulation;
  Memory memory(parameters(4));
  DramClient dram(simulation, memory);
  EXPECT_EQ(dram.ports(), 2);
  EXPECT_THROW(dram.port(2), std::out_of_range);
  FunctionProcess a(simulation, "a", [&](Process& p) { dram.port(0).read(p, 0, 64); });
  FunctionProcess b(simulation, "b", [&](Process& p) {
    EXPECT_NO_THROW(dram.port(0).write(p, 0, 64));
    EXPECT_THROW(dram.port(0).read(p, 0, 64), std::logic_error);
  });
  FunctionProcess c(simulation, "c", [&](Process& p) { p.busy(500); });
  // Which of the two comes first decides whose the port is; here a is created and started first.
  simulation.run();
  EXPECT_EQ(dram.port(0).reads_done().visible(), 1u);
  EXPECT_EQ(dram.port(0).writes_done().visible(), 1u);
}

TEST(DramClientUse, DoorbellMovesEverything) {
  std::vector<Cycle> done;
  for (const Cycle doorbell : {0u, 777u}) {
    Simulation simulation;
    Memory memory(parameters(3));
    DramClient dram(simulation, memory, doorbell);
    FunctionProcess a(simulation, "a", [&](Process& p) {
      p.busy(doorbell + 20);
      for (int i = 0; i < 50; ++i) dram.port(0).read(p, static_cast<std::uint64_t>(i) * 256, 256);
      p.wait_for(dram.port(0).reads_done(), 50, p.add_reason("r"));
      done.push_back(p.now() - doorbell);
    });
    simulation.run();
  }
  EXPECT_EQ(done[0], done[1]);
}

TEST(DramClientUse, WaitForAnAnswerThatNeverComesIsADeadlock) {
  Simulation simulation;
  Memory memory(parameters(3));
  DramClient dram(simulation, memory);
  FunctionProcess a(simulation, "a", [&](Process& p) {
    dram.port(0).read(p, 0, 64);
    p.wait_for(dram.port(0).reads_done(), 2, p.add_reason("weights"));
  });
  EXPECT_THROW(simulation.run(), DeadlockError);
}

}  // namespace
}  // namespace edgemoe::sim
