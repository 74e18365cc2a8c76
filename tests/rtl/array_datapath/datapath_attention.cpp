// SPDX-License-Identifier: Apache-2.0
// ATTENTION in the cycles of sim/units/attention_run.cpp.
#include <algorithm>

#include "hls/kernels/attention.hpp"
#include "sim/units/timing.hpp"
#include "tests/rtl/array_datapath/datapath_author.hpp"

namespace edgemoe::rtl {

using program::Buffer;
namespace timing = sim::timing;

void Author::attention() {
  program::Command c = start(program::Opcode::kAttention, {Buffer::kQkv});
  const int dh = model_.dim / model_.heads;
  c.heads = static_cast<std::uint8_t>(model_.heads);
  c.head_dim = static_cast<std::uint16_t>(dh);
  c.score_mult = static_cast<std::uint16_t>(pick(1, 65535));
  c.score_shift = shift(12, 24);
  c.out_mult = static_cast<std::uint16_t>(pick(1, 65535));
  hls::attention(hls::AttentionJob{row_set(), c.heads, dh, c.score_mult, c.score_shift, c.out_mult,
                                   c.requant.r1, c.requant.r2},
                 *tokens_, counters_);
  announce(c);
  softmax_free_ = 0;
  softmax_next_ = 0;
  const int groups = (model_.tokens + shape_.lanes - 1) / shape_.lanes;
  const int count = model_.segments * groups * model_.heads;
  const int ahead = shape_.score_groups - 1;
  std::vector<Pair> pairs(static_cast<std::size_t>(count));
  for (int step = 0; step < count + ahead; ++step) {
    if (step < count) scores(step, pairs);
    if (step >= ahead) values(step - ahead, pairs);
  }
}

namespace {

struct PairPlace {
  int segment, first, head;
};

PairPlace place_of(int pair, int heads, int groups, int lanes) {
  const int group = pair / heads;
  return PairPlace{group / groups, group % groups * lanes, pair % heads};
}

}  // namespace

void Author::scores(int p, std::vector<Pair>& pairs) {
  const int words = model_.dim / model_.heads / 16;
  const int key_blocks = (model_.tokens + 15) / 16;
  const int drain = shape_.lanes / (2 * shape_.softmax_tokens);
  const auto score_block = static_cast<Cycle>(std::max(words, drain));
  const int groups = (model_.tokens + shape_.lanes - 1) / shape_.lanes;
  if (p >= shape_.score_groups) {
    softmax_up_to(p - shape_.score_groups, pairs);
    now_ = std::max(now_, pairs[static_cast<std::size_t>(p - shape_.score_groups)].softmax_read +
                              timing::kBuffer);
  }
  if (drain_ready_ > 2 * score_block) now_ = std::max(now_, drain_ready_ - 2 * score_block);
  const PairPlace at = place_of(p, model_.heads, groups, shape_.lanes);
  for (int kb = 0; kb < key_blocks; ++kb) {
    for (int k = 0; k < words; ++k) {
      Tile t;
      t.scores = true;
      t.first = k == 0;
      t.last = k + 1 == words;
      t.src = kQuery;
      t.row = at.segment * shape_.segment_rows + at.first;
      t.k = t.kv_word = at.head * words + k;
      t.wsrc = 1;
      t.kv_seg = at.segment;
      t.kv_group = t.word = kb;
      t.dst = kScores;
      t.ctx = context_;
      t.score_buffer = p % shape_.score_groups;
      t.keys = model_.tokens;
      t.rows = std::min(shape_.lanes, model_.tokens - at.first);
      script.tiles[now_ + static_cast<Cycle>(kb) * score_block + static_cast<Cycle>(k)] = t;
    }
  }
  now_ += static_cast<Cycle>(key_blocks) * score_block;
  pairs[static_cast<std::size_t>(p)].scores_written =
      now_ + timing::kArrayPipeline + static_cast<Cycle>(drain) + timing::kScoreWrite;
}

void Author::softmax_up_to(int p, std::vector<Pair>& pairs) {
  const int key_blocks = (model_.tokens + 15) / 16;
  const int least = shape_.drain_rows > 1 ? shape_.lanes : 1;  // a reciprocal a cycle
  const auto cycles = static_cast<Cycle>(
      std::max(key_blocks * shape_.lanes / shape_.softmax_tokens, least));
  for (; softmax_next_ <= p; ++softmax_next_) {
    Pair& pair = pairs[static_cast<std::size_t>(softmax_next_)];
    Cycle begin = std::max(softmax_free_, pair.scores_written + timing::kBuffer);
    if (softmax_next_ >= 2) {
      begin = std::max(
          begin, pairs[static_cast<std::size_t>(softmax_next_ - 2)].pv_issued + timing::kBuffer);
    }
    script.softmax[begin] =
        Softmax{context_, softmax_next_ % shape_.score_groups, softmax_next_ % 2, model_.tokens};
    softmax_free_ = pair.softmax_read = begin + cycles;
    pair.softmax_done = pair.softmax_read + timing::kSoftmaxPipeline;
  }
}

void Author::values(int p, std::vector<Pair>& pairs) {
  softmax_up_to(p, pairs);
  Pair& pair = pairs[static_cast<std::size_t>(p)];
  now_ = std::max(now_, pair.softmax_done + timing::kBuffer);
  const int words = model_.dim / model_.heads / 16;
  const int groups = (model_.tokens + shape_.lanes - 1) / shape_.lanes;
  const PairPlace at = place_of(p, model_.heads, groups, shape_.lanes);
  for (int n = 0; n < words; ++n) {
    Tile t;
    t.src = kExponentials;
    t.half = t.dst_half = p % 2;
    t.wsrc = 2;
    t.kv_seg = t.seg = at.segment;
    t.kv_word = t.word = at.head * words + n;
    t.dst = kAttentionOut;
    t.dst_row = at.segment * shape_.segment_rows + at.first;
    t.rows = std::min(shape_.lanes, model_.tokens - at.first);
    const Cycle end = block(nullptr, 0, (model_.tokens + 15) / 16, t);
    for (int row = t.dst_row; row < t.dst_row + t.rows; ++row) {
      expect(Buffer::kAttentionOut, row, t.word, &tokens_->attention_out[row][t.word * 16], end);
    }
    written(Buffer::kAttentionOut, end);
  }
  pair.pv_issued = now_;
}

}  // namespace edgemoe::rtl
