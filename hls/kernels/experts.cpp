// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/experts.hpp"

#include "hls/kernels/spill.hpp"
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

/// The scores of a chunk in the place of its token scales, which the first matrix has used.
template <typename Format, typename Limits>
void stage_scores(int expert, int begin, int count, TokenMemory<Format, Limits>& tokens) {
StageScores:
  for (int i = 0; i < count; ++i) {
#pragma HLS pipeline II = 1
    // Trip count: typical: chunks of 128 tokens
#pragma HLS loop_tripcount min = 1 max = 128
    tokens.staged_scale[i] = tokens.queue[expert][begin + i].score;
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

/// `count` entries of an expert's queue from `begin` on.
template <typename Format, typename Limits>
void run_chunk(MemoryPort memory, const ExpertsJob& job, int e, int begin, int count,
               TokenMemory<Format, Limits>& tokens, Counters& counters) {
#pragma HLS inline
  const ExpertRecords& r = job.records;
  const bool tiled = r.chunk != 0;
  const std::uint64_t first = job.address + static_cast<std::uint64_t>(e) * job.stride;
  const std::uint64_t second = first + matrix_bytes(job.hidden, job.dim, Format::kPrecision);
  LinearJob pass = {};
  pass.rows = RowSet{0, count, 1, 0};
  pass.gelu = job.gelu;
  pass.expert = e;
  pass.matrix = matrix_at(first, job.hidden, job.dim);
  pass.source = OperandSource::kStaged;
  pass.scale = TokenScale::kStaged;
  pass.post = LinearPost::kGelu;
  pass.requant = job.first;
  if (tiled) {
    gather_records(memory, PieceJob{r.norms, r.stride, count, job.dim}, e, begin, tokens);
  } else {
    gather(e, job.dim, tokens);
  }
  linear(memory, pass, tokens, counters);
  pass.matrix = matrix_at(second, job.dim, job.hidden);
  pass.source = OperandSource::kHidden;
  pass.scale = tiled ? TokenScale::kStaged : TokenScale::kQueueScore;
  pass.post = tiled ? LinearPost::kContribution : LinearPost::kResidualAdd;
  pass.requant = job.second;
  if (tiled) stage_scores(e, begin, count, tokens);
  linear(memory, pass, tokens, counters);
  if (tiled) {
    scatter_contributions(memory, PieceJob{r.contributions, r.stride, count, job.dim},
                          r.choice_stride, e, begin, tokens);
  }
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
    const int chunk = job.records.chunk != 0 ? job.records.chunk : length;
  Chunks:
    for (int begin = 0; begin < length; begin += chunk) {
      // Trip count: typical: queues on chip are one chunk
#pragma HLS loop_tripcount min = 0 max = 1
      const int count = length - begin < chunk ? length - begin : chunk;
      run_chunk(memory, job, e, begin, count, tokens, counters);
    }
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
