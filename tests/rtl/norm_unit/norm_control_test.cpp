// SPDX-License-Identifier: Apache-2.0
// NORM and COPY with control and unit together: every pass, signal, end and freed parameter in the
// cycle of the cycle engine, and every written beat with the bits of hls/kernels, before the signal
// that tells of it; with signals and parameters that are late at random or for long.
#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "Vcontrol16.h"
#include "Vcontrol2.h"
#include "Vcontrol8.h"
#include "Vunit16.h"
#include "Vunit2.h"
#include "Vunit8.h"
#include "hls/kernels/layer_norm.hpp"
#include "rtl/harness/bits.hpp"
#include "sim/units/norm.hpp"
#include "sim/units/shapes.hpp"
#include "tests/rtl/unit_bench/script_random.hpp"
#include "tests/rtl/unit_bench/signals.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::test {
namespace {

using Limits = hls::SimulationLimits;
using rtl::get_bits;
using rtl::get_signed;
using rtl::put_bits;

struct Shape {
  int token_lanes, lanes, segments, segment_rows, max_dim, param_ring;
};
constexpr Shape kShape2{2, 16, 2, 24, 64, 16};
constexpr Shape kShape8{8, 32, 2, 136, 192, 512};
constexpr Shape kShape16{16, 32, 1, 64, 128, 32};

/// Gains of a NORM by command id.
using Gains = std::map<int, hls::NormGains<Limits>>;

struct NormScript {
  UnitScript script;
  Gains gains;
  std::map<int, std::uint64_t> count0;  ///< parameter rows before a tag's own
};

class Author {
 public:
  Author(const Shape& shape, Stall stall, std::uint64_t seed) : s_(shape), random_(stall, seed) {
    UnitScript& script = out_.script;
    script.board = sim::test_board();
    script.design = sim::test_design();
    script.design.array.token_lanes = s_.token_lanes;
    script.design.lanes.norm = s_.lanes;
  }

  NormScript run(int count) {
    for (int i = 0; i < count; ++i) {
      if (s_.segments > 1 && random_.chance(4)) {
        copy(i);
      } else {
        norm(i);
      }
    }
    add(program::Opcode::kEnd);
    return std::move(out_);
  }

 private:
  program::Command& add(program::Opcode opcode) {
    program::Command c;
    c.opcode = opcode;
    c.id = static_cast<std::uint16_t>(out_.script.commands.size());
    out_.script.commands.push_back(c);
    return out_.script.commands.back();
  }

  int tokens() {
    if (random_.chance(4)) return 1;
    if (random_.chance(4)) return s_.segment_rows;
    return random_.from(1, random_.chance(2) ? 2 * s_.token_lanes : s_.segment_rows);
  }

  void common(program::Command* c, int i) {
    c->tokens = static_cast<std::uint16_t>(std::min(tokens(), s_.segment_rows));
    c->in_dim = static_cast<std::uint16_t>(16 * random_.from(1, s_.max_dim / 16));
    const bool norm = c->opcode == program::Opcode::kNorm;
    const int groups = (c->tokens + s_.token_lanes - 1) / s_.token_lanes * (norm ? c->segments : 1);
    random_.dispatch(&out_.script, c->id);
    random_.waits(&out_.script, c, 2 * i, groups);
    random_.signals(c, 64 + i);
    if (copied_ >= 0) c->wait[2] = {program::WaitMode::kStart, static_cast<std::uint8_t>(copied_),
                                    static_cast<std::uint16_t>(copied_value_)};
    copied_ = -1;
    if (norm) return;
    // What comes after a copy waits for it, as in every program.
    if (c->signal_mode == program::SignalMode::kNone) c->signal_mode = program::SignalMode::kEnd;
    copied_ = c->signal;
    copied_value_ = c->signal_mode == program::SignalMode::kEnd ? 1 : groups;
  }

  void copy(int i) {
    program::Command& c = add(program::Opcode::kCopy);
    c.segments = static_cast<std::uint16_t>(s_.segments);
    common(&c, i);
  }

