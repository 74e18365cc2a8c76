// SPDX-License-Identifier: Apache-2.0
/// attention: reordered multi-head attention. Q, K, V -> attention output, per segment.
///
/// Order:    queries in groups of kTokenLanes; for a group and head, K and V are each read once,
///           in order, so the read bandwidth does not grow with the number of token lanes. The
///           maximum is taken while the scores leave the array (single pass); then exponentials
///           and their sum; then PV with the un-normalised exponentials; the division is the
///           requantiser's token scale.
/// Shapes:   qkv rows are Q | K | V of heads * head_dim values each; all tokens of a segment are
///           keys.
/// Tiled:    queries are those of a tile; K and V of the frame come from memory, a head at a time.
/// Numbers:  hls/README.md "Attention"; output int8 in +-127.
/// Edges:    one token; token counts and head dims that are no multiple of a tile (missing lanes
///           are 0).
#pragma once

#include "hls/kernels/requantiser.hpp"
#include "hls/kernels/token_memory.hpp"
#include "hls/support/memory.hpp"
#include "hls/support/tile.hpp"

namespace edgemoe {
namespace hls {

struct AttentionJob {
  RowSet rows;
  int heads;
  int head_dim;
  std::uint16_t score_mult;
  std::uint8_t score_shift;
  std::uint16_t out_mult;
  std::uint8_t r1;
  std::uint8_t r2;
  int frame_tokens = 0;  ///< keys, when K and V come from memory; 0: those of `rows`, in the buffer
  std::uint64_t stream = 0;  ///< where they lie then
};

inline bool streamed(const AttentionJob& job) { return job.frame_tokens != 0; }

/// Keys of a segment.
inline int keys_of(const AttentionJob& job) {
  return streamed(job) ? job.frame_tokens : job.rows.tokens;
}

template <typename Format, typename Limits>
void attention(const AttentionJob& job, TokenMemory<Format, Limits>& tokens, Counters& counters,
               MemoryPort memory = nullptr);

}  // namespace hls
}  // namespace edgemoe
