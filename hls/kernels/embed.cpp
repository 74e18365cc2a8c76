// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/embed.hpp"

namespace edgemoe {
namespace hls {

template <typename Format, typename Limits>
void embed(MemoryPort memory, const LinearJob& job, TokenMemory<Format, Limits>& tokens,
           Counters& counters, bool class_row) {
#pragma HLS inline
  linear(memory, job, tokens, counters);
  if (!class_row) return;
  const int row = row_of(job.rows, 0, job.rows.tokens);
ClassRow:
  for (int d = 0; d < job.matrix.out_dim; ++d) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds out_dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
    tokens.residual[row][d] =
        add_residual<Format>(0, tokens.position[job.rows.tokens][d], counters);
  }
}

#define EDGEMOE_INSTANTIATE(FORMAT, LIMITS)                                                     \
  template void embed(MemoryPort, const LinearJob&, TokenMemory<FORMAT, LIMITS>&, Counters&, bool)
EDGEMOE_INSTANTIATE(W8A8, SimulationLimits);
EDGEMOE_INSTANTIATE(W8A8, BoardLimits);
EDGEMOE_INSTANTIATE(W16A16, SimulationLimits);
EDGEMOE_INSTANTIATE(W16A32, SimulationLimits);
#undef EDGEMOE_INSTANTIATE

}  // namespace hls
}  // namespace edgemoe
