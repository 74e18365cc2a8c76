// SPDX-License-Identifier: Apache-2.0
/// Plays a script on the verilated datapath: drives micro-commands, answers its memories in their
/// fixed times, and checks every write against the script's expectations.
///
/// Inputs without a meaning in a cycle are random: fields without valid, answers nobody asked for.
#pragma once

#include <gtest/gtest.h>
#include <verilated.h>

#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <type_traits>

#include "hls/program/encoding.hpp"
#include "tests/rtl/array_datapath/datapath_script.hpp"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {

template <typename Model>
class Player {
 public:
  Player(const DatapathShape& shape, std::uint32_t seed) : shape_(shape), random_(seed) {
    outside.residual.resize(static_cast<std::size_t>(shape.rows()));
    outside.queue.resize(static_cast<std::size_t>(shape.experts));
    model_.rst_ni = 0;
    clock_cycle(model_);
    model_.rst_ni = 1;
  }

  /// Until the given cycle, or until the script's end.
  void play(Script& script, Cycle until) {
    while (cycle_ < until && !::testing::Test::HasFatalFailure()) step(script);
  }

  Model& model() { return model_; }
  Cycle cycle() const { return cycle_; }
  Outside outside;

 private:
  template <typename Port>
  void put(Port& port, std::uint64_t value) {
    port = static_cast<Port>(value);
  }
  template <std::size_t Words>
  void scramble(VlWide<Words>& port) {
    for (std::size_t w = 0; w < Words; ++w) port[w] = static_cast<EData>(random_());
  }
  /// A random value within a field: rows stay inside what exists.
  int any(int limit) { return static_cast<int>(random_() % static_cast<std::uint32_t>(limit)); }

  void step(Script& script) {
    drive_tile(script);
    drive_pulses(script);
    drive_norm(script);
    answer();
    model_.clk_i = 0;
    model_.eval();
    ask();
    check(script);
    model_.clk_i = 1;
    model_.eval();
    ++cycle_;
  }

  void drive_tile(const Script& script) {
    Tile tile;
    const auto found = script.tiles.find(cycle_);
    const bool valid = found != script.tiles.end();
    if (valid) {
      tile = found->second;
    } else {
      tile.last = any(2);
      tile.scores = any(2);
      tile.src = any(8);
      tile.dst = any(7);
      tile.rows = any(shape_.lanes);
    }
    Model& m = model_;
    put(m.iss_valid_i, valid);
    put(m.iss_first_i, tile.first);
    put(m.iss_last_i, tile.last);
    put(m.iss_shift_i, tile.shift);
    put(m.iss_scores_i, tile.scores);
    put(m.iss_src_i, static_cast<std::uint64_t>(tile.src));
    put(m.iss_row_i, static_cast<std::uint64_t>(tile.row));
    put(m.iss_half_i, static_cast<std::uint64_t>(tile.half));
    put(m.iss_hid_i, static_cast<std::uint64_t>(tile.hid));
    put(m.iss_k_i, static_cast<std::uint64_t>(tile.k));
    put(m.iss_pix_row_i, static_cast<std::uint64_t>(tile.pix_row));
    put(m.iss_pix_bank_i, static_cast<std::uint64_t>(tile.pix_bank));
    put(m.iss_wsrc_i, static_cast<std::uint64_t>(tile.wsrc));
    put(m.iss_slot_i, static_cast<std::uint64_t>(tile.slot));
    put(m.iss_kv_seg_i, static_cast<std::uint64_t>(tile.kv_seg));
    put(m.iss_kv_group_i, static_cast<std::uint64_t>(tile.kv_group));
    put(m.iss_kv_word_i, static_cast<std::uint64_t>(tile.kv_word));
    put(m.desc_ctx_i, static_cast<std::uint64_t>(tile.ctx));
    put(m.desc_matrix_i, static_cast<std::uint64_t>(tile.matrix));
    put(m.desc_dst_i, static_cast<std::uint64_t>(tile.dst));
    put(m.desc_row_i, static_cast<std::uint64_t>(tile.dst_row));
    put(m.desc_half_i, static_cast<std::uint64_t>(tile.dst_half));
    put(m.desc_staging_i, static_cast<std::uint64_t>(tile.staging));
    put(m.desc_score_buffer_i, static_cast<std::uint64_t>(tile.score_buffer));
    put(m.desc_hid_i, static_cast<std::uint64_t>(tile.dst_hid));
    put(m.desc_word_i, static_cast<std::uint64_t>(tile.word));
    put(m.desc_rows_i, static_cast<std::uint64_t>(tile.rows));
    put(m.desc_param_slot_i, static_cast<std::uint64_t>(tile.param_slot));
    put(m.desc_param_half_i, static_cast<std::uint64_t>(tile.param_half));
    put(m.desc_seg_i, static_cast<std::uint64_t>(tile.seg));
    put(m.desc_experts_i, static_cast<std::uint64_t>(tile.experts));
    put(m.desc_expert_i, static_cast<std::uint64_t>(tile.expert));
    put(m.desc_keys_i, static_cast<std::uint64_t>(tile.keys));
    put(m.desc_gate_low_i, static_cast<std::uint64_t>(tile.gate_low));
  }

