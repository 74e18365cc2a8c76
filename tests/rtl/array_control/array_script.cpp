// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/array_control/array_script.hpp"

#include <algorithm>

namespace edgemoe::test {

using program::Command;
using program::Opcode;

namespace {

enum Source { kPixels, kZ8, kLo, kAttentionOut, kHidden, kStaging, kQuery, kExponentials };
enum Sink { kResidual, kEmbed, kQkv, kToAttentionOut, kToHidden, kLogits, kScores };

int ceil_div(int a, int b) { return (a + b - 1) / b; }

struct Group {
  int seg, row, rows, number;
};

class Script {
 public:
  Script(const Command& c, const EngineRecord& record, const ArrayShape& shape)
      : c_(c), record_(record), s_(shape), lanes_(shape.token_lanes) {}

  std::vector<ScriptBlock> run() {
    switch (c_.opcode) {
      case Opcode::kAttention:
        attention();
        break;
      case Opcode::kExperts:
        experts();
        break;
      default:
        matrix();
        break;
    }
    blocks_.back().command_end = c_.opcode != Opcode::kEmbed;
    return blocks_;
  }

 private:
  std::vector<Group> groups(int tokens, int segments) const {
    std::vector<Group> all;
    for (int seg = 0; seg < segments; ++seg) {
      for (int row = 0; row < tokens; row += lanes_)
        all.push_back({seg, row, std::min(lanes_, tokens - row), static_cast<int>(all.size())});
    }
    return all;
  }

  int hardware_row(const Group& g) const { return g.seg * s_.segment_rows + g.row; }

  /// Tiles of out block n of the entry's matrix, `turns` times.
  void ring_tiles(ScriptBlock* b, const RecordedEntry& e, int n, int tiles, int turns) const {
    for (int t = 0; t < turns; ++t) {
      for (int k = 0; k < tiles; ++k) {
        Tile tile;
        tile.offset = t * tiles + k;
        tile.first = tile.offset == 0;
        tile.last = tile.offset + 1 == turns * tiles;
        tile.shift = t > 0 && k == 0;
        tile.k = k;
        tile.slot = static_cast<int>((e.tile_count0 + static_cast<std::uint64_t>(n * tiles + k)) %
                                     static_cast<std::uint64_t>(s_.tile_ring));
        b->tiles.push_back(tile);
      }
    }
    b->cycles = turns * tiles;
    b->entry = &e;
  }

  void parameters(ScriptBlock* b, const RecordedEntry& e, int n) const {
    const auto channel = static_cast<std::uint64_t>(n) * 16;
    b->desc.param = static_cast<int>((e.param_count0 + channel / 32) %
                                     static_cast<std::uint64_t>(s_.param_ring));
    b->desc.param_half = channel % 32 != 0;
  }

  Source source() const {
    if (c_.opcode == Opcode::kEmbed) return kPixels;
    if (c_.src == program::Buffer::kNormOut) return kZ8;
    return c_.src == program::Buffer::kHidden ? kHidden : kAttentionOut;
  }
  Sink sink() const {
    if (c_.opcode == Opcode::kEmbed) return kEmbed;
    if (c_.opcode == Opcode::kGate) return kLogits;
    if (c_.post == program::Post::kInt8) return kQkv;
    return c_.post == program::Post::kGelu ? kToHidden : kResidual;
  }

  /// Word k of a group of patches: [band][plane][line][column] of 16 bytes.
  int pixel(const Group& g, int k) const {
    const int columns = c_.image_width / 16;
    const int band = g.row / columns, column = g.row % columns;
    return ((band * 3 + k / 16) * 16 + k % 16) * columns + column;
  }

  void matrix_block(const RecordedEntry& e, const Group& g, int n) {
    const bool gate = c_.opcode == Opcode::kGate;
    ScriptBlock b;
    ring_tiles(&b, e, n, c_.in_dim / 16, gate ? 2 : 1);
    for (Tile& t : b.tiles) {
      t.src = gate ? (t.offset < c_.in_dim / 16 ? kZ8 : kLo) : source();
      t.row = hardware_row(g);
      t.hid = hardware_row(g) / lanes_ * (c_.in_dim / 16);
      if (c_.opcode == Opcode::kEmbed) t.pixel = pixel(g, t.k);
    }
    b.desc.dst = sink();
    b.desc.row = hardware_row(g);
    b.desc.rows = g.rows;
    b.desc.seg = g.seg;
    b.desc.word = gate ? 0 : n;
    b.desc.hid = hardware_row(g) / lanes_ * (c_.out_dim / 16);
    b.desc.gate_low = gate && n == 1;
    parameters(&b, e, gate ? 0 : n);
    b.gelu = b.desc.dst == kToHidden;
    blocks_.push_back(b);
  }

