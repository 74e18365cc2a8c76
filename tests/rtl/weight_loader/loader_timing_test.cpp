// SPDX-License-Identifier: Apache-2.0
// The loader makes every request, and shows every row, in the cycle that the rules say.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "Vloader1.h"
#include "Vloader3.h"
#include "Vloader4.h"
#include "sim/dram/memory.hpp"
#include "tests/rtl/weight_loader/loader_bench.hpp"

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

/// Drives in every cycle what the history says, and compares what the loader does.
template <typename Model>
class Replay {
 public:
  Replay(const LoaderShape& shape, const std::vector<LoadJob>& jobs, const LoaderHistory& history)
      : shape_(shape), jobs_(jobs), history_(history), rings_(shape), dut_("loader") {
    for (const RowEvent& r : history.rows) rings_.expect(r.row, r.param);
    next_beat_.resize(static_cast<std::size_t>(shape.ports));
    for (std::size_t p = 0; p < next_beat_.size(); ++p) next_beat_[p] = p;
  }

  void run() {
    dut_.reset();
    for (std::uint64_t c = 0; c < history_.tiles.size(); ++c) {
      drive(c);
      dut_.settle();
      compare(c);
      if (::testing::Test::HasFatalFailure()) return;
      rings_.write(*dut_);
      if (dut_->job_valid_i && dut_->job_ready_o) ++job_;
      dut_.tick();
    }
    EXPECT_EQ(job_, jobs_.size());
    EXPECT_EQ(request_, history_.rows.size());
    EXPECT_EQ(dut_->busy_o, 0);
    EXPECT_EQ(dut_->error_o, 0);
  }

 private:
  void drive(std::uint64_t c) {
    const bool offer = job_ < jobs_.size() && jobs_[job_].offered <= c;
    set_job(*dut_, offer ? jobs_[job_] : LoadJob{}, offer);
    dut_->arready_i = (1u << shape_.ports) - 1;
    dut_->free_tiles_i = static_cast<std::uint8_t>(history_.tiles_freed[c]);
    dut_->free_params_i = static_cast<std::uint8_t>(history_.params_freed[c]);
    std::uint32_t valid = 0;
    std::uint32_t last = 0;
    for (std::size_t p = 0; p < next_beat_.size(); ++p) {
      // The beats of a row fill the 16 cycles before the one in which it is done.
      std::size_t& i = next_beat_[p];
      if (i < history_.rows.size() && history_.rows[i].done <= c) i += next_beat_.size();
      if (i >= history_.rows.size() || history_.rows[i].done > c + kBeats) continue;
      const int beat = static_cast<int>(c + kBeats - history_.rows[i].done);
      valid |= 1u << p;
      if (beat == kBeats - 1) last |= 1u << p;
      set_beat(*dut_, static_cast<int>(p), history_.rows[i].row, beat);
    }
    dut_->rvalid_i = valid;
    dut_->rlast_i = last;
  }

  void compare(std::uint64_t c) {
    std::uint32_t expected = 0;
    for (; request_ < history_.rows.size() && history_.rows[request_].cycle == c; ++request_) {
      const auto port = request_ % next_beat_.size();
      expected |= 1u << port;
      ASSERT_EQ(get_bits(dut_->araddr_o, port * 48, 48), history_.rows[request_].row * 256)
          << "row " << request_ << ", cycle " << c;
    }
    ASSERT_EQ(dut_->arvalid_o, expected) << "requests up to row " << request_ << ", cycle " << c;
    ASSERT_EQ(dut_->tile_rows_o, history_.tiles[c]) << "cycle " << c;
    ASSERT_EQ(dut_->param_rows_o, history_.params[c]) << "cycle " << c;
    ASSERT_NO_FATAL_FAILURE(rings_.read(false, history_.tiles_freed[c]));
    ASSERT_NO_FATAL_FAILURE(rings_.read(true, history_.params_freed[c]));
  }

  LoaderShape shape_;
  const std::vector<LoadJob>& jobs_;
  const LoaderHistory& history_;
  RingMirror rings_;
  Dut<Model> dut_;
  std::vector<std::size_t> next_beat_;  // by port: the row that it delivers now or next
  std::size_t job_ = 0;
  std::size_t request_ = 0;
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