  void drive_pulses(const Script& script) {
    Model& m = model_;
    const auto soft = script.softmax.find(cycle_);
    put(m.soft_start_i, soft != script.softmax.end());
    if (soft != script.softmax.end()) {
      put(m.soft_ctx_i, static_cast<std::uint64_t>(soft->second.ctx));
      put(m.soft_score_buffer_i, static_cast<std::uint64_t>(soft->second.buffer));
      put(m.soft_half_i, static_cast<std::uint64_t>(soft->second.half));
      put(m.soft_keys_i, static_cast<std::uint64_t>(soft->second.keys));
    } else {
      put(m.soft_half_i, static_cast<std::uint64_t>(any(2)));
      put(m.soft_keys_i, static_cast<std::uint64_t>(1 + any(shape_.segment_rows)));
    }
    const auto gather = script.gathers.find(cycle_);
    put(m.gat_start_i, gather != script.gathers.end());
    if (gather != script.gathers.end()) {
      put(m.gat_expert_i, static_cast<std::uint64_t>(gather->second.expert));
      put(m.gat_index_i, static_cast<std::uint64_t>(gather->second.index));
      put(m.gat_rows_i, static_cast<std::uint64_t>(gather->second.rows));
      put(m.gat_half_i, static_cast<std::uint64_t>(gather->second.half));
      put(m.gat_words_i, static_cast<std::uint64_t>(gather->second.words));
    } else {
      put(m.gat_half_i, static_cast<std::uint64_t>(any(2)));
    }
    const auto cls = script.class_rows.find(cycle_);
    put(m.cls_start_i, cls != script.class_rows.end());
    if (cls != script.class_rows.end()) {
      put(m.cls_ctx_i, static_cast<std::uint64_t>(cls->second.ctx));
      put(m.cls_row_i, static_cast<std::uint64_t>(cls->second.row));
      put(m.cls_words_i, static_cast<std::uint64_t>(cls->second.words));
    } else {
      put(m.cls_ctx_i, static_cast<std::uint64_t>(any(8)));
    }
    const auto context = script.contexts.find(cycle_);
    put(m.ctx_valid_i, context != script.contexts.end());
    if (context != script.contexts.end()) {
      put(m.ctx_i, static_cast<std::uint64_t>(context->second.number));
      std::uint8_t bytes[program::kCommandBytes];
      program::encode_command(context->second.command, bytes);
      std::memcpy(&m.ctx_command_i[0], bytes, sizeof bytes);
    } else {
      scramble(m.ctx_command_i);
    }
  }

  void drive_norm(const Script& script) {
    Model& m = model_;
    const auto found = script.beats.find(cycle_);
    put(m.nrm_valid_i, found != script.beats.end());
    scramble(m.nrm_z8_i);
    scramble(m.nrm_lo_i);
    if (found == script.beats.end()) return;
    const NormBeat& beat = found->second;
    put(m.nrm_row_i, static_cast<std::uint64_t>(beat.row));
    put(m.nrm_beat_i, static_cast<std::uint64_t>(beat.beat));
    put(m.nrm_last_i, beat.last);
    put(m.nrm_scale_i, beat.scale);
    std::memcpy(&m.nrm_z8_i[0], beat.z8.data(), beat.z8.size());
    std::memcpy(&m.nrm_lo_i[0], beat.lo.data(), beat.lo.size());
  }

  /// Answers that are due, from requests of earlier cycles.
  void answer() {
    Model& m = model_;
    scramble(m.ring_data_i);
    scramble(m.prm_data_i);
    scramble(m.pix_data_i);
    scramble(m.pos_data_i);
    scramble(m.res_rdata_i);
    for (; !asked_.empty() && asked_.begin()->first <= cycle_; asked_.erase(asked_.begin()))
      asked_.begin()->second();
  }

