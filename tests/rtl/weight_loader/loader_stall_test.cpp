// SPDX-License-Identifier: Apache-2.0
// Whatever the memory does within AXI: every row gets to its place, in order, within its credits.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "Vloader1.h"
#include "Vloader3.h"
#include "Vloader4.h"
#include "tests/rtl/weight_loader/loader_bench.hpp"

namespace edgemoe::test {
namespace {

constexpr LoaderShape kShape1{1, 2, 5, 3};
constexpr LoaderShape kShape3{3, 8, 96, 8};
constexpr LoaderShape kShape4{4, 4, 40, 16};

struct Stalls {
  Stall jobs, address, data, reader;
};

/// An AXI memory that stalls both channels of each port, and a reader of the rings that stalls.
template <typename Model>
class Bench {
 public:
  Bench(const LoaderShape& shape, const Stalls& stalls, std::uint32_t seed)
      : shape_(shape),
        rings_(shape),
        dut_("loader"),
        job_stall_(stalls.jobs, seed),
        reader_stall_(stalls.reader, seed + 1),
        ports_(static_cast<std::size_t>(shape.ports)) {
    for (int p = 0; p < shape.ports; ++p) {
      const auto at = static_cast<std::uint32_t>(p);
      address_stall_.emplace_back(stalls.address, seed + 10 + at);
      data_stall_.emplace_back(stalls.data, seed + 20 + at);
    }
    dut_.reset();
  }

  void run(const std::vector<LoadJob>& jobs) {
    for (const LoadJob& job : jobs) expect(job);
    std::size_t job = 0;
    bool offered = false;
    for (std::uint64_t idle = 0; job < jobs.size() || let_go_[0] + let_go_[1] < rows_.size();) {
      offered = job < jobs.size() && (offered || job_stall_.willing());
      set_job(*dut_, offered ? jobs[job] : LoadJob{}, offered);
      drive_data();
      drive_reader();
      drive_address();
      if (::testing::Test::HasFatalFailure()) return;
      rings_.write(*dut_);
      const bool taken = offered && dut_->job_ready_o;
      if (taken) {
        push_run(*dut_);
        ++job;
        offered = false;
      }
      idle = taken || moved_ ? 0 : idle + 1;
      if (idle > 2000) dut_.fail("stuck at job " + std::to_string(job));
      dut_.tick();
    }
    EXPECT_EQ(requested_, rows_.size());
    EXPECT_EQ(dut_->error_o, 0);
    EXPECT_EQ(dut_->busy_o, 0);
  }

 private:
  struct Port {
    std::deque<std::uint64_t> rows;  // asked for
    int beat = 0;
    bool address_held = false;
    std::uint64_t held_address = 0;
    std::uint64_t next = 0;  // the port's rows so far
  };

  void expect(const LoadJob& job) {
    for (int r = 0; r < job.params + job.tiles; ++r) {
      const std::uint64_t row = job.row + static_cast<std::uint64_t>(r);
      rows_.push_back(row);
      rings_.expect(row, r < job.params);
    }
  }

  void drive_data() {
    std::uint32_t valid = 0;
    std::uint32_t last = 0;
    for (std::size_t p = 0; p < ports_.size(); ++p) {
      Port& port = ports_[p];
      const bool will = data_stall_[p].willing();
      if (port.rows.empty() || !will) continue;
      valid |= 1u << p;
      set_beat(*dut_, static_cast<int>(p), port.rows.front(), port.beat);
      if (++port.beat < kBeats) continue;
      last |= 1u << p;
      port.beat = 0;
      port.rows.pop_front();
    }
    dut_->rvalid_i = valid;
    dut_->rlast_i = last;
    moved_ = valid != 0;
  }

  void drive_reader() {
    const std::uint32_t readable[2] = {dut_->tile_rows_o, dut_->param_rows_o};
    int freed[2] = {0, 0};
    for (int ring = 0; ring < 2; ++ring) {
      if (reader_stall_.willing()) freed[ring] = static_cast<int>(readable[ring] - let_go_[ring]);
      ASSERT_LE(freed[ring], ring == 0 ? shape_.tile_ring : shape_.param_ring);
      ASSERT_NO_FATAL_FAILURE(rings_.read(ring == 1, freed[ring]));
      let_go_[ring] += static_cast<std::uint32_t>(freed[ring]);
      moved_ |= freed[ring] != 0;
    }
    dut_->free_tiles_i = static_cast<std::uint8_t>(freed[0]);
    dut_->free_params_i = static_cast<std::uint8_t>(freed[1]);
  }

