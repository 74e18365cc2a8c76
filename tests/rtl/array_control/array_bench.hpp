// SPDX-License-Identifier: Apache-2.0
/// Plays to the array's control what the engine's array saw, and compares everything that it does
/// in every cycle. The unit front and the ring tables are here in their simplest form.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "sim/units/timing.hpp"
#include "tests/rtl/array_control/array_timetable.hpp"
#include "tests/rtl/unit_bench/unit_front.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {

template <typename Port>
void set_port(Port& port, std::size_t low, std::size_t bits, std::uint64_t value) {
  if constexpr (std::is_integral_v<Port>) {
    const std::uint64_t mask = ((std::uint64_t{1} << bits) - 1) << low;
    port = static_cast<Port>((port & ~mask) | ((value << low) & mask));
  } else {
    set_bits(port, low, bits, value);
  }
}

inline int bits_for(int values) {
  int bits = 0;
  while ((1 << bits) < values) ++bits;
  return bits;
}

template <typename Model>
class ArrayBench {
 public:
  static constexpr int kSegmentBits = 6;

  ArrayBench(const ArrayShape& shape, const EngineRecord& record, std::uint64_t seed)
      : shape_(shape),
        record_(record),
        table_(record, shape),
        random_(seed),
        dut_("array control"),
        front_(record.commands, record.counters, dispatches(record)) {}

