// SPDX-License-Identifier: Apache-2.0
// A simulation that cannot go on says who waits on what, since when, and how full it is.
#include <gtest/gtest.h>

#include "sim/engine/fifo.hpp"
#include "sim/engine/simulation.hpp"

namespace edgemoe::sim {
namespace {

/// Two processes that each wait for the other after `delay` cycles, over full and empty FIFOs.
template <class Error>
Error run_to_error(const EngineOptions& options, Cycle delay) {
  Simulation simulation(options);
  Fifo<int> there(simulation, "requests", 2), back(simulation, "answers", 2);
  FunctionProcess client(simulation, "client", [&](Process& p) {
    const Reason space = p.add_reason("request space");
    p.busy(delay);
    for (int i = 0; i < 3; ++i) there.push(p, i, space);  // nobody takes the third
  });
  FunctionProcess server(simulation, "server", [&](Process& p) {
    back.pop(p, p.add_reason("answers"));  // waits on the wrong side
  });
  FunctionProcess ticker(
      simulation, "ticker",
      [&](Process& p) { p.wait_for(there.pushed(), 9, p.add_reason("idle")); },
      Process::Role::kService);
  try {
    simulation.run();
  } catch (const Error& error) {
    for (const ProcessTime& time : simulation.process_times()) EXPECT_EQ(time.total, error.at());
    return error;
  }
  throw std::runtime_error("the simulation ended well");
}

TEST(EngineDeadlock, NamesEachProcessItsChannelSinceWhenAndTheFillLevel) {
  const auto error = run_to_error<DeadlockError>({}, 5);
  EXPECT_EQ(error.at(), 5u);  // the last time that anything ran
  ASSERT_EQ(error.blocked().size(), 3u);
  const BlockedProcess& client = error.blocked()[0];
  EXPECT_EQ(client.process, "client");
  EXPECT_EQ(client.reason, "request space");
  EXPECT_EQ(client.channel, "requests");
  EXPECT_EQ(client.detail, "fifo requests holds 2 of 2");
  EXPECT_EQ(client.since, 5u);
  EXPECT_EQ(error.blocked()[1].process, "server");
  EXPECT_EQ(error.blocked()[1].detail, "fifo answers holds 0 of 2");
  EXPECT_EQ(error.blocked()[1].since, 0u);
  EXPECT_TRUE(error.blocked()[2].service);
  const std::string text = error.what();
  EXPECT_NE(text.find("deadlock at cycle"), std::string::npos);
  EXPECT_NE(text.find("2 unfinished"), std::string::npos);
  EXPECT_NE(text.find("client: since cycle 5, request space, on fifo requests holds 2 of 2"),
            std::string::npos)
      << text;
}

TEST(EngineDeadlock, IsFoundWithProgressReportingToo) {
  EngineOptions options;
  options.progress = [](Cycle) {};
  options.progress_every = 3;
  EXPECT_EQ(run_to_error<DeadlockError>(options, 50).blocked()[0].since, 50u);
}

TEST(EngineTimeout, ReportsWhatWasGoingOn) {
  EngineOptions options;
  options.max_cycles = 100;
  const auto error = run_to_error<TimeoutError>(options, 5000);
  EXPECT_EQ(error.at(), 100u);
  EXPECT_EQ(error.blocked()[0].process, "client");
  EXPECT_EQ(error.blocked()[0].reason, "busy");
}

TEST(EngineTimeout, FinishingAtTheLimitIsInTime) {
  for (const Cycle length : {99u, 100u, 101u}) {
    EngineOptions options;
    options.max_cycles = 100;
    Simulation simulation(options);
    FunctionProcess a(simulation, "a", [&](Process& p) { p.busy(length); });
    if (length <= 100) {
      EXPECT_EQ(simulation.run(), length);
    } else {
      EXPECT_THROW(simulation.run(), TimeoutError);
    }
  }
}

TEST(EngineDeadlock, SimulationAfterADeadlockIsNotAffected) {
  run_to_error<DeadlockError>({}, 5);
  Simulation simulation;
  FunctionProcess a(simulation, "a", [](Process& p) { p.busy(3); });
  EXPECT_EQ(simulation.run(), 3u);
}

}  // namespace
}  // namespace edgemoe::sim
