// SPDX-License-Identifier: Apache-2.0
/// What the array's control would say to its datapath, cycle by cycle, and what must come of it.
///
/// Script:      micro-commands by cycle; filled by `Author` (datapath_author.hpp), played by
/// `Player`. Expectation: the final values of a word of a buffer under a command's id, after
/// `writes` writes,
///              the last of them presented before `deadline` (sim/units' "written").
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "hls/program/command.hpp"

namespace edgemoe::rtl {

/// Parameters of the verilated datapath.
struct DatapathShape {
  int lanes = 8;
  int segment_rows = 136;
  int segments = 2;
  int max_dim = 192;
  int max_hidden = 768;
  int experts = 16;
  int score_groups = 3;
  int softmax_tokens = 2;
  int norm_lanes = 32;
  int drain_rows = 1;
  int rows() const { return segments * segment_rows; }
};

enum Source { kPixels, kZ8, kLow, kAttention, kHidden, kStaging, kQuery, kExponentials };
enum Target { kResidual, kEmbed, kQkv, kAttentionOut, kHiddenRows, kLogits, kScores };

struct Tile {
  bool first = false, last = false, shift = false, scores = false;
  int src = 0, row = 0, half = 0, hid = 0, k = 0, pix_row = 0, pix_bank = 0;
  int wsrc = 0, slot = 0, kv_seg = 0, kv_group = 0, kv_word = 0;
  // its block
  int ctx = 0, matrix = 0, dst = 0, dst_row = 0, dst_half = 0, staging = 0, score_buffer = 0;
  int dst_hid = 0, word = 0, rows = 0, param_slot = 0, param_half = 0, seg = 0, experts = 0;
  int expert = 0, keys = 0, gate_low = 0;
};

struct Softmax {
  int ctx, buffer, half, keys;
};

struct Gather {
  int expert, index, rows, half, words;
};

struct ClassRow {
  int ctx, row, words;
};

struct Context {
  int number;
  program::Command command;
};

/// A beat of the norm unit.
struct NormBeat {
  int row, beat;
  bool last;
  std::uint32_t scale;
  std::vector<std::int8_t> z8, lo;
};

using Cycle = std::uint64_t;

struct Expectation {
  std::array<std::int64_t, 16> value{};
  int writes = 0;
  Cycle deadline = 0;
};

/// command id, program::Buffer (hidden of EXPERTS: + 16 * (half + 1)), row, word
using Place = std::tuple<int, int, int, int>;

struct Script {
  std::map<Cycle, Tile> tiles;
  std::map<Cycle, Softmax> softmax;
  std::map<Cycle, Gather> gathers;
  std::map<Cycle, ClassRow> class_rows;
  std::map<Cycle, Context> contexts;
  std::map<Cycle, NormBeat> beats;
  std::map<Place, std::deque<Expectation>> expected;  ///< of a place: one after another
  Cycle end = 0;                                      ///< everything is written
};

/// What lies in the memories outside.
struct Outside {
  static constexpr int kTileRing = 6144;
  static constexpr int kParamRing = 512;
  static constexpr int kPixelRows = 384;
  static constexpr int kPositionRows = 388;
  using Row = std::array<std::uint8_t, 256>;
  std::vector<Row> tiles = std::vector<Row>(kTileRing);
  std::vector<Row> params = std::vector<Row>(kParamRing);
  std::vector<Row> pixels = std::vector<Row>(kPixelRows);
  std::vector<Row> position = std::vector<Row>(kPositionRows);
  std::vector<std::array<std::int32_t, 192>> residual;            // by hardware row
  std::vector<std::vector<std::pair<int, std::uint32_t>>> queue;  // row, score
};

}  // namespace edgemoe::rtl
