// SPDX-License-Identifier: Apache-2.0
/// linear: the unified linear unit. tokens x weights through the requantiser into a token buffer.
///
/// Serves:  patch embedding, QKV, projection, both MLP matrices and both matrices of an expert.
/// Shapes:  rows of RowSet x in_dim -> rows x out_dim; out blocks outermost, so each weight is read
/// once. Numbers: hls/README.md "Requantiser"; the destination's format follows from `post`.
/// Requires: source and destination buffers differ; dims and rows within Limits (hls/top checks).
/// Edges:   any token count from 1; a last group of fewer lanes and a last block of fewer channels.
#pragma once

#include "hls/kernels/operand.hpp"
#include "hls/kernels/requantiser.hpp"
#include "hls/kernels/token_memory.hpp"
#include "hls/kernels/weights.hpp"

namespace edgemoe {
namespace hls {

/// S_t of row i. The queue's score also redirects the result to the queue entry's row: decided
/// once, here.
enum class TokenScale : std::uint8_t { kUnity, kNorm, kStaged, kQueueScore };

struct LinearJob {
  MatrixRef matrix;
  RowSet rows;
  OperandSource source;
  TokenScale scale;
  program::Post post;
  program::Requant requant;
  GeluScale gelu;
  int expert;  ///< of the queue, where scale is kQueueScore
};

template <typename Format, typename Limits>
void linear(MemoryPort memory, const LinearJob& job, TokenMemory<Format, Limits>& tokens,
            Counters& counters);

}  // namespace hls
}  // namespace edgemoe