  void ask() {
    Model& m = model_;
    if (m.ring_ren_o) {
      const auto slot = static_cast<std::size_t>(m.ring_slot_o);
      later(4, [this, slot] { std::memcpy(&model_.ring_data_i[0], &outside.tiles[slot], 256); });
    }
    if (m.prm_ren_o) {
      const auto slot = static_cast<std::size_t>(m.prm_slot_o);
      const int half = m.prm_half_o;
      later(3, [this, slot, half] {
        std::memcpy(&model_.prm_data_i[0], &outside.params[slot][half ? 128 : 0], 128);
      });
    }
    if (m.pix_ren_o) {
      const auto row = static_cast<std::size_t>(m.pix_row_o);
      const auto bank = static_cast<std::size_t>(m.pix_bank_o);
      const auto bytes = static_cast<std::size_t>(shape_.lanes) * 16;
      later(4, [this, row, bank, bytes] {
        std::memcpy(&model_.pix_data_i[0], &outside.pixels[row][bank * 16], bytes);
      });
    }
    if (m.pos_ren_o) {
      const auto row = static_cast<std::size_t>(m.pos_row_o);
      const auto quarter = static_cast<std::size_t>(m.pos_quarter_o);
      ASSERT_LT(row, outside.position.size());
      later(2, [this, row, quarter] {
        std::memcpy(&model_.pos_data_i[0], &outside.position[row][quarter * 64], 64);
      });
    }
    if (m.res_ren_o) {
      const auto row = static_cast<std::size_t>(m.res_rrow_o);
      const auto word = static_cast<std::size_t>(m.res_rword_o);
      const std::size_t rows = m.res_rpair_o ? 2 : 1;
      ASSERT_LE(row + rows, outside.residual.size());
      later(2, [this, row, word, rows] {
        for (std::size_t r = 0; r < rows; ++r) {
          for (std::size_t n = 0; n < 16; ++n)
            put_bits(model_.res_rdata_i, r * 384 + n * 24, 24,
                     outside.residual[row + r][word * 16 + n]);
        }
      });
    }
    if (m.que_ren_o) {
      const auto& queue = outside.queue[m.que_expert_o];
      const auto index = static_cast<std::size_t>(m.que_index_o);
      ASSERT_LT(index, queue.size());
      const auto entry = queue[index];
      later(2, [this, entry] {
        put(model_.que_row_i, static_cast<std::uint64_t>(entry.first));
        put(model_.que_score_i, entry.second);
      });
    }
  }

  template <typename Answer>
  void later(Cycle cycles, Answer answer) {
    asked_.emplace(cycle_ + cycles, answer);
  }

  void check(Script& script) {
    Model& m = model_;
    if (m.res_wen_o) {
      const auto row = static_cast<std::size_t>(m.res_wrow_o);
      const auto word = static_cast<std::size_t>(m.res_wword_o);
      const std::size_t rows = m.res_wpair_o ? 2 : 1;
      for (std::size_t n = 0; n < rows * 16; ++n)
        outside.residual.at(row + n / 16)[word * 16 + n % 16] =
            static_cast<std::int32_t>(get_signed(m.res_wdata_o, n * 24, 24));
    }
    for (std::size_t r = 0; r < static_cast<std::size_t>(shape_.drain_rows); ++r) {
      if ((m.trc_wr_valid_o >> r & 1u) != 0) {
        const int row = static_cast<int>(get_bits(m.trc_wr_row_o, r * 16, 16));
        written(script, Place{m.trc_wr_id_o, m.trc_wr_dst_o, row, m.trc_wr_word_o},
                m.trc_wr_data_o, r * 384, m.res_wen_o ? 24 : 8, true);
      }
      if ((m.trc_hid_valid_o >> r & 1u) != 0) {
        const int hidden = static_cast<int>(program::Buffer::kHidden) +
                           (m.trc_hid_experts_o ? 16 * (m.trc_hid_half_o + 1) : 0);
        const int row = static_cast<int>(get_bits(m.trc_hid_row_o, r * 16, 16));
        written(script, Place{m.trc_hid_id_o, hidden, row, m.trc_hid_word_o}, m.trc_hid_data_o,
                r * 128, 8, false);
      }
    }
    if (m.trc_lgt_valid_o) {
      ASSERT_TRUE(m.lgt_valid_o);
      ASSERT_EQ(m.lgt_row_o, m.trc_lgt_row_o);
      written(script,
              Place{m.trc_lgt_id_o, static_cast<int>(program::Buffer::kLogits), m.trc_lgt_row_o,
                    m.trc_lgt_word_o},
              m.trc_lgt_data_o, 0, 32, true);
    }
  }

  template <typename Port>
  void written(Script& script, const Place& place, const Port& data, std::size_t offset, int width,
               bool is_signed) {
    const auto name = [&] {
      return "cycle " + std::to_string(cycle_) + ": command " + std::to_string(std::get<0>(place)) +
             ", buffer " + std::to_string(std::get<1>(place)) + ", row " +
             std::to_string(std::get<2>(place)) + ", word " + std::to_string(std::get<3>(place));
    };
    const auto found = script.expected.find(place);
    ASSERT_NE(found, script.expected.end()) << name() << " is not to be written";
    Expectation& e = found->second.front();
    ASSERT_LT(cycle_, e.deadline) << name() << " is written late";
    if (--e.writes > 0) return;
    for (std::size_t n = 0; n < 16; ++n) {
      const std::size_t at = offset + n * static_cast<std::size_t>(width);
      const std::int64_t value = is_signed ? get_signed(data, at, width)
                                           : static_cast<std::int64_t>(get_bits(data, at, width));
      ASSERT_EQ(value, e.value[n]) << name() << ", value " << n;
    }
    found->second.pop_front();
    if (found->second.empty()) script.expected.erase(found);
  }

  DatapathShape shape_;
  std::mt19937 random_;
  VerilatedContext context_;
  Model model_{&context_};
  Cycle cycle_ = 0;
  std::multimap<Cycle, std::function<void()>> asked_;
};

}  // namespace edgemoe::rtl
