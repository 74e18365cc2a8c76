// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/embed.hpp"

namespace edgemoe {
namespace hls {

template <typename Format, typename Limits>
void embed(MemoryPort memory, const LinearJob& job, TokenMemory<Format, Limits>& tokens,
           Counters& counters) {
  linear(memory, job, tokens, counters);
  const int row = job.rows.tokens;
ClassRow:
  for (int d = 0; d < job.matrix.out_dim; ++d) {
#pragma HLS pipeline II = 1
#pragma HLS loop_tripcount min = 1 max = \
    768  // holds because hls/top bounds out_dim by Limits::kDim
    tokens.residual[row][d] = add_residual<Format>(0, tokens.position[row][d], counters);
  }
}

template void embed(MemoryPort, const LinearJob&, TokenMemory<W8A8, SimulationLimits>&, Counters&);
template void embed(MemoryPort, const LinearJob&, TokenMemory<W8A8, BoardLimits>&, Counters&);

}  // namespace hls
}  // namespace edgemoe