  void matrix() {
    const bool gate = c_.opcode == Opcode::kGate;
    const RecordedEntry& e = record_.weights.at(c_.tag);
    std::vector<Group> all = groups(c_.tokens, c_.opcode == Opcode::kLinear ? c_.segments : 1);
    if (gate) {
      for (Group& g : all) g.seg = c_.task_slot;
    }
    const int blocks = gate ? 2 : c_.out_dim / 16;
    const bool token_outer = gate || c_.order == program::LoopOrder::kTokenOuter;
    const int outer = token_outer ? static_cast<int>(all.size()) : blocks;
    const int inner = token_outer ? blocks : static_cast<int>(all.size());
    for (int i = 0; i < outer; ++i) {
      for (int j = 0; j < inner; ++j) {
        const int n = token_outer ? j : i;
        const Group& g = all[static_cast<std::size_t>(token_outer ? i : j)];
        matrix_block(e, g, n);
        if (g.number + 1 == static_cast<int>(all.size()))
          blocks_.back().consumed_tiles = c_.in_dim / 16;
        blocks_.back().group_end = n + 1 == blocks;
      }
    }
    blocks_.back().class_follows = c_.opcode == Opcode::kEmbed;
    blocks_.back().params_through = true;
  }

  // ATTENTION
  struct Pair {
    Group group;
    int head, number;
  };

  void scores(const Pair& p) {
    const int words = c_.head_dim / 16, keys = ceil_div(c_.tokens, 16);
    const int length = std::max(words, ceil_div(lanes_, 2 * s_.softmax_tokens));
    ScriptBlock b;
    b.scores = true;
    b.pair = p.number;
    b.cycles = keys * length;
    for (int kb = 0; kb < keys; ++kb) {
      for (int k = 0; k < words; ++k) {
        Tile t;
        t.offset = kb * length + k;
        t.first = k == 0;
        t.last = k + 1 == words;
        t.src = kQuery;
        t.row = hardware_row(p.group);
        t.k = p.head * words + k;
        t.wsrc = 1;
        t.kv_seg = p.group.seg;
        t.kv_group = t.key_block = kb;
        t.kv_word = t.k;
        b.tiles.push_back(t);
      }
    }
    b.desc.dst = kScores;
    b.desc.score_buffer = p.number % s_.score_groups;
    b.desc.row = hardware_row(p.group);
    b.desc.rows = p.group.rows;
    b.desc.keys = c_.tokens;
    blocks_.push_back(b);
  }

  void values(const Pair& p, bool last_pair) {
    const int words = c_.head_dim / 16, keys = ceil_div(c_.tokens, 16);
    for (int n = 0; n < words; ++n) {
      ScriptBlock b;
      b.values = true;
      b.first_values = n == 0;
      b.pair = n + 1 == words ? p.number : -1;
      b.cycles = keys;
      for (int k = 0; k < keys; ++k) {
        Tile t;
        t.offset = t.k = t.kv_group = k;
        t.first = k == 0;
        t.last = k + 1 == keys;
        t.src = kExponentials;
        t.row = hardware_row(p.group);
        t.half = p.number % 2;
        t.wsrc = 2;
        t.kv_seg = p.group.seg;
        t.kv_word = p.head * words + n;
        b.tiles.push_back(t);
      }
      b.desc.dst = kToAttentionOut;
      b.desc.row = hardware_row(p.group);
      b.desc.rows = p.group.rows;
      b.desc.seg = p.group.seg;
      b.desc.half = p.number % 2;
      b.desc.word = p.head * words + n;
      b.group_end = n + 1 == words && p.head + 1 == c_.heads;
      b.command_end = n + 1 == words && last_pair;
      blocks_.push_back(b);
    }
  }

