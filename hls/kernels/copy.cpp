// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/copy.hpp"

namespace edgemoe {
namespace hls {

template <typename Format, typename Limits>
void copy_segments(const RowSet& rows, int dim, TokenMemory<Format, Limits>& tokens) {
CopyTokens:
  for (int t = 0; t < rows.tokens; ++t) {
    // Trip count: typical: 129 tokens
#pragma HLS loop_tripcount min = 1 max = 129
  CopySegments:
    for (int segment = 1; segment < rows.segments; ++segment) {
      // Trip count: typical: two tasks
#pragma HLS loop_tripcount min = 0 max = 1
    CopyValues:
      for (int d = 0; d < dim; ++d) {
#pragma HLS pipeline II = 1
        // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
        // No dependence: holds because segments do not overlap
#pragma HLS dependence variable = tokens.residual inter false
        tokens.residual[row_of(rows, segment, t)][d] = tokens.residual[row_of(rows, 0, t)][d];
      }
    }
  }
}

template void copy_segments(const RowSet&, int, TokenMemory<W8A8, SimulationLimits>&);
template void copy_segments(const RowSet&, int, TokenMemory<W8A8, BoardLimits>&);
template void copy_segments(const RowSet&, int, TokenMemory<W16A16, SimulationLimits>&);
template void copy_segments(const RowSet&, int, TokenMemory<W16A32, SimulationLimits>&);

}  // namespace hls
}  // namespace edgemoe
