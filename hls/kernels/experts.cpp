// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/experts.hpp"

#include "hls/program/weight_layout.hpp"

namespace edgemoe {
namespace hls {
namespace {

/// Copies z8 and scale of a queue's rows to the staging buffer, in queue order.
template <typename Format, typename Limits>
void gather(int expert, int dim, TokenMemory<Format, Limits>& tokens) {
GatherRows:
  for (int i = 0; i < tokens.queue_length[expert]; ++i) {
    // Trip count: typical: 258 choices over 16 experts
#pragma HLS loop_tripcount min = 1 max = 17
    const int row = tokens.queue[expert][i].row;
    tokens.staged_scale[i] = tokens.norm_scale[row];
  GatherValues:
    for (int d = 0; d < dim; ++d) {
#pragma HLS pipeline II = 1
      // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
      tokens.staged[i][d] = tokens.norm_out[row][d];
    }
  }
}

std::uint64_t matrix_bytes(int out_dim, int in_dim, program::Precision precision) {
  const std::uint64_t rows =
      program::param_rows(out_dim) + program::tile_rows(out_dim, in_dim, precision);
  return rows * program::kRowBytes;
}

MatrixRef matrix_at(std::uint64_t address, int out_dim, int in_dim) {
  return MatrixRef{address, static_cast<int>(program::param_rows(out_dim)), in_dim, out_dim};
}

}  // namespace

template <typename Format, typename Limits>
void experts(MemoryPort memory, const ExpertsJob& job, TokenMemory<Format, Limits>& tokens,
             Counters& counters) {
#pragma HLS inline
Experts:
  for (int e = 0; e < job.experts; ++e) {
    // Trip count: holds because hls/top bounds experts by Limits::kExperts
#pragma HLS loop_tripcount min = 1 max = 256
    const int length = tokens.queue_length[e];
    if (length == 0) continue;
    const std::uint64_t first = job.address + static_cast<std::uint64_t>(e) * job.stride;
    const std::uint64_t second = first + matrix_bytes(job.hidden, job.dim, Format::kPrecision);
    const RowSet rows{0, length, 1, 0};
    const LinearJob up{matrix_at(first, job.hidden, job.dim),
                       rows,
                       OperandSource::kStaged,
                       TokenScale::kStaged,
                       LinearPost::kGelu,
                       job.first,
                       job.gelu,
                       e,
                       0};
    const LinearJob down{matrix_at(second, job.dim, job.hidden),
                         rows,
                         OperandSource::kHidden,
                         TokenScale::kQueueScore,
                         LinearPost::kResidualAdd,
                         job.second,
                         job.gelu,
                         e,
                         0};
    gather(e, job.dim, tokens);
    linear(memory, up, tokens, counters);
    linear(memory, down, tokens, counters);
  }
}

template void experts(MemoryPort, const ExpertsJob&, TokenMemory<W8A8, SimulationLimits>&,
                      Counters&);
template void experts(MemoryPort, const ExpertsJob&, TokenMemory<W8A8, BoardLimits>&, Counters&);
template void experts(MemoryPort, const ExpertsJob&, TokenMemory<W16A16, SimulationLimits>&,
                      Counters&);
template void experts(MemoryPort, const ExpertsJob&, TokenMemory<W16A32, SimulationLimits>&,
                      Counters&);

}  // namespace hls
}  // namespace edgemoe
