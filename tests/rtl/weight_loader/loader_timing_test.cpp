// SPDX-License-Identifier: Apache-2.0
// The loader makes every request, and shows every row, in the cycle that the rules say.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "Vloader1.h"
#include "Vloader3.h"
#include "Vloader4.h"
#include "sim/dram/memory.hpp"
#include "tests/rtl/weight_loader/loader_replay.hpp"

namespace edgemoe::test {
namespace {

/// The DRAM model of the cycle engine.
class DramMemory : public LoaderMemory {
 public:
  DramMemory(int ports, double cap) : memory_(parameters(ports, cap)) {}

  void request(int port, std::uint64_t row, std::uint64_t cycle) override {
    sim::Request r;
    r.port = port;
    r.address = row * 256;
    r.bytes = 256;
    r.arrival_tick = cycle * memory_.time_base().cycle;
    memory_.submit(r);
  }

  void collect(std::uint64_t cycle, const std::function<void(int)>& done) override {
    memory_.advance(cycle * memory_.time_base().cycle);
    sim::Response response;
    while (memory_.pop_response(&response)) waiting_.push_back(response);
    while (!waiting_.empty() && waiting_.front().done_tick <= cycle * memory_.time_base().cycle) {
      done(waiting_.front().port);
      waiting_.pop_front();
    }
  }

 private:
  static sim::DramParameters parameters(int ports, double cap) {
    sim::DramParameters p;
    p.ports.resize(static_cast<std::size_t>(ports));
    p.efficiency_cap = cap;
    return p;
  }
  sim::Memory memory_;
  std::deque<sim::Response> waiting_;
};

/// Latencies at random: from the shortest to many rows late, so that ports drift apart.
class RandomMemory : public LoaderMemory {
 public:
  RandomMemory(int ports, std::uint32_t seed)
      : random_(seed), last_(static_cast<std::size_t>(ports), 0), done_(last_.size()) {}

  void request(int port, std::uint64_t, std::uint64_t cycle) override {
    const auto p = static_cast<std::size_t>(port);
    const std::uint64_t wait = random_() % 8 == 0 ? random_() % 400 : random_() % 20;
    last_[p] = std::max(last_[p] + kBeats, cycle + kBeats + 1 + wait);
    done_[p].push_back(last_[p]);
  }

  void collect(std::uint64_t cycle, const std::function<void(int)>& done) override {
    for (std::size_t p = 0; p < done_.size(); ++p) {
      while (!done_[p].empty() && done_[p].front() <= cycle) {
        done(static_cast<int>(p));
        done_[p].pop_front();
      }
    }
  }

 private:
  std::mt19937 random_;
  std::vector<std::uint64_t> last_;
  std::vector<std::deque<std::uint64_t>> done_;
};

/// Matrices of the kinds that occur: with and without parameters, parameters alone, nothing at all.
std::vector<LoadJob> random_jobs(int count, int most_tiles, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<LoadJob> jobs;
  std::uint64_t offered = 0;
  for (int i = 0; i < count; ++i) {
    LoadJob job{};
    job.row = random() % 4000;
    job.params = static_cast<int>(random() % 5);
    job.tiles = static_cast<int>(random() % static_cast<unsigned>(most_tiles));
    if (i % 7 == 3) job.tiles = 0;
    if (i % 11 == 5) job.tiles = job.params = 0;
    offered += random() % 3 == 0 ? random() % 300 : 0;
    job.offered = offered;
    jobs.push_back(job);
  }
  return jobs;
}

template <typename Model>
void expect_rules(const LoaderShape& shape, int most_tiles) {
  for (Stall reader : kAllStalls) {
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
      SCOPED_TRACE(std::string(name_of(reader)) + " of the reader, seed " + std::to_string(seed));
      const std::vector<LoadJob> jobs = random_jobs(40, most_tiles, seed);
      RandomMemory memory(shape.ports, seed);
      const LoaderHistory history = follow_rules(shape, jobs, memory, reader, seed);
      Replay<Model>(shape, jobs, history).run();
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

constexpr LoaderShape kShape1{1, 2, 5, 3};
constexpr LoaderShape kShape3{3, 8, 96, 8};
constexpr LoaderShape kShape4{4, 4, 40, 16};

TEST(LoaderTiming, FollowsTheRulesOnOnePortWithTinyRings) { expect_rules<Vloader1>(kShape1, 20); }
TEST(LoaderTiming, FollowsTheRulesOnThreePorts) { expect_rules<Vloader3>(kShape3, 150); }
TEST(LoaderTiming, FollowsTheRulesOnFourPorts) { expect_rules<Vloader4>(kShape4, 60); }

TEST(LoaderTiming, FollowsTheRulesOnTheDramModelWithAndWithoutItsCap) {
  for (double cap : {1.0, 0.75}) {
    for (Stall reader : kAllStalls) {
      SCOPED_TRACE(std::string(name_of(reader)) + " of the reader, cap " + std::to_string(cap));
      const std::vector<LoadJob> jobs = random_jobs(30, 200, 5);
      DramMemory memory(3, cap);
      const LoaderHistory history = follow_rules(kShape3, jobs, memory, reader, 5);
      Replay<Vloader3>(kShape3, jobs, history).run();
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

/// A stream without waits must reach the ports' rate: 16 cycles a row and port.
TEST(LoaderTiming, KeepsThePortsBusy) {
  const std::vector<LoadJob> jobs = {{0, 0, 600, 0}};
  DramMemory memory(3, 1.0);
  const LoaderHistory history = follow_rules(kShape3, jobs, memory, Stall::kNone, 1);
  Replay<Vloader3>(kShape3, jobs, history).run();
  EXPECT_LT(history.tiles.size(), 600 * kBeats / 3 + 200);
}

}  // namespace
}  // namespace edgemoe::test