  void run() {
    ASSERT_EQ(table_.findings, std::vector<std::string>{});
    dut_.reset();
    for (std::uint64_t c = 0; c <= record_.result.cycles; ++c) {
      start(c);
      drive(c);
      dut_.settle();
      answer(c);
      dut_.settle();
      compare(c);
      if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << "cycle " << c << ", command " << front_.current();
        return;
      }
      front_.pop(c, dut_->free_o != 0);
      dut_.tick();
    }
    EXPECT_TRUE(front_.empty());
    EXPECT_EQ(dut_->free_o, 1);
    compare_counters();
    compare_freed();
  }

  std::uint64_t tiles_seen() const { return tiles_seen_; }

 private:
  static std::deque<UnitFront::Dispatch> dispatches(const EngineRecord& record) {
    std::deque<UnitFront::Dispatch> queue;
    for (const sim::UnitEvent& e : record.result.events_log) {
      if (e.kind != sim::EventKind::kDispatch) continue;
      const program::Command& c = record.commands[e.index];
      if (program::unit_of(c.opcode) == program::Unit::kArray) queue.push_back({e.cycle, c.id});
    }
    return queue;
  }

  const program::Command& command() const { return front_.command(); }

  /// A command is known in the cycle before it starts.
  void start(std::uint64_t c) {
    const int next = front_.starts_next(c), now = front_.starts(c);
    dut_->next_valid_i = next >= 0;
    if (next >= 0) front_.put_command(dut_->next_cmd_i, next);
    dut_->start_i = now >= 0;
    if (now >= 0) front_.put_command(dut_->cmd_i, now);
  }

  void drive(std::uint64_t c) {
    // Only differences count: the rows start anywhere.
    dut_->tile_rows_i = static_cast<std::uint32_t>(record_.tile_rows.at(c) + kCountBase);
    dut_->start_reached_i = front_.start_reached(c);
    std::size_t public_blocks = 0;
    while (public_blocks < record_.blocks.size() &&
           record_.blocks[public_blocks].published_at <= c) {
      ++public_blocks;
    }
    dut_->pub_count_i = static_cast<std::uint16_t>(public_blocks);
    if (public_blocks == shown_) return;
    shown_ = public_blocks;
    const RecordedBlock& b = record_.blocks[public_blocks - 1];
    const auto expert_bits = static_cast<std::size_t>(std::max(1, bits_for(shape_.experts)));
    const auto length_bits =
        static_cast<std::size_t>(bits_for(shape_.segments * shape_.segment_rows + 1));
    dut_->exec_count_i = static_cast<std::uint8_t>(b.execution.size());
    for (std::size_t i = 0; i < static_cast<std::size_t>(shape_.experts); ++i) {
      const std::uint64_t expert =
          i < b.execution.size() ? static_cast<std::uint64_t>(b.execution[i]) : random_();
      set_port(dut_->exec_list_i, i * expert_bits, expert_bits, expert);
      const std::uint64_t length = i < b.lengths.size() ? b.lengths[i] : random_();
      set_port(dut_->pub_length_i, i * length_bits, length_bits, length);
    }
  }

  /// Lookups answer within the cycle.
  void answer(std::uint64_t c) {
    dut_->group_reached_i = front_.group_reached(dut_->group_o, c);
    const auto tag = record_.weights.find(dut_->tag_o);
    const RecordedEntry* t = tag == record_.weights.end() ? nullptr : &tag->second;
    const bool found = t != nullptr && t->found && t->found_at + c % 4 <= c;
    dut_->tag_found_i = found;
    dut_->tag_tile_slot_i = static_cast<std::uint16_t>(found ? slot(*t) : random_() % 64);
    dut_->tag_tile_count0_i = static_cast<std::uint32_t>(found ? count0(*t) : random_());
    dut_->tag_tile_seg_i = segment(found ? t->tile_segment : 0);
    dut_->tag_param_slot_i = static_cast<std::uint16_t>(found ? param(*t) : 0);
    dut_->tag_param_seg_i = segment(found ? t->param_segment : 0);
    dut_->tag_param_rows_i = static_cast<std::uint16_t>(found ? t->param_rows : 0);
    answer_expert(c);
  }

  void answer_expert(std::uint64_t c) {
    const RecordedEntry* e = nullptr;
    // The table has two blocks by parity; the array is in the block shown last, or before it.
    if (shown_ != 0 && (shown_ - 1) % 2 == dut_->exp_parity_o) {
      const auto at = record_.experts.find(
          {record_.blocks[shown_ - 1].tag, dut_->exp_expert_o, dut_->exp_matrix_o});
      if (at != record_.experts.end()) e = &at->second;
    }
    const bool found = e != nullptr && e->found && e->found_at + c % 4 <= c;
    dut_->exp_found_i = found;
    dut_->exp_tile_slot_i = static_cast<std::uint16_t>(found ? slot(*e) : random_() % 64);
    dut_->exp_tile_count0_i = static_cast<std::uint32_t>(found ? count0(*e) : random_());
    dut_->exp_tile_seg_i = segment(found ? e->tile_segment : 0);
    dut_->exp_param_slot_i = static_cast<std::uint16_t>(found ? param(*e) : 0);
    dut_->exp_param_seg_i = segment(found ? e->param_segment : 0);
    dut_->exp_param_rows_i = static_cast<std::uint16_t>(found ? e->param_rows : 0);
  }

  std::uint64_t slot(const RecordedEntry& e) const {
    return e.tile_count0 % static_cast<std::uint64_t>(shape_.tile_ring);
  }
  std::uint64_t param(const RecordedEntry& e) const {
    return e.param_count0 % static_cast<std::uint64_t>(shape_.param_ring);
  }
  std::uint64_t count0(const RecordedEntry& e) const { return e.tile_count0 + kCountBase; }
  static std::uint8_t segment(int number) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(number) % (1u << kSegmentBits));
  }

  template <typename T>
  static const T* find(const std::map<std::uint64_t, T>& map, std::uint64_t c) {
    const auto at = map.find(c);
    return at == map.end() ? nullptr : &at->second;
  }

  void compare(std::uint64_t c) {
    compare_pulses(c);
    const TimedIssue* issue = find(table_.issues, c);
    EXPECT_EQ(dut_->trc_block_valid_o, issue != nullptr && !issue->scores);
    EXPECT_EQ(dut_->trc_scores_valid_o, issue != nullptr && issue->scores);
    if (issue != nullptr) {
      EXPECT_EQ(dut_->trc_id_o, issue->id);
      EXPECT_EQ(dut_->trc_index_o, issue->index);
    }
    compare_tile(c);
    for (int port = 0; port < 2; ++port) compare_event(c, port);
    const TimedRows* rows = find(table_.tile_rows, c);
    EXPECT_EQ(dut_->con_tile_valid_o, rows != nullptr);
    if (rows != nullptr) {
      EXPECT_EQ(dut_->con_tile_seg_o, segment(rows->segment));
      EXPECT_EQ(dut_->con_tile_rows_o, rows->rows);
      consumed_.push_back({c, rows->segment, rows->rows});
    }
  }

  void compare_tile(std::uint64_t c) {
    const TimedTile* timed = find(table_.tiles, c);
    ASSERT_EQ(dut_->iss_valid_o, timed != nullptr);
    if (timed == nullptr) return;
    ++tiles_seen_;
    const Tile& t = *timed->tile;
    const Descriptor& d = timed->block->desc;
    EXPECT_EQ(dut_->iss_first_o, t.first);
    EXPECT_EQ(dut_->iss_last_o, t.last);
    EXPECT_EQ(dut_->iss_shift_o, t.shift);
    EXPECT_EQ(dut_->iss_scores_o, timed->block->scores);
    EXPECT_EQ(dut_->iss_src_o, t.src);
    EXPECT_EQ(dut_->iss_k_o, t.k);
    EXPECT_EQ(dut_->iss_wsrc_o, t.wsrc);
    const bool experts = command().opcode == program::Opcode::kExperts;
    EXPECT_EQ(dut_->desc_experts_o, experts);
    if (t.src == 0) {
      EXPECT_EQ(dut_->iss_pix_row_o, t.pixel / 16);
      EXPECT_EQ(dut_->iss_pix_bank_o, t.pixel % 16);
    } else if (t.src != 5 && t.src != 7) {
      EXPECT_EQ(dut_->iss_row_o, t.row);
    }
    if (t.src == 4 || t.src == 5 || t.src == 7) {
      EXPECT_EQ(dut_->iss_half_o, t.half);
    }
    if (t.src == 4) {
      EXPECT_EQ(dut_->iss_hid_o, t.hid);
    }
    if (t.wsrc == 0) {
      EXPECT_EQ(dut_->iss_slot_o, t.slot);
    } else {
      EXPECT_EQ(dut_->iss_kv_seg_o, t.kv_seg);
      EXPECT_EQ(dut_->iss_kv_group_o, t.kv_group);
      EXPECT_EQ(dut_->iss_kv_word_o, t.kv_word);
    }
    if (t.last) compare_descriptor(t, d, experts);
  }

  void compare_descriptor(const Tile& t, const Descriptor& d, bool experts) {
    EXPECT_EQ(dut_->desc_ctx_o, context_);
    EXPECT_EQ(dut_->desc_matrix_o, d.matrix);
    EXPECT_EQ(dut_->desc_dst_o, d.dst);
    EXPECT_EQ(dut_->desc_row_o, d.row);
    EXPECT_EQ(dut_->desc_rows_o, d.rows);
    EXPECT_EQ(dut_->desc_word_o, d.dst == 6 ? t.key_block : d.word);
    if (t.wsrc == 0) {
      EXPECT_EQ(dut_->desc_param_slot_o, d.param);
      EXPECT_EQ(dut_->desc_param_half_o, d.param_half);
    }
    if (d.dst == 2) {
      EXPECT_EQ(dut_->desc_seg_o, d.seg);
    }
    if (d.dst == 3 || d.dst == 4 || experts) {
      EXPECT_EQ(dut_->desc_half_o, d.half);
    }
    if (d.dst == 4) {
      EXPECT_EQ(dut_->desc_hid_o, d.hid);
    }
    if (d.dst == 5) {
      EXPECT_EQ(dut_->desc_gate_low_o, d.gate_low);
    }
    if (d.dst == 6) {
      EXPECT_EQ(dut_->desc_score_buffer_o, d.score_buffer);
      EXPECT_EQ(dut_->desc_keys_o, d.keys);
    }
    if (!experts) return;
    EXPECT_EQ(dut_->desc_expert_o, d.expert);
    if (d.matrix == 0) {
      EXPECT_EQ(dut_->desc_staging_o, d.staging);
    }
  }

  void compare_pulses(std::uint64_t c) {
    if (dut_->start_i) {
      if (started_) context_ = (context_ + 1) % 8;
      started_ = true;
      EXPECT_EQ(dut_->ctx_o, context_);
    }
    EXPECT_EQ(dut_->ctx_valid_o, dut_->start_i);
    const TimedSoftmax* soft = find(table_.softmax, c);
    EXPECT_EQ(dut_->soft_start_o, soft != nullptr);
    if (soft != nullptr) {
      EXPECT_EQ(dut_->soft_ctx_o, context_);
      EXPECT_EQ(dut_->soft_score_buffer_o, soft->buffer);
      EXPECT_EQ(dut_->soft_half_o, soft->half);
      EXPECT_EQ(dut_->soft_keys_o, soft->keys);
    }
    const TimedGather* gather = find(table_.gathers, c);
    EXPECT_EQ(dut_->gat_start_o, gather != nullptr);
    if (gather != nullptr) {
      EXPECT_EQ(dut_->gat_expert_o, gather->expert);
      EXPECT_EQ(dut_->gat_index_o, gather->index);
      EXPECT_EQ(dut_->gat_rows_o, gather->rows);
      EXPECT_EQ(dut_->gat_half_o, gather->half);
      EXPECT_EQ(dut_->gat_words_o, gather->words);
    }
    const TimedClassRow* row = find(table_.class_rows, c);
    EXPECT_EQ(dut_->cls_start_o, row != nullptr);
    if (row != nullptr) {
      EXPECT_EQ(dut_->cls_row_o, row->row);
      EXPECT_EQ(dut_->cls_words_o, row->words);
    }
  }

  void compare_event(std::uint64_t c, int port) {
    const auto p = static_cast<std::size_t>(port);
    const TimedEvent* event = find(table_.events[port], c);
    ASSERT_EQ(get_bits(dut_->ev_valid_o, p, 1), event != nullptr) << "port " << port;
    EXPECT_EQ(get_bits(dut_->ev_signal_o, p, 1), event != nullptr && event->signal);
    EXPECT_EQ(get_bits(dut_->ev_done_o, p, 1), event != nullptr && event->done);
    if (event != nullptr) {
      EXPECT_EQ(get_bits(dut_->ev_id_o, p * 16, 16), event->id);
      if (event->signal) {
        EXPECT_EQ(get_bits(dut_->ev_counter_o, p * 8, 8), event->counter);
        EXPECT_EQ(get_bits(dut_->ev_amount_o, p * 9, 9), event->amount);
        signalled_[event->counter].emplace_back(c + sim::timing::kSignal,
                                                get_bits(dut_->ev_amount_o, p * 9, 9));
      }
    }
    const TimedRows* rows = find(table_.param_rows[port], c);
    EXPECT_EQ(get_bits(dut_->con_param_valid_o, p, 1), rows != nullptr) << "port " << port;
    if (rows == nullptr) return;
    EXPECT_EQ(get_bits(dut_->con_param_seg_o, p * kSegmentBits, kSegmentBits),
              segment(rows->segment));
    EXPECT_EQ(get_bits(dut_->con_param_rows_o, p * 16, 16), rows->rows);
  }

  /// Counters that only the array signals count in the engine as its events say.
  void compare_counters() {
    for (auto& [counter, adds] : signalled_) {
      bool alone = true;
      for (const program::Command& c : record_.commands) {
        if (c.signal_mode != program::SignalMode::kNone && c.signal == counter &&
            program::unit_of(c.opcode) != program::Unit::kArray)
          alone = false;
      }
      if (!alone) continue;
      std::sort(adds.begin(), adds.end());
      Track track;
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < adds.size(); ++i) {
        sum += adds[i].second;
        const bool cycle_complete = i + 1 == adds.size() || adds[i + 1].first != adds[i].first;
        if (cycle_complete && adds[i].first < record_.result.cycles) track.set(adds[i].first, sum);
      }
      const auto& engine = record_.counters[static_cast<std::size_t>(counter)].points();
      for (std::size_t i = 0; i < track.points().size(); ++i) {
        ASSERT_LT(i, engine.size()) << "counter " << counter;
        EXPECT_EQ(track.points()[i], engine[i]) << "counter " << counter << ", step " << i;
      }
      ++counters_compared_;
    }
    EXPECT_GT(counters_compared_ + signalled_.empty(), 0);
  }

  /// The engine's tile ring gives its places back as rows read here, and wrong guesses, say.
  void compare_freed() {
    struct Use {
      std::uint64_t cycle, rows;
    };
    std::map<int, std::vector<Use>> uses;
    std::map<int, std::uint64_t> sizes;
    for (const Consumed& u : consumed_) uses[u.segment].push_back({u.cycle, u.rows});
    const auto add = [&](const RecordedEntry& e) {
      if (e.tile_segment < 0) return;
      sizes[e.tile_segment] = e.tile_rows;
      if (e.idle_at != ~std::uint64_t{0}) uses[e.tile_segment].push_back({e.idle_at, e.tile_rows});
    };
    for (const auto& [tag, e] : record_.weights) add(e);
    for (const auto& [key, e] : record_.experts) add(e);
    std::map<std::uint64_t, std::uint64_t> freed;
    std::uint64_t walker = 0;
    for (const auto& [s, rows] : sizes) {
      std::uint64_t released = 0;
      for (const Use& u : uses[s]) {
        walker = std::max(walker, u.cycle);
        freed[walker + sim::timing::kRingCredit] += u.rows;
        released += u.rows;
      }
      if (released < rows) break;
      ++walker;
    }
    std::uint64_t sum = 0;
    for (const auto& [cycle, rows] : freed) {
      sum += rows;
      if (cycle >= record_.result.cycles) continue;
      ASSERT_EQ(record_.tiles_freed.at(cycle), sum) << "cycle " << cycle;
      ASSERT_EQ(record_.tiles_freed.at(cycle - 1), sum - rows) << "cycle " << cycle;
    }
  }

  struct Consumed {
    std::uint64_t cycle;
    int segment;
    std::uint64_t rows;
  };
  static constexpr std::uint64_t kCountBase = 0xFFFFFF00u;  // the count runs over soon

  ArrayShape shape_;
  const EngineRecord& record_;
  Timetable table_;
  std::mt19937_64 random_;
  Dut<Model> dut_;
  UnitFront front_;
  std::size_t shown_ = 0;
  int context_ = 0;
  bool started_ = false;
  std::uint64_t tiles_seen_ = 0;
  int counters_compared_ = 0;
  std::vector<Consumed> consumed_;
  std::map<int, std::vector<std::pair<std::uint64_t, std::uint64_t>>> signalled_;
};

}  // namespace edgemoe::test