  void norm(int i) {
    const int dim = 16 * random_.from(1, s_.max_dim / 16);
    program::Command& load = add(program::Opcode::kLoadWeights);
    load.tag = static_cast<std::uint16_t>(i);
    load.param_rows = static_cast<std::uint16_t>((dim + 31) / 32);
    load.address = 1 << 20;
    const int rows = load.param_rows;
    program::Command& c = add(program::Opcode::kNorm);
    c.tag = static_cast<std::uint16_t>(i);
    c.segments = static_cast<std::uint16_t>(random_.from(1, s_.segments));
    common(&c, i);
    c.in_dim = static_cast<std::uint16_t>(dim);
    c.low_plane = random_.chance(2);
    c.inv_d = static_cast<std::uint32_t>(std::llround(std::ldexp(1.0, 32) / dim));
    c.sqrt_d = static_cast<std::uint32_t>(std::llround(std::sqrt(dim) * 4096));
    c.eps_acc = static_cast<std::uint64_t>(std::llround(1e-6 * std::ldexp(1.0, 32) * dim));
    c.gamma_frac = static_cast<std::uint8_t>(random_.from(12, 17));
    hls::NormGains<Limits>& gains = out_.gains[c.id];
    for (int n = 0; n < dim; ++n) {
      gains.gamma[n] = random_.from(-(1 << 17), (1 << 17) - 1);
      gains.beta[n] = random_.from(-(1 << 23), (1 << 23) - 1) >> random_.below(12);
    }
    arrive(i, rows);
  }

  /// Early, or when the command is there and later: rows of a tag in one or two steps.
  void arrive(int tag, int rows) {
    if (random_.chance(2)) arrival_ = std::max(arrival_, random_.now());
    arrival_ += 1 + random_.pause();
    const int first = random_.below(rows + 1);
    out_.count0[tag] = rows_;
    if (first > 0) push(tag, first);
    if (first > 0 && first < rows) arrival_ += 1 + random_.pause();
    if (first < rows) push(tag, rows - first);
    rows_ += static_cast<std::uint64_t>(rows);
  }

  void push(int tag, int rows) {
    out_.script.arrivals.push_back({arrival_, tag, static_cast<std::uint64_t>(rows)});
  }

  Shape s_;
  ScriptRandom random_;
  NormScript out_;
  std::uint64_t arrival_ = 0, rows_ = 0;
  int copied_ = -1, copied_value_ = 0;
};

template <typename Control, typename Unit>
class Bench {
 public:
  Bench(const Shape& shape, const NormScript& norm, const UnitRecord& record, std::uint64_t seed)
      : s_(shape),
        norm_(norm),
        record_(record),
        front_(norm.script.commands, record.counters, norm.script.dispatches),
        random_(seed),
        residual_(static_cast<std::size_t>(shape.segments * shape.segment_rows)) {
    for (std::vector<std::int32_t>& row : residual_) {
      const int spread = static_cast<int>(random_() % 20);
      row.resize(static_cast<std::size_t>((shape.max_dim + 31) / 32 * 32));
      for (std::int32_t& x : row) x = static_cast<std::int32_t>(random_()) >> (8 + spread);
    }
    for (const UnitScript::Arrival& a : norm.script.arrivals) {
      rows_readable_.set(a.cycle, rows_readable_.last() + a.rows);
    }
    control_.rst_ni = unit_.rst_ni = 0;
    for (int i = 0; i < 3; ++i) tick();
    control_.rst_ni = unit_.rst_ni = 1;
  }