  void drive_address() {
    std::uint32_t ready = 0;
    for (std::size_t p = 0; p < ports_.size(); ++p) ready |= address_stall_[p].willing() << p;
    dut_->arready_i = ready;
    dut_.settle();
    for (std::size_t p = 0; p < ports_.size(); ++p) {
      const bool valid = dut_->arvalid_o >> p & 1;
      ASSERT_FALSE(ports_[p].address_held && !valid) << "port " << p << " withdrew an address";
      if (valid) check_address(p, ready >> p & 1);
    }
  }

  void check_address(std::size_t p, bool taken) {
    Port& port = ports_[p];
    const std::uint64_t row = port.next * ports_.size() + p;
    ASSERT_LT(row, rows_.size());
    ASSERT_EQ(get_bits(dut_->araddr_o, p * 48, 48), rows_[row] * 256);
    ASSERT_EQ(dut_->arlen_o >> (8 * p) & 0xff, kBeats - 1);
    ASSERT_EQ(dut_->arsize_o >> (3 * p) & 7, 4);
    ASSERT_EQ(dut_->arburst_o >> (2 * p) & 3, 1);
    port.address_held = !taken;
    if (!taken) return;
    port.rows.push_back(rows_[row]);
    ++port.next;
    ++requested_;
    moved_ = true;
    ASSERT_LE(port.rows.size(), static_cast<std::size_t>(shape_.outstanding));
  }

  LoaderShape shape_;
  RingMirror rings_;
  Dut<Model> dut_;
  Staller job_stall_, reader_stall_;
  std::vector<Staller> address_stall_, data_stall_;
  std::vector<Port> ports_;
  std::vector<std::uint64_t> rows_;
  std::size_t requested_ = 0;
  std::array<std::uint32_t, 2> let_go_{};
  bool moved_ = false;
};

std::vector<LoadJob> some_jobs(int most_tiles, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<LoadJob> jobs;
  for (int i = 0; i < 20; ++i) {
    const int tiles = static_cast<int>(random() % static_cast<unsigned>(most_tiles));
    jobs.push_back({random() % 5000, static_cast<int>(random() % 4), i % 5 == 2 ? 0 : tiles, 0});
  }
  jobs.push_back({(std::uint64_t{1} << 40) - 8, 1, 7, 0});  // the last rows of 48 address bits
  return jobs;
}

template <typename Model>
void expect_all_rows(const LoaderShape& shape, int most_tiles) {
  std::uint32_t seed = 1;
  for (Stall memory : kAllStalls) {
    for (Stall reader : kAllStalls) {
      for (Stall jobs : {Stall::kNone, Stall::kRandom}) {
        SCOPED_TRACE(std::string(name_of(memory)) + " of the memory, " + name_of(reader) +
                     " of the reader, " + name_of(jobs) + " of jobs");
        Bench<Model> bench(shape, {jobs, memory, memory, reader}, seed);
        bench.run(some_jobs(most_tiles, seed++));
        if (::testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(LoaderStalls, LoseNoRowOnOnePort) { expect_all_rows<Vloader1>(kShape1, 30); }
TEST(LoaderStalls, LoseNoRowOnThreePorts) { expect_all_rows<Vloader3>(kShape3, 120); }
TEST(LoaderStalls, LoseNoRowOnFourPorts) { expect_all_rows<Vloader4>(kShape4, 60); }

TEST(LoaderStalls, AddressStallsAloneLoseNoRow) {
  Bench<Vloader3> bench(kShape3, {Stall::kNone, Stall::kLong, Stall::kNone, Stall::kNone}, 3);
  bench.run(some_jobs(120, 3));
}

/// One row over one port, with a response code and the place of the last beat to choose.
bool raises_error(int response_at, int last_at) {
  Dut<Vloader1> dut("loader");
  dut.reset();
  dut->arready_i = 1;
  set_job(*dut, {5, 0, 1, 0}, true);
  dut.settle();
  push_run(*dut);
  dut.tick();
  set_job(*dut, {}, false);
  dut.tick();
  for (int beat = 0; beat < kBeats; ++beat) {
    dut->rvalid_i = 1;
    dut->rresp_i = beat == response_at ? 2 : 0;
    dut->rlast_i = beat == last_at;
    set_beat(*dut, 0, 5, beat);
    dut.tick();
  }
  dut->rvalid_i = 0;
  for (int i = 0; i < 10; ++i) dut.tick();
  return dut->error_o;
}

TEST(LoaderErrors, AnErrorResponseOfAnyBeatStaysVisible) {
  EXPECT_FALSE(raises_error(-1, kBeats - 1));
  EXPECT_TRUE(raises_error(0, kBeats - 1));
  EXPECT_TRUE(raises_error(kBeats - 1, kBeats - 1));
}

TEST(LoaderErrors, ABurstOfAWrongLengthStaysVisible) {
  EXPECT_TRUE(raises_error(-1, kBeats - 2));
  EXPECT_TRUE(raises_error(-1, -1));
}

}  // namespace
}  // namespace edgemoe::test
