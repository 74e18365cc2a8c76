// SPDX-License-Identifier: Apache-2.0
// Results do not depend on the order in which processes are created or started: a random network of
// processes over every kind of channel, with the DRAM model, in many orders.
#include <gtest/gtest.h>

#include <random>

#include "sim/engine/dram_client.hpp"
#include "sim/engine/simulation.hpp"

namespace edgemoe::sim {
namespace {

constexpr int kStages = 6;
constexpr int kTokens = 300;

struct Outcome {
  Cycle end = 0;
  std::vector<std::string> events;  // "process cycle what", sorted
  std::vector<std::string> accounts;
  bool operator==(const Outcome& o) const {
    return end == o.end && events == o.events && accounts == o.accounts;
  }
};

DramParameters two_ports() {
  DramParameters p;
  p.ports.assign(2, PortParameters{16, 4, 4, 16});
  p.trefi = 1500;
  return p;
}

/// A pipeline of FIFOs whose stages share a credit pool's returns, signal a common counter, and
/// read and write memory; all delays are drawn from the token number, not from the order of calls.
Outcome run_network(std::uint64_t shuffle_seed) {
  EngineOptions options;
  options.shuffle_seed = shuffle_seed;
  options.trace = true;
  Simulation simulation(options);
  Memory memory(two_ports());
  DramClient dram(simulation, memory);
  Counter progress(simulation, "progress", 1);
  Credit pool(simulation, "pool", 7, 3);
  std::vector<std::unique_ptr<Fifo<int>>> fifos;
  for (int i = 0; i < kStages - 1; ++i) {
    fifos.push_back(std::make_unique<Fifo<int>>(simulation, "f" + std::to_string(i), 1 + i % 3));
  }
  Outcome outcome;
  const int track = simulation.trace().add_track("events");
  const auto note = [&](Process& p, int token) {
    simulation.trace().slice(track, simulation.trace().intern(p.name()), p.now(), p.now() + 1);
    outcome.events.push_back(p.name() + " " + std::to_string(p.now()) + " " +
                             std::to_string(token));
  };
  const auto stage = [&](Process& p, int index) {
    const Reason data = p.add_reason("data"), space = p.add_reason("space");
    const Reason credit = p.add_reason("credit"), ram = p.add_reason("dram");
    for (int token = 0; token < kTokens; ++token) {
      if (index > 0) fifos[static_cast<std::size_t>(index - 1)]->pop(p, data);
      if (index == 0) pool.take(p, 1 + static_cast<std::uint64_t>(token % 3), credit);
      p.busy(static_cast<Cycle>((token * (index + 3)) % 5));
      // Decisions by looking, not by waiting: this is where an unregistered value would show.
      p.busy(1 + progress.visible() % 3);
      if (index == 2 && !fifos[2]->can_push()) p.busy(1);
      if (index == 0) p.busy(pool.available() % 2);
      if (index == 2 || index == 3) {
        DramPort& port = dram.port(index - 2);
        const auto address = static_cast<std::uint64_t>(token) * 4096 * 37 % (1u << 30);
        const std::uint64_t ticket = token % 4 == 0 ? 0 : port.read(p, address, 256);
        if (token % 4 == 0) port.write(p, address, 64);
        p.wait_for(port.reads_done(), ticket, ram);
      }
      if (index == kStages - 1) pool.give(1 + static_cast<std::uint64_t>(token % 3));
      if (index % 2 == 1) progress.add();
      if (index == 4)
        p.wait_any({{&progress, static_cast<std::uint64_t>(token)}}, data, p.now() + 9);
      if (index < kStages - 1) fifos[static_cast<std::size_t>(index)]->push(p, token, space);
      note(p, token);
    }
  };
  std::vector<int> order(kStages);
  for (int i = 0; i < kStages; ++i) order[static_cast<std::size_t>(i)] = i;
  std::mt19937_64 random(shuffle_seed);
  if (shuffle_seed != 0) std::shuffle(order.begin(), order.end(), random);
  std::vector<std::unique_ptr<FunctionProcess>> processes;
  for (const int i : order) {
    processes.push_back(std::make_unique<FunctionProcess>(
        simulation, "s" + std::to_string(i), [&stage, i](Process& p) { stage(p, i); }));
  }
  outcome.end = simulation.run();
  std::sort(outcome.events.begin(), outcome.events.end());
  for (const ProcessTime& time : simulation.process_times()) {
    std::string line = time.process + " " + std::to_string(time.busy);
    for (const auto& stall : time.stalls)
      line += " " + stall.first + " " + std::to_string(stall.second);
    outcome.accounts.push_back(line);
  }
  for (const TraceSlice& s : simulation.trace().slices()) {
    outcome.events.push_back(simulation.trace().text(s.name) + std::to_string(s.begin));
  }
  return outcome;
}

TEST(EngineOrder, ResultsDoNotDependOnTheOrderOfProcesses) {
  const Outcome expected = run_network(0);
  EXPECT_GT(expected.end, 1000u);
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    EXPECT_TRUE(run_network(seed) == expected) << "order " << seed;
  }
}

}  // namespace
}  // namespace edgemoe::sim