  void attention() {
    std::vector<Pair> pairs;
    for (const Group& g : groups(c_.tokens, c_.segments)) {
      for (int head = 0; head < c_.heads; ++head)
        pairs.push_back({g, head, static_cast<int>(pairs.size())});
    }
    const std::size_t ahead = static_cast<std::size_t>(s_.score_groups) - 1;
    for (std::size_t step = 0; step < pairs.size() + ahead; ++step) {
      if (step < pairs.size()) scores(pairs[step]);
      if (step >= ahead) values(pairs[step - ahead], step + 1 == pairs.size() + ahead);
    }
  }

  // EXPERTS
  void expert_block(std::size_t place, int matrix, const Group& g, int n) {
    const RecordedBlock& block = *moe_;
    const int expert = block.execution[place];
    const int in = (matrix == 0 ? c_.in_dim : c_.hidden_dim) / 16;
    const RecordedEntry& e = record_.experts.at({c_.tag, expert, matrix});
    const int half = interleave_ ? static_cast<int>(place % 2) : 0;
    ScriptBlock b;
    ring_tiles(&b, e, n, in, 1);
    for (Tile& t : b.tiles) {
      t.src = matrix == 0 ? kStaging : kHidden;
      t.row = g.row;
      t.half = matrix == 0 ? job_ % 2 : half;
      t.hid = g.number * (c_.hidden_dim / 16);
    }
    b.desc.matrix = matrix;
    b.desc.dst = matrix == 0 ? kToHidden : kResidual;
    b.desc.row = g.row;
    b.desc.rows = g.rows;
    b.desc.half = half;
    b.desc.staging = job_ % 2;
    b.desc.hid = g.number * (c_.hidden_dim / 16);
    b.desc.word = n;
    b.desc.expert = expert;
    parameters(&b, e, n);
    b.gelu = matrix == 0;
    blocks_.push_back(b);
  }

  std::vector<Group> queue(std::size_t place) const {
    const int expert = moe_->execution[place];
    return groups(static_cast<int>(moe_->lengths[static_cast<std::size_t>(expert)]), 1);
  }

  void first_matrix(std::size_t place) {
    const std::vector<Group> all = queue(place);
    const int blocks = c_.hidden_dim / 16;
    for (const Group& g : all) {
      for (int n = 0; n < blocks; ++n) {
        expert_block(place, 0, g, n);
        if (g.number + 1 == static_cast<int>(all.size()))
          blocks_.back().consumed_tiles = c_.in_dim / 16;
      }
      ScriptBlock& last = blocks_.back();
      last.gather_job = job_++;
      last.gather_rows = g.rows;
      last.gather_expert = moe_->execution[place];
      last.gather_index = g.row;
    }
    blocks_.back().params_through = true;
  }

  void second_matrix(std::size_t place) {
    const std::vector<Group> all = queue(place);
    for (int n = 0; n < c_.in_dim / 16; ++n) {
      for (const Group& g : all) expert_block(place, 1, g, n);
      blocks_.back().consumed_tiles = c_.hidden_dim / 16;
    }
    blocks_.back().params_through = true;
  }

  void experts() {
    const auto found = std::find_if(record_.blocks.begin(), record_.blocks.end(),
                                    [&](const RecordedBlock& b) { return b.tag == c_.tag; });
    moe_ = &*found;
    const int longest = ceil_div(c_.tokens * c_.segments, lanes_) * lanes_;
    interleave_ = 2 * longest * c_.hidden_dim <= s_.segments * s_.segment_rows * s_.max_hidden;
    const std::size_t count = moe_->execution.size();
    if (interleave_ && count > 0) first_matrix(0);
    for (std::size_t e = 0; e < count; ++e) {
      if (!interleave_) first_matrix(e);
      if (interleave_ && e + 1 < count) first_matrix(e + 1);
      second_matrix(e);
    }
    if (count == 0) blocks_.push_back({});  // ends without a block
    blocks_.back().group_end = true;
  }

  const Command& c_;
  const EngineRecord& record_;
  const ArrayShape& s_;
  int lanes_;
  std::vector<ScriptBlock> blocks_;
  const RecordedBlock* moe_ = nullptr;
  bool interleave_ = false;
  int job_ = 0;
};

}  // namespace

std::vector<ScriptBlock> script_of(const Command& command, const EngineRecord& record,
                                   const ArrayShape& shape) {
  return Script(command, record, shape).run();
}

}  // namespace edgemoe::test
