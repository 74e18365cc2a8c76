// SPDX-License-Identifier: Apache-2.0
// Counters, FIFOs and credits: what is visible when, to the cycle.
#include <gtest/gtest.h>

#include <stdexcept>

#include "sim/engine/counter.hpp"
#include "sim/engine/fifo.hpp"
#include "sim/engine/simulation.hpp"

namespace edgemoe::sim {
namespace {

TEST(EngineCounter, AdditionIsVisibleAfterItsLatencyAndNotBefore) {
  for (const Cycle latency : {1u, 2u, 7u}) {
    Simulation simulation;
    Counter counter(simulation, "c", latency);
    FunctionProcess adder(simulation, "adder", [&](Process& p) {
      p.busy(10);
      counter.add(3);
      EXPECT_EQ(counter.visible(), 0u);  // not even for the caller
      EXPECT_EQ(counter.total(), 3u);
    });
    std::vector<std::uint64_t> seen;
    FunctionProcess reader(simulation, "reader", [&](Process& p) {
      p.busy(10 + latency - 1);
      seen.push_back(counter.visible());
      p.busy(1);
      seen.push_back(counter.visible());
    });
    Cycle woken = 0;
    FunctionProcess waiter(simulation, "waiter", [&](Process& p) {
      p.wait_for(counter, 3, p.add_reason("c"));
      woken = p.now();
    });
    simulation.run();
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 3}));
    EXPECT_EQ(woken, 10 + latency);
  }
}

TEST(EngineCounter, AdditionsAnnouncedOutOfOrderBecomeVisibleInOrder) {
  Simulation simulation;
  Counter counter(simulation, "c");
  std::vector<Cycle> woken;
  FunctionProcess adder(simulation, "adder", [&](Process& p) {
    p.busy(1);
    counter.add_at(30, 1);
    counter.add_at(20, 1);
    counter.add_at(25, 1);
    counter.add_at(25, 0);
    p.busy(9);
    counter.add_at(12, 1);  // the waiter already counts on 20
    EXPECT_THROW(counter.add_at(10), std::logic_error);
  });
  FunctionProcess waiter(simulation, "waiter", [&](Process& p) {
    const Reason reason = p.add_reason("c");
    for (std::uint64_t target = 1; target <= 4; ++target) {
      p.wait_for(counter, target, reason);
      woken.push_back(p.now());
    }
  });
  simulation.run();
  EXPECT_EQ(woken, (std::vector<Cycle>{12, 20, 25, 30}));
}

TEST(EngineCounter, TargetThatIsReachedTakesNoTime) {
  Simulation simulation;
  Counter counter(simulation, "c");
  FunctionProcess p1(simulation, "p", [&](Process& p) {
    p.wait_for(counter, 0, p.add_reason("c"));
    EXPECT_EQ(p.now(), 0u);
    counter.add();
    p.busy(5);
    p.wait_for(counter, 1, p.add_reason("c"));
    EXPECT_EQ(p.now(), 5u);
  });
  simulation.run();
}

TEST(EngineCounter, EveryWaiterWakesAtItsOwnTarget) {
  Simulation simulation;
  Counter counter(simulation, "c");
  std::vector<std::unique_ptr<FunctionProcess>> waiters;
  std::vector<Cycle> woken(5);
  for (std::uint64_t i = 0; i < 5; ++i) {
    waiters.push_back(
        std::make_unique<FunctionProcess>(simulation, "w" + std::to_string(i), [&, i](Process& p) {
          p.wait_for(counter, (i + 1) * 10, p.add_reason("c"));
          woken[i] = p.now();
        }));
  }
  FunctionProcess adder(simulation, "adder", [&](Process& p) {
    for (int i = 0; i < 50; ++i) {
      counter.add();
      p.busy(2);
    }
  });
  simulation.run();
  EXPECT_EQ(woken, (std::vector<Cycle>{19, 39, 59, 79, 99}));
}

TEST(EngineWaitAny, FirstConditionThatHoldsIsNamed) {
  Simulation simulation;
  Counter a(simulation, "a"), b(simulation, "b");
  std::vector<std::pair<std::size_t, Cycle>> seen;
  FunctionProcess adder(simulation, "adder", [&](Process& p) {
    p.busy(9);
    b.add();
    p.busy(10);
    a.add();
  });
  FunctionProcess waiter(simulation, "waiter", [&](Process& p) {
    const Reason reason = p.add_reason("any");
    const auto wait = [&](Cycle deadline) {
      const std::size_t index = p.wait_any({{&a, 1}, {&b, 1}}, reason, deadline);
      seen.emplace_back(index, p.now());
    };
    wait(5);         // deadline first
    wait(kNoCycle);  // b at 10
    p.busy_until(30);
    wait(kNoCycle);                                    // both hold: the first is named, no time
    EXPECT_EQ(p.wait_any({{&a, 2}}, reason, 30), 1u);  // deadline not in the future
    EXPECT_EQ(p.wait_any({}, reason, 33), 0u);         // a plain wait
    seen.emplace_back(9, p.now());
  });
  simulation.run();
  const std::vector<std::pair<std::size_t, Cycle>> expected{{2, 5}, {1, 10}, {0, 30}, {9, 33}};
  EXPECT_EQ(seen, expected);
}

