// SPDX-License-Identifier: Apache-2.0
// Processes: time, accounts, ends.
#include "sim/engine/process.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "sim/engine/counter.hpp"
#include "sim/engine/simulation.hpp"

namespace edgemoe::sim {
namespace {

TEST(EngineProcess, RunEndsWhenTheLastMainProcessReturns) {
  Simulation simulation;
  FunctionProcess a(simulation, "a", [](Process& p) { p.busy(10); });
  FunctionProcess b(simulation, "b", [](Process& p) { p.busy(25); });
  FunctionProcess service(
      simulation, "s",
      [](Process& p) {
        for (;;) p.stall(p.add_reason("idle"), 7);
      },
      Process::Role::kService);
  EXPECT_EQ(simulation.run(), 25u);
  EXPECT_EQ(simulation.now(), 25u);
}

TEST(EngineProcess, NothingToDoEndsAtCycleZero) {
  Simulation empty;
  EXPECT_EQ(empty.run(), 0u);
}

TEST(EngineProcess, EveryCycleIsBusyOrHasAReason) {
  Simulation simulation;
  FunctionProcess a(simulation, "a", [](Process& p) {
    const Reason weights = p.add_reason("weights");
    const Reason credit = p.add_reason("credit");
    p.busy(5);
    p.stall(weights, 3);
    p.busy(0);
    p.stall_until(credit, 12);
    p.stall_until(credit, 4);  // in the past: no time
    p.busy_until(20);
  });
  FunctionProcess b(simulation, "b", [](Process& p) { p.busy(30); });
  simulation.run();
  const auto times = simulation.process_times();
  ASSERT_EQ(times.size(), 2u);
  EXPECT_EQ(times[0].busy, 5u + 8u);
  const std::vector<std::pair<std::string, Cycle>> expected{
      {"weights", 3}, {"credit", 4}, {"done", 10}};
  EXPECT_EQ(times[0].stalls, expected);
  EXPECT_EQ(times[0].total, 30u);
}

TEST(EngineProcess, WaitInProgressIsChargedUpToTheEnd) {
  Simulation simulation;
  Counter never(simulation, "never");
  FunctionProcess service(
      simulation, "s", [&](Process& p) { p.wait_for(never, 1, p.add_reason("nothing")); },
      Process::Role::kService);
  FunctionProcess main(simulation, "m", [](Process& p) { p.busy(17); });
  simulation.run();
  EXPECT_EQ(simulation.process_times()[1].stalls[0].second, 17u);
}

TEST(EngineProcess, SpentSnapshotsGiveTheCyclesOfACommand) {
  Simulation simulation;
  std::vector<Cycle> before, after, from_outside;
  FunctionProcess a(simulation, "a", [&](Process& p) {
    const Reason weights = p.add_reason("weights");
    p.busy(5);
    before = p.spent();
    p.stall(weights, 4);
    p.busy(6);
    after = p.spent();
  });
  FunctionProcess b(simulation, "b", [&](Process& p) {
    p.busy(7);
    from_outside = a.spent();  // in the middle of a's stall
  });
  simulation.run();
  EXPECT_EQ(after[Process::kBusy] - before[Process::kBusy], 6u);
  EXPECT_EQ(after[2] - before[2], 4u);
  EXPECT_EQ(from_outside[2], 2u);
}

TEST(EngineProcess, ExceptionOfAProcessReachesTheCaller) {
  bool unwound = false;
  struct Mark {
    bool* flag;
    ~Mark() { *flag = true; }
  };
  Simulation simulation;
  FunctionProcess waiting(simulation, "w", [&](Process& p) {
    const Mark mark{&unwound};
    p.busy(1000);
  });
  FunctionProcess late(simulation, "z", [](Process& p) {
    p.busy(5);
    throw std::runtime_error("second by name");
  });
  FunctionProcess bad(simulation, "b", [](Process& p) {
    p.busy(5);
    throw std::runtime_error("router: queue too long");
  });
  try {
    simulation.run();
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "router: queue too long");
  }
  EXPECT_EQ(simulation.now(), 5u);
  EXPECT_TRUE(unwound);
}

TEST(EngineProcess, MisuseIsRefused) {
  Simulation simulation;
  FunctionProcess a(simulation, "a", [](Process& p) { p.busy(1); });
  EXPECT_THROW(FunctionProcess(simulation, "a", [](Process&) {}), std::invalid_argument);
  EXPECT_THROW(a.busy(1), std::logic_error);  // not from within its run()
  EXPECT_THROW(Simulation second, std::logic_error);
  EXPECT_THROW(Counter(simulation, "c", 0), std::invalid_argument);
  FunctionProcess b(simulation, "b", [&](Process&) { EXPECT_THROW(a.busy(1), std::logic_error); });
  FunctionProcess c(simulation, "c", [](Process& p) {
    EXPECT_THROW(p.busy(kNoCycle), std::logic_error);
    EXPECT_THROW(p.wake_at(p.now()), std::logic_error);
  });
  simulation.run();
  EXPECT_THROW(simulation.run(), std::logic_error);
  EXPECT_THROW(FunctionProcess(simulation, "late", [](Process&) {}), std::logic_error);
}

TEST(EngineProcess, SuspendedProcessIsWokenOrReachesItsDeadline) {
  Simulation simulation;
  std::vector<Cycle> seen;
  FunctionProcess sleeper(simulation, "sleeper", [&](Process& p) {
    const Reason idle = p.add_reason("idle");
    p.suspend(idle);
    seen.push_back(p.now());
    p.suspend(idle, nullptr, 50);
    seen.push_back(p.now());
    p.suspend(idle, nullptr, 50);  // not in the future: no time
    seen.push_back(p.now());
  });
  FunctionProcess waker(simulation, "waker", [&](Process& p) {
    p.busy(3);
    sleeper.wake_at(20);
    sleeper.wake_at(12);
    sleeper.wake_at(15);
  });
  simulation.run();
  EXPECT_EQ(seen, (std::vector<Cycle>{12, 50, 50}));
}

TEST(EngineProcess, ProgressIsReportedAndChangesNothing) {
  for (const bool report : {false, true}) {
    EngineOptions options;
    std::vector<Cycle> calls;
    if (report) options.progress = [&calls](Cycle cycle) { calls.push_back(cycle); };
    options.progress_every = 10;
    Simulation simulation(options);
    FunctionProcess a(simulation, "a", [](Process& p) {
      for (int i = 0; i < 5; ++i) p.busy(9);
    });
    EXPECT_EQ(simulation.run(), 45u);
    if (report) {
      EXPECT_GE(calls.size(), 4u);
    }
  }
}

TEST(EngineProcess, ProgressCallbackMayEndTheRunByThrowing) {
  EngineOptions options;
  options.progress = [](Cycle cycle) {
    if (cycle >= 20) throw std::runtime_error("interrupted");
  };
  options.progress_every = 10;
  Simulation simulation(options);
  FunctionProcess a(simulation, "a", [](Process& p) {
    for (;;) p.busy(9);
  });
  EXPECT_THROW(simulation.run(), std::runtime_error);
}

long resident_pages() {
  std::ifstream statm("/proc/self/statm");
  long size = 0, resident = 0;
  statm >> size >> resident;
  return resident;
}

TEST(EngineProcess, ManySimulationsInOneProcessGiveTheSameAndLeakNothing) {
  long warm = 0;
  for (int round = 0; round < 400; ++round) {
    Simulation simulation;
    Counter tokens(simulation, "tokens");
    FunctionProcess a(simulation, "a", [&](Process& p) {
      for (int i = 0; i < 10; ++i) {
        p.busy(3);
        tokens.add();
      }
    });
    FunctionProcess b(simulation, "b",
                      [&](Process& p) { p.wait_for(tokens, 10, p.add_reason("t")); });
    // A service with memory on its stack frame that never returns.
    FunctionProcess service(
        simulation, "s",
        [&](Process& p) {
          const std::vector<char> held(1 << 20, 1);
          p.wait_for(tokens, held.size(), p.add_reason("t"));
        },
        Process::Role::kService);
    ASSERT_EQ(simulation.run(), 31u);
    if (round == 50) warm = resident_pages();
  }
#if defined(__SANITIZE_ADDRESS__)  // it keeps freed memory back, and looks for leaks itself
  warm = resident_pages();
#endif
  EXPECT_LT(resident_pages() - warm, 8192 / 4);  // 8 MB; the frames alone would be 350
}

}  // namespace
}  // namespace edgemoe::sim