  void run() {
    const std::size_t all = norm_.script.dispatches.size();
    for (cycle_ = 0; signals_.ended() < all && !::testing::Test::HasFailure(); ++cycle_) {
      ASSERT_LT(cycle_, 400'000u) << "does not end";
      answer_reads();
      drive();
      connect();
      look();
      note_reads();
      front_.pop(cycle_, control_.free_o != 0);
      tick();
    }
    for (const Writes& writes : writes_) EXPECT_TRUE(writes.due.empty());
  }

  void compare() const {
    signals_.compare(norm_.script, record_);
    ASSERT_EQ(passes_.size(), record_.events.size());
    for (std::size_t i = 0; i < passes_.size(); ++i)
      EXPECT_EQ(sim::to_line(passes_[i]), sim::to_line(record_.events[i]));
    EXPECT_EQ(freed_.points(), record_.parameters_freed.points());
  }

  std::uint64_t beats() const { return beats_; }

 private:
  struct Write {
    int row, beat;
    bool last, low;
    std::uint32_t scale;
    std::vector<std::int32_t> values;  // z16, or the residual's
  };
  /// Of NORM [0] and of COPY [1], which may overtake it.
  struct Writes {
    std::deque<Write> due;
    std::deque<std::uint64_t> ends;  // how many there must have been at a command's end
    std::uint64_t done = 0;
  };

  void tick() {
    for (const int level : {0, 1}) {
      control_.clk_i = unit_.clk_i = static_cast<CData>(level);
      control_.eval();
      unit_.eval();
    }
  }

  void settle() {
    control_.clk_i = unit_.clk_i = 0;
    control_.eval();
  }

  void drive() {
    const int starts = front_.starts(cycle_);
    control_.start_i = starts >= 0;
    if (starts >= 0) front_.put_command(control_.cmd_i, starts);
    control_.start_reached_i = front_.start_reached(cycle_);
    // Only differences count: the rows start anywhere.
    control_.param_rows_readable_i =
        static_cast<IData>(kCountBase + rows_readable_.at(cycle_));
    tag();
    settle();
    control_.group_reached_i = front_.group_reached(control_.group_o, cycle_);
    settle();
  }

  /// The table's answer; the entry may be there before any of its rows.
  void tag() {
    const bool known = front_.current() >= 0;
    const auto at = known ? norm_.count0.find(front_.command().tag) : norm_.count0.end();
    if (!known || at == norm_.count0.end()) {
      control_.param_found_i = known && random_() % 2 == 0;
      return;
    }
    const auto rows = static_cast<std::uint64_t>((front_.command().in_dim + 31) / 32);
    control_.param_found_i =
        rows_readable_.at(cycle_) >= at->second + rows || random_() % 2 == 0;
    control_.param_slot_i = static_cast<SData>(slot(at->second));
    control_.param_count0_i = static_cast<IData>(kCountBase + at->second);
    control_.param_seg_i = static_cast<CData>(front_.command().tag % 32);
    control_.param_rows_i = static_cast<SData>(rows);
  }

  std::uint64_t slot(std::uint64_t row) const {
    return row % static_cast<std::uint64_t>(s_.param_ring);
  }

  /// The control's registered outputs are the unit's inputs; the unit's results go back.
  void connect() {
    unit_.valid_i = control_.unit_valid_o;
    unit_.pass_i = control_.unit_pass_o;
    unit_.first_i = control_.unit_first_o;
    unit_.last_i = control_.unit_last_o;
    unit_.slot_i = control_.unit_slot_o;
    unit_.tag_i = control_.unit_tag_o;
    unit_.inv_d_i = control_.unit_inv_d_o;
    unit_.sqrt_d_i = control_.unit_sqrt_d_o;
    unit_.eps_acc_i = control_.unit_eps_acc_o;
    unit_.gamma_frac_i = control_.unit_gamma_frac_o;
    unit_.keep_i = control_.unit_keep_o;
    unit_.x_i = control_.unit_x_o;
    unit_.gamma_i = control_.unit_gamma_o;
    unit_.beta_i = control_.unit_beta_o;
    unit_.eval();
    control_.unit_valid_i = unit_.valid_o;
    control_.unit_last_i = unit_.last_o;
    control_.unit_tag_i = unit_.tag_o;
    control_.unit_scale_i = unit_.scale_o;
    control_.unit_z8_i = unit_.z8_o;
    control_.unit_lo_i = unit_.lo_o;
  }

  void look() {
    if (control_.trc_norm_o) {
      passes_.push_back({cycle_, sim::EventKind::kNormPass, control_.trc_norm_id_o,
                         control_.trc_norm_index_o});
    }
    if (control_.residual_ren_o && front_.current() != expected_) expect();
    if (control_.norm_wen_o) check_norm();
    if (control_.copy_wen_o) check_copy();
    if (control_.event_valid_o)
      event(control_.event_signal_o, control_.event_counter_o, control_.event_done_o,
            control_.event_id_o);
    if (control_.copy_event_valid_o)
      event(control_.copy_event_signal_o, control_.copy_event_counter_o,
            control_.copy_event_done_o, control_.copy_event_id_o);
    if (!control_.consume_valid_o) return;
    freed_.set(cycle_ + sim::timing::kRingCredit, freed_.last() + control_.consume_rows_o);
    EXPECT_EQ(control_.consume_seg_o, consumed_tag() % 32);
  }

  /// What is told to be done has been written.
  void event(bool signal, int counter, bool done, int id) {
    signals_.event(cycle_, signal, counter, 1, done, id);
    if (!done) return;
    Writes& writes = writes_of(norm_.script.commands[static_cast<std::size_t>(id)]);
    ASSERT_FALSE(writes.ends.empty());
    EXPECT_LE(writes.ends.front(), writes.done) << "command " << id;
    writes.ends.pop_front();
  }

  int consumed_tag() {
    while (norm_.script.commands[next_consumed_].opcode != program::Opcode::kNorm) ++next_consumed_;
    return norm_.script.commands[next_consumed_++].tag;
  }

  /// The first read of a command: all that it shall write.
  void expect() {
    expected_ = front_.current();
    const program::Command& c = front_.command();
    const bool copies = c.opcode == program::Opcode::kCopy;
    for (int segment = 0; segment < (copies ? 1 : c.segments); ++segment) {
      for (int t = 0; t < c.tokens; ++t) {
        if (copies) {
          for (int to = 1; to < c.segments; ++to) expect_copy(c, t, to);
        } else {
          expect_norm(c, segment * s_.segment_rows + t);
        }
      }
    }
    Writes& writes = writes_of(c);
    writes.ends.push_back(writes.done + writes.due.size());
  }

  Writes& writes_of(const program::Command& c) {
    return writes_[c.opcode == program::Opcode::kCopy];
  }

  int beats_of(const program::Command& c) const { return (c.in_dim + s_.lanes - 1) / s_.lanes; }

  void expect_copy(const program::Command& c, int t, int to) {
    const std::vector<std::int32_t>& x = residual_[static_cast<std::size_t>(t)];
    for (int b = 0; b < beats_of(c); ++b)
      writes_[1].due.push_back(
          {to * s_.segment_rows + t, b, false, false, 0, slice(c, x.data(), b)});
  }

  void expect_norm(const program::Command& c, int row) {
    hls::NormJob job{};
    job.dim = c.in_dim;
    job.inv_d = c.inv_d;
    job.sqrt_d = c.sqrt_d;
    job.eps_acc = c.eps_acc;
    job.gamma_frac = c.gamma_frac;
    static std::int32_t in[Limits::kDim], z16[Limits::kDim];
    const std::vector<std::int32_t>& x = residual_[static_cast<std::size_t>(row)];
    std::copy(x.begin(), x.begin() + c.in_dim, in);
    const std::uint32_t scale =
        hls::normalise_token<hls::W8A8, Limits>(job, norm_.gains.at(c.id), in, z16);
    for (int b = 0; b < beats_of(c); ++b) {
      writes_[0].due.push_back(
          {row, b, b + 1 == beats_of(c), c.low_plane, scale, slice(c, z16, b)});
    }
  }

  std::vector<std::int32_t> slice(const program::Command& c, const std::int32_t* x,
                                  int beat) const {
    return {x + beat * s_.lanes, x + std::min<int>(c.in_dim, (beat + 1) * s_.lanes)};
  }

  Write next_write(Writes* writes) {
    if (writes->due.empty()) {
      ADD_FAILURE() << "a write too many in cycle " << cycle_;
      return {};
    }
    Write write = std::move(writes->due.front());
    writes->due.pop_front();
    ++writes->done;
    ++beats_;
    return write;
  }

  void check_norm() {
    const Write w = next_write(&writes_[0]);
    EXPECT_EQ(control_.norm_wrow_o, w.row);
    EXPECT_EQ(control_.norm_wbeat_o, w.beat);
    EXPECT_EQ(control_.norm_wlast_o, w.last);
    EXPECT_EQ(control_.norm_wlow_o, w.low);
    EXPECT_EQ(control_.norm_wscale_o, w.scale);
    for (std::size_t n = 0; n < w.values.size(); ++n) {
      EXPECT_EQ(256 * get_signed(control_.norm_wz8_o, 8 * n, 8) +
                    get_signed(control_.norm_wlo_o, 8 * n, 8),
                w.values[n])
          << "lane " << n << ", cycle " << cycle_;
    }
  }

  void check_copy() {
    const Write w = next_write(&writes_[1]);
    EXPECT_EQ(control_.copy_wrow_o, w.row);
    EXPECT_EQ(control_.copy_wbeat_o, w.beat);
    std::vector<std::int32_t>& x = residual_[static_cast<std::size_t>(w.row)];
    for (std::size_t n = 0; n < w.values.size(); ++n) {
      const auto value = static_cast<std::int32_t>(get_signed(control_.copy_wdata_o, 24 * n, 24));
      EXPECT_EQ(value, w.values[n]) << "lane " << n << ", cycle " << cycle_;
      x[static_cast<std::size_t>(w.beat * s_.lanes) + n] = value;
    }
  }

  /// Residual: two cycles to data; parameters: three.
  void answer_reads() {
    if (params_[2].valid) put_gains(params_[2]);
    if (!reads_[1].valid) return;
    const std::vector<std::int32_t>& x = residual_[reads_[1].row];
    const auto lanes = static_cast<std::size_t>(s_.lanes);
    for (std::size_t n = 0; n < lanes; ++n)
      put_bits(control_.residual_rdata_i, 24 * n, 24, x[reads_[1].beat * lanes + n]);
  }

  void note_reads() {
    reads_[1] = reads_[0];
    reads_[0] = {control_.residual_ren_o != 0, control_.residual_rrow_o, control_.residual_rbeat_o};
    params_[2] = params_[1];
    params_[1] = params_[0];
    params_[0] = {control_.param_ren_o != 0,
                  static_cast<std::size_t>(std::max(front_.current(), 0)), control_.param_raddr_o};
  }

  struct Read {
    bool valid = false;
    std::size_t row = 0, beat = 0;
  };

  void put_gains(const Read& read) {
    const program::Command& c = norm_.script.commands[read.row];
    const std::uint64_t ring = static_cast<std::uint64_t>(s_.param_ring);
    const std::uint64_t row = (read.beat + ring - slot(norm_.count0.at(c.tag))) % ring;
    ASSERT_LT(row, (c.in_dim + 31u) / 32u);
    const hls::NormGains<Limits>& gains = norm_.gains.at(c.id);
    for (std::size_t n = 0; n < 32; ++n) {
      const std::size_t at = 32 * row + n;
      const bool there = at < c.in_dim;
      put_bits(control_.param_rdata_i, 64 * n, 32, there ? gains.gamma[at] : 77);
      put_bits(control_.param_rdata_i, 64 * n + 32, 32, there ? gains.beta[at] : 1 << 22);
    }
  }

  static constexpr std::uint64_t kCountBase = 0xffffffe0u;  // the count runs over soon
  Shape s_;
  const NormScript& norm_;
  const UnitRecord& record_;
  UnitFront front_;
  std::mt19937_64 random_;
  VerilatedContext context_;
  Control control_{&context_};
  Unit unit_{&context_};
  std::vector<std::vector<std::int32_t>> residual_;
  Track rows_readable_, freed_;
  Read reads_[2], params_[3];
  Writes writes_[2];
  std::vector<sim::UnitEvent> passes_;
  Signals signals_;
  std::uint64_t cycle_ = 0, beats_ = 0;
  std::size_t next_consumed_ = 0;
  int expected_ = -1;
};

template <typename Control, typename Unit>
void expect_engine(const Shape& shape, std::uint64_t seeds) {
  for (const Stall stall : kAllStalls) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      SCOPED_TRACE(std::string(name_of(stall)) + ", seed " + std::to_string(seed));
      const NormScript norm = Author(shape, stall, seed).run(12);
      const UnitRecord record = record_unit<sim::Norm>(norm.script);
      Bench<Control, Unit> bench(shape, norm, record, seed);
      bench.run();
      bench.compare();
      EXPECT_GT(bench.beats(), 50u);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(NormControl, IsEngineAndKernelsWithTwoTokenLanes) {
  expect_engine<Vcontrol2, Vunit2>(kShape2, 20);
}
TEST(NormControl, IsEngineAndKernelsWithEightTokenLanes) {
  expect_engine<Vcontrol8, Vunit8>(kShape8, 8);
}
TEST(NormControl, IsEngineAndKernelsWithSixteenTokenLanes) {
  expect_engine<Vcontrol16, Vunit16>(kShape16, 10);
}

}  // namespace
}  // namespace edgemoe::test
