// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/attention.hpp"

#include "hls/kernels/softmax.hpp"
#include "hls/kernels/spill.hpp"

namespace edgemoe {
namespace hls {
namespace {

/// Columns of one head in a qkv row; of streamed keys and values in a row of `keys`.
struct HeadColumns {
  int query;
  int key;
  int value;
};

template <typename Format, typename Limits>
void read_queries(const AttentionJob& job, const TokenMemory<Format, Limits>& tokens,
                  const RowGroup& group, int column, typename Format::Operands* queries) {
QueryBlocks:
  for (int b = 0; b < ceil_div(job.head_dim, kInLanes); ++b) {
    // Trip count: holds because hls/top bounds head_dim by Limits::kHeadDim
#pragma HLS loop_tripcount min = 1 max = 8
  QueryLanes:
    for (int t = 0; t < group.lanes; ++t) {
      for (int i = 0; i < kInLanes; ++i) {
        const int dim = b * kInLanes + i;
        const bool inside = dim < job.head_dim;
        queries[b].value[t][i] =
            inside ? tokens.qkv[group.first_row + t][column + dim] : typename Format::Signed(0);
      }
    }
  }
}

template <typename Format, typename Limits>
typename Format::Signed key_value(const AttentionJob& job,
                                  const TokenMemory<Format, Limits>& tokens, int row, int column) {
#pragma HLS inline
  return streamed(job) ? tokens.keys[row][column] : tokens.qkv[row][column];
}

/// 16 keys x 16 dims from the rows of K or V. `keys_are_outputs`: a K tile (in = dim, out = key),
/// else a V tile.
struct KeyTile {
  int first_row;  ///< of the segment
  int key_block;
  int dim_block;
  int column;
};

template <typename Format, typename Limits>
void read_key_tile(const AttentionJob& job, const TokenMemory<Format, Limits>& tokens,
                   const KeyTile& at, typename Format::Weights& tile) {
#pragma HLS inline
  using Signed = typename Format::Signed;
KeyTileRows:
  for (int k = 0; k < kOutLanes; ++k) {
#pragma HLS unroll
    const int key = at.key_block * kOutLanes + k;
    for (int i = 0; i < kInLanes; ++i) {
#pragma HLS unroll
      const int dim = at.dim_block * kInLanes + i;
      const bool inside = key < keys_of(job) && dim < job.head_dim;
      tile.set(i, k,
               inside ? key_value(job, tokens, at.first_row + key, at.column + dim) : Signed(0));
    }
  }
}

template <typename Format, typename Limits>
void read_value_tile(const AttentionJob& job, const TokenMemory<Format, Limits>& tokens,
                     const KeyTile& at, typename Format::Weights& tile) {
#pragma HLS inline
  using Signed = typename Format::Signed;
ValueTileRows:
  for (int k = 0; k < kInLanes; ++k) {
#pragma HLS unroll
    const int key = at.key_block * kInLanes + k;
    for (int j = 0; j < kOutLanes; ++j) {
#pragma HLS unroll
      const int dim = at.dim_block * kOutLanes + j;
      const bool inside = key < keys_of(job) && dim < job.head_dim;
      tile.set(k, j,
               inside ? key_value(job, tokens, at.first_row + key, at.column + dim) : Signed(0));
    }
  }
}

/// K and V of a head as weights, once for all of its query groups.
template <typename Format, typename Limits>
void fill_tiles(const AttentionJob& job, int segment_row, const HeadColumns& columns,
                TokenMemory<Format, Limits>& tokens) {
TileKeys:
  for (int kb = 0; kb < ceil_div(keys_of(job), kOutLanes); ++kb) {
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 9
  TileDims:
    for (int db = 0; db < ceil_div(job.head_dim, kInLanes); ++db) {
#pragma HLS pipeline II = 1
      // Trip count: holds because hls/top bounds head_dim by Limits::kHeadDim
#pragma HLS loop_tripcount min = 1 max = 8
      read_key_tile(job, tokens, KeyTile{segment_row, kb, db, columns.key},
                    tokens.key_tiles[kb][db]);
      read_value_tile(job, tokens, KeyTile{segment_row, kb, db, columns.value},
                      tokens.value_tiles[kb][db]);
    }
  }
}

/// Scores of 16 keys leave the array: kept raw, their maximum taken on the way.
template <typename Format, typename Limits>
void drain_scores(const AttentionJob& job, int key_block, int lanes,
                  const typename Format::Sums& sums, ScoreBuffer<Format, Limits>& scores,
                  Counters& counters) {
DrainLanes:
  for (int t = 0; t < lanes; ++t) {
#pragma HLS pipeline II = 1
    for (int k = 0; k < kOutLanes; ++k) {
#pragma HLS unroll
      const int key = key_block * kOutLanes + k;
      if (key < keys_of(job)) {
        const typename Format::Score score = score_of(job, sums.value[t][k], counters, Format());
        scores.score[t][key] = score;
        if (key == 0 || score > scores.maximum[t]) scores.maximum[t] = score;
      }
    }
  }
}

template <typename Format, typename Limits>
void score_group(const AttentionJob& job, const TokenMemory<Format, Limits>& tokens,
                 const RowGroup& group, const HeadColumns& columns,
                 ScoreBuffer<Format, Limits>& scores, Counters& counters) {
  typename Format::Operands queries[Limits::kHeadDim / kInLanes];
  read_queries(job, tokens, group, columns.query, queries);
KeyBlocks:
  for (int kb = 0; kb < ceil_div(keys_of(job), kOutLanes); ++kb) {
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 9
    typename Format::Sums sums;
    clear(sums);
  KeyDims:
    for (int db = 0; db < ceil_div(job.head_dim, kInLanes); ++db) {
#pragma HLS pipeline II = 1
      // Trip count: holds because hls/top bounds head_dim by Limits::kHeadDim
#pragma HLS loop_tripcount min = 1 max = 8
      tile_product(queries[db], tokens.key_tiles[kb][db], group.lanes, sums);
    }
    drain_scores<Format>(job, kb, group.lanes, sums, scores, counters);
  }
}

/// e_k and L of every query of the group.
template <typename Format, typename Limits>
void exponentiate_group(const AttentionJob& job, int lanes, ScoreBuffer<Format, Limits>& scores) {
ExponentialLanes:
  for (int t = 0; t < lanes; ++t) exponentiate(job, t, scores);
}

template <typename Format, typename Limits>
void read_exponentials(int tokens, int key_block, int lanes,
                       const ScoreBuffer<Format, Limits>& scores,
                       typename Format::Operands& operand) {
#pragma HLS inline
  using Exponential = typename Format::Exponential;
ExponentialTile:
  for (int t = 0; t < kTokenLanes; ++t) {
#pragma HLS unroll
    for (int k = 0; k < kInLanes; ++k) {
#pragma HLS unroll
      const int key = key_block * kInLanes + k;
      const bool inside = t < lanes && key < tokens;
      operand.value[t][k] = inside ? scores.exponential[t][key] : Exponential(0);
    }
  }
}

template <typename Format, typename Limits>
void value_group(const AttentionJob& job, const TokenMemory<Format, Limits>& tokens, int lanes,
                 const ScoreBuffer<Format, Limits>& scores, typename Format::Sums* sums) {
  const int dim_blocks = ceil_div(job.head_dim, kOutLanes);
ClearSums:
  for (int db = 0; db < dim_blocks; ++db) clear(sums[db]);
ValueBlocks:
  for (int kb = 0; kb < ceil_div(keys_of(job), kInLanes); ++kb) {
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 9
    typename Format::Operands operand;
    read_exponentials(keys_of(job), kb, lanes, scores, operand);
  ValueDims:
    for (int db = 0; db < dim_blocks; ++db) {
#pragma HLS pipeline II = 1
      // Trip count: holds because hls/top bounds head_dim by Limits::kHeadDim
#pragma HLS loop_tripcount min = 1 max = 8
      tile_product(operand, tokens.value_tiles[kb][db], lanes, sums[db]);
    }
  }
}

/// Divides by the sum of exponentials and rescales.
template <typename Format, typename Limits>
void finish_queries(const AttentionJob& job, const RowGroup& group, int column,
                    const ScoreBuffer<Format, Limits>& scores, const typename Format::Sums* sums,
                    TokenMemory<Format, Limits>& tokens, Counters& counters) {
FinishLanes:
  for (int t = 0; t < group.lanes; ++t) {
    const Divider divider = divider_of(scores.total[t], Format());
  FinishDims:
    for (int j = 0; j < job.head_dim; ++j) {
#pragma HLS pipeline II = 1
      // Trip count: holds because hls/top bounds head_dim by Limits::kHeadDim
#pragma HLS loop_tripcount min = 1 max = 128
      const Value<Format::kSumBits> acc = sums[j / kOutLanes].value[t][j % kOutLanes];
      tokens.attention_out[group.first_row + t][column + j] =
          divide_sum(job, acc, divider, counters, Format());
    }
  }
}

}  // namespace

template <typename Format, typename Limits>
void attention(const AttentionJob& job, TokenMemory<Format, Limits>& tokens, Counters& counters,
               MemoryPort memory) {
#pragma HLS inline off
  // QK and PV take turns on one multiply array.
#pragma HLS allocation function instances = tile_product_packed limit = 1
  const int width = job.heads * job.head_dim;
  ScoreBuffer<Format, Limits> scores;
  // A lane a bank, 16 keys of a lane at once: a tile of scores in, a tile of exponentials out.
#pragma HLS array_partition variable = scores.score complete dim = 1
#pragma HLS array_partition variable = scores.score cyclic factor = 16 dim = 2
#pragma HLS array_partition variable = scores.exponential complete dim = 1
#pragma HLS array_partition variable = scores.exponential cyclic factor = 16 dim = 2
Segments:
  for (int segment = 0; segment < job.rows.segments; ++segment) {
  Heads:
    for (int head = 0; head < job.heads; ++head) {
      const int column = head * job.head_dim;
      const HeadColumns columns{column, streamed(job) ? 0 : width + column,
                                streamed(job) ? Limits::kHeadDim : 2 * width + column};
      if (streamed(job)) {
        load_head(memory, KeyValueRef{job.stream, keys_of(job), job.heads, job.head_dim}, head,
                  tokens);
      }
      fill_tiles(job, streamed(job) ? 0 : row_of(job.rows, segment, 0), columns, tokens);
    QueryGroups:
      for (int g = 0; g < ceil_div(job.rows.tokens, kTokenLanes); ++g) {
        // Trip count: typical: 129 tokens
#pragma HLS loop_tripcount min = 1 max = 17
        const RowGroup group = group_of(job.rows, segment, g, kTokenLanes);
        typename Format::Sums sums[Limits::kHeadDim / kOutLanes];
        score_group(job, tokens, group, columns, scores, counters);
        exponentiate_group(job, group.lanes, scores);
        value_group(job, tokens, group.lanes, scores, sums);
        finish_queries(job, group, column, scores, sums, tokens, counters);
      }
    }
  }
  counters.macs += 2 * static_cast<std::uint64_t>(job.rows.tokens) *
                   static_cast<std::uint64_t>(keys_of(job)) * static_cast<std::uint64_t>(width) *
                   static_cast<std::uint64_t>(job.rows.segments);
}

#define EDGEMOE_INSTANTIATE(FORMAT, LIMITS) \
  template void attention(const AttentionJob&, TokenMemory<FORMAT, LIMITS>&, Counters&, MemoryPort)
EDGEMOE_INSTANTIATE(W8A8, SimulationLimits);
EDGEMOE_INSTANTIATE(W8A8, BoardLimits);
EDGEMOE_INSTANTIATE(W16A16, SimulationLimits);
EDGEMOE_INSTANTIATE(W16A32, SimulationLimits);
#undef EDGEMOE_INSTANTIATE

}  // namespace hls
}  // namespace edgemoe
