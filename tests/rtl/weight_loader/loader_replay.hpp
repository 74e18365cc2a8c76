// SPDX-License-Identifier: Apache-2.0
/// Plays a history to the RTL cycle by cycle: memory and reader behave as written there, and
/// whatever the loader does must be what stands there for the same cycle.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/rtl/weight_loader/loader_bench.hpp"

namespace edgemoe::test {

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
      if (dut_->job_valid_i && dut_->job_ready_o) {
        ++job_;
        push_run(*dut_);
      }
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

}  // namespace edgemoe::test