/// Tokens a cycle-by-cycle model of a bounded FIFO moves: producer and consumer each at most one a
/// cycle.
Cycle last_token_cycle(int tokens, std::size_t capacity, Cycle latency, Cycle credit_latency,
                       Cycle produce, Cycle consume) {
  std::vector<Cycle> pushed(static_cast<std::size_t>(tokens)), popped(pushed);
  Cycle producer = 0, consumer = 0;
  for (std::size_t i = 0; i < pushed.size(); ++i) {
    producer += produce;
    if (i >= capacity) producer = std::max(producer, popped[i - capacity] + credit_latency);
    pushed[i] = producer;
    consumer = std::max(consumer, pushed[i] + latency);
    popped[i] = consumer;
    consumer += consume;
  }
  return consumer;
}

TEST(EngineFifo, MovesTokensAsTheRecurrenceSays) {
  for (const std::size_t capacity : {1u, 2u, 3u, 16u}) {
    for (const Cycle latency : {1u, 4u}) {
      for (const Cycle produce : {1u, 3u}) {
        for (const Cycle consume : {0u, 1u, 5u}) {
          Simulation simulation;
          Fifo<int> fifo(simulation, "f", capacity, latency, 2);
          int expected = 0;
          FunctionProcess producer(simulation, "p", [&](Process& p) {
            for (int i = 0; i < 50; ++i) {
              p.busy(produce);
              fifo.push(p, i, p.add_reason("space"));
              EXPECT_LE(fifo.size(), capacity);
            }
          });
          FunctionProcess consumer(simulation, "c", [&](Process& p) {
            for (int i = 0; i < 50; ++i) {
              EXPECT_EQ(fifo.pop(p, p.add_reason("data")), expected++);
              p.busy(consume);
            }
          });
          EXPECT_EQ(simulation.run(), last_token_cycle(50, capacity, latency, 2, produce, consume));
        }
      }
    }
  }
}

TEST(EngineFifo, SecondProducerOrConsumerIsRefused) {
  Simulation simulation;
  Fifo<int> fifo(simulation, "f", 4);
  EXPECT_THROW(Fifo<int>(simulation, "g", 0), std::invalid_argument);
  FunctionProcess a(simulation, "a", [&](Process& p) { fifo.push(p, 1, p.add_reason("s")); });
  FunctionProcess b(simulation, "b", [&](Process& p) { fifo.push(p, 2, p.add_reason("s")); });
  EXPECT_THROW(simulation.run(), std::logic_error);
}

TEST(EngineFifo, FrontLooksWithoutTaking) {
  Simulation simulation;
  Fifo<int> fifo(simulation, "f", 4);
  FunctionProcess a(simulation, "a", [&](Process& p) {
    EXPECT_FALSE(fifo.can_pop());
    fifo.push(p, 7, p.add_reason("s"));
  });
  FunctionProcess b(simulation, "b", [&](Process& p) {
    const Reason r = p.add_reason("d");
    EXPECT_EQ(fifo.front(p, r), 7);
    EXPECT_EQ(p.now(), 1u);
    EXPECT_EQ(fifo.pop(p, r), 7);
    EXPECT_FALSE(fifo.can_pop());
  });
  simulation.run();
}

TEST(EngineCredit, TakesWhatIsVisibleAndWaitsForTheRest) {
  Simulation simulation;
  Credit ring(simulation, "ring", 10, 3);
  std::vector<Cycle> taken;
  FunctionProcess taker(simulation, "t", [&](Process& p) {
    const Reason r = p.add_reason("space");
    for (const std::uint64_t n : {4u, 6u, 5u, 0u, 5u}) {
      ring.take(p, n, r);
      taken.push_back(p.now());
    }
    EXPECT_EQ(ring.available(), 0u);
  });
  FunctionProcess giver(simulation, "g", [&](Process& p) {
    p.busy(20);
    ring.give(4);  // visible at 23
    p.busy(10);
    ring.give(1);  // 33
    ring.give_at(40, 5);
  });
  simulation.run();
  EXPECT_EQ(taken, (std::vector<Cycle>{0, 0, 33, 33, 40}));
}

}  // namespace
}  // namespace edgemoe::sim
