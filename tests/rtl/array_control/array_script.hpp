// SPDX-License-Identifier: Apache-2.0
/// What the array must do for a command, told from the program and the kernels' meaning: every
/// block with its tiles, in order; and, with the cycles in which the engine issued them, what
/// follows from these: pulses, events, rows read for the last time.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "tests/rtl/array_control/engine_record.hpp"

namespace edgemoe::test {

/// Parameters of the verilated module.
struct ArrayShape {
  int token_lanes = 8;
  int tile_ring = 6144;
  int param_ring = 512;
  int segment_rows = 136;
  int segments = 2;
  int max_hidden = 768;
  int experts = 16;
  int score_groups = 3;
  int softmax_tokens = 2;
  int drain_rows = 1;
};

struct Tile {
  int offset = 0;  ///< cycles after the block's first
  bool first = false, last = false, shift = false;
  int src = 0, row = 0, half = 0, hid = 0, k = 0;
  int pixel = 0;  ///< word of 16 bytes
  int wsrc = 0, slot = 0, kv_seg = 0, kv_group = 0, kv_word = 0;
  int key_block = 0;  ///< scores
};

struct Descriptor {
  int matrix = 0, dst = 0, row = 0, half = 0, staging = 0, score_buffer = 0, hid = 0, word = 0;
  int rows = 0, param = 0, param_half = 0, seg = 0, expert = 0, keys = 0;
  bool gate_low = false;
};

struct ScriptBlock {
  bool scores = false;
  int cycles = 0;
  std::vector<Tile> tiles;
  Descriptor desc;
  // what its end means
  bool gelu = false;               ///< results pass GELU
  int consumed_tiles = 0;          ///< last use
  const RecordedEntry* entry = nullptr;
  bool params_through = false;
  bool group_end = false;          ///< counts for a per-group signal
  bool command_end = false;
  bool class_follows = false;      ///< last block of an embedding
  int pair = -1;                   ///< attention: scores of, or last values block of
  bool values = false, first_values = false;
  int gather_job = -1;             ///< last block of a gathered group
  int gather_rows = 0, gather_expert = 0, gather_index = 0;
};

/// The blocks of one command of the array, in the order in which they are issued.
std::vector<ScriptBlock> script_of(const program::Command& command, const EngineRecord& record,
                                   const ArrayShape& shape);

}  // namespace edgemoe::test
