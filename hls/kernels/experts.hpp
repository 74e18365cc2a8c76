// SPDX-License-Identifier: Apache-2.0
/// experts: expert by expert, every active expert over its whole queue, added to the residual.
///
/// Order:    by expert index; idle experts are skipped without touching memory. Each contribution
///           is rounded once before the add, so results do not depend on the order (unless the
///           residual saturates, which is counted and an error of the run).
/// Shapes:   a record is [params W1][tiles W1 (Fe x D)][params W2][tiles W2 (D x Fe)].
/// Numbers:  W1 + GELU as a dense layer; W2 with the bias before the scale and the score as S_t.
/// Tiled:    contributions go to the tokens' records, where a fill adds them.
/// Edges:    queues of 0, 1, odd and all rows.
#pragma once

#include "hls/kernels/linear.hpp"

namespace edgemoe {
namespace hls {

/// Where a tiled program keeps its tokens (hls/program/token_record.hpp). `chunk` entries of a
/// queue are gathered, computed and scattered at a time; 0: tokens and residual are in the buffers.
struct ExpertRecords {
  int chunk;
  std::uint64_t norms;          ///< z piece of queue row 0
  std::uint64_t contributions;  ///< choice 0 of queue row 0
  std::uint64_t stride;         ///< bytes from record to record
  std::uint64_t choice_stride;
};

struct ExpertsJob {
  std::uint64_t address;  ///< of expert 0's record
  std::uint64_t stride;   ///< bytes from record to record
  int experts;
  int dim;
  int hidden;
  program::Requant first;
  program::Requant second;
  GeluScale gelu;
  ExpertRecords records;
};

template <typename Format, typename Limits>
void experts(MemoryPort memory, const ExpertsJob& job, TokenMemory<Format, Limits>& tokens,
             Counters& counters);

}  // namespace hls
}  // namespace edgemoe
