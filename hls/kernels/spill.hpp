// SPDX-License-Identifier: Apache-2.0
/// Rows of a tile between token buffers and the records that a tiled program keeps in memory.
///
/// Memory:   hls/program/token_record.hpp. A job's address is that of the piece of its first token;
///           the same piece of the next token lies `stride` bytes on.
/// Numbers:  residual, positions and contributions int32; Q, K, V and z in the format's width, S_t
///           of w8a8 a word.
///           What comes back is cut to the buffers' widths, so that any memory is a legal input.
/// Requires: all pieces inside the image, tokens <= Limits::kRows, dim <= Limits::kDim (hls/top
///           checks).
/// Edges:    one token; dims that are no multiple of 4; key blocks that the frame's end cuts.
#pragma once

#include "hls/kernels/requantiser.hpp"
#include "hls/kernels/token_memory.hpp"
#include "hls/support/memory.hpp"

namespace edgemoe {
namespace hls {

struct PieceJob {
  std::uint64_t address;
  std::uint64_t stride;
  int tokens;
  int dim;
};

template <typename Format, typename Limits>
void spill_residual(MemoryPort memory, const PieceJob& job,
                    const TokenMemory<Format, Limits>& tokens);

/// z, and S_t where it is not static.
template <typename Format, typename Limits>
void spill_norm(MemoryPort memory, const PieceJob& job, const TokenMemory<Format, Limits>& tokens);

template <typename Format, typename Limits>
void spill_queries(MemoryPort memory, const PieceJob& job,
                   const TokenMemory<Format, Limits>& tokens);

/// Contributions that are added while the residual comes back: choice c of a token lies
/// `offset + c * choice_stride` bytes behind its x. Dropped choices were never written and are not
/// added. 0 choices: none.
struct AddedChoices {
  int choices;
  std::uint64_t offset;
  std::uint64_t choice_stride;
  int first_queue_row;
};

template <typename Format, typename Limits>
void fill_residual(MemoryPort memory, const PieceJob& job, const AddedChoices& added,
                   TokenMemory<Format, Limits>& tokens, Counters& counters);

template <typename Format, typename Limits>
void fill_queries(MemoryPort memory, const PieceJob& job, TokenMemory<Format, Limits>& tokens);

template <typename Format, typename Limits>
void fill_positions(MemoryPort memory, const PieceJob& job, TokenMemory<Format, Limits>& tokens);

/// K and V of a segment: where they lie and how long it is.
struct KeyValueRef {
  std::uint64_t address;
  int frame_tokens;
  int heads;
  int head_dim;
};

/// Tiles of the keys token_begin .. token_begin + tokens - 1; token_begin is a multiple of 16.
template <typename Format, typename Limits>
void spill_keys(MemoryPort memory, const KeyValueRef& where, int token_begin, int tokens,
                TokenMemory<Format, Limits>& memory_tokens);

/// One head's K and V of all tokens into `keys`.
template <typename Format, typename Limits>
void load_head(MemoryPort memory, const KeyValueRef& where, int head,
               TokenMemory<Format, Limits>& tokens);

/// z and S_t of `norms.tokens` entries of an expert's queue from `begin` on, into the staging rows.
template <typename Format, typename Limits>
void gather_records(MemoryPort memory, const PieceJob& norms, int expert, int begin,
                    TokenMemory<Format, Limits>& tokens);

/// The first `contributions.tokens` residual rows, which hold what an expert adds to the entries of
/// its queue from `begin` on, to those tokens' records. `contributions.address` is that of choice 0
/// of queue row 0.
template <typename Format, typename Limits>
void scatter_contributions(MemoryPort memory, const PieceJob& contributions,
                           std::uint64_t choice_stride, int expert, int begin,
                           const TokenMemory<Format, Limits>& tokens);

}  // namespace hls
}  // namespace edgemoe
