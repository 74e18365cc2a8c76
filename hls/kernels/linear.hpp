// SPDX-License-Identifier: Apache-2.0
/// linear: the unified linear unit. tokens x weights, then one of the post-processings below.
///
/// Serves:   patch embedding, QKV, projection, both MLP matrices, both matrices of an expert, and
///           the gate (a pass per activation plane).
/// Shapes:   rows of RowSet x in_dim -> rows x out_dim; out blocks outermost, so each weight is
///           read once.
/// Numbers:  hls/README.md "Requantiser"; the destination's format follows from `post`.
/// Requires: source and destination buffers differ; dims and rows within Limits (hls/top checks).
/// Edges:    any token count from 1; a last group of fewer lanes and a last block of fewer
///           channels.
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

/// What happens to a sum. All but the last pass the requantiser; kContribution puts what
/// kResidualAdd would add in the residual's place (tiled experts, whose tokens are elsewhere).
/// kGateSum adds it, shifted to its plane and digit, to the row's gate sums.
enum class LinearPost : std::uint8_t {
  kResidualAdd,
  kContribution,
  kEmbed,
  kSigned,
  kGelu,
  kGateSum
};

struct LinearJob {
  MatrixRef matrix;
  RowSet rows;
  OperandSource source;
  TokenScale scale;
  LinearPost post;
  program::Requant requant;
  GeluScale gelu;
  int expert;      ///< of the queue, where scale is kQueueScore
  int gate_shift;  ///< of the plane, where post is kGateSum
};

inline std::uint64_t product_count(const RowSet& rows, const MatrixRef& matrix) {
  return static_cast<std::uint64_t>(rows.tokens) * static_cast<std::uint64_t>(rows.segments) *
         static_cast<std::uint64_t>(matrix.in_dim) * static_cast<std::uint64_t>(matrix.out_dim);
}

template <typename Format, typename Limits>
void linear(MemoryPort memory, const LinearJob& job, TokenMemory<Format, Limits>& tokens,
            Counters& counters);

}  // namespace hls
}  // namespace edgemoe
