// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/copy.hpp"

namespace edgemoe {
namespace hls {

template <typename Format, typename Limits>
void copy_segments(const RowSet& rows, int dim, TokenMemory<Format, Limits>& tokens) {
CopyTokens:
  for (int t = 0; t < rows.tokens; ++t) {
#pragma HLS loop_tripcount min = 1 max = 129  // typical: 129 tokens
  CopySegments:
    for (int segment = 1; segment < rows.segments; ++segment) {
#pragma HLS loop_tripcount min = 0 max = 1  // typical: two tasks
    CopyValues:
      for (int d = 0; d < dim; ++d) {
#pragma HLS pipeline II = 1
#pragma HLS loop_tripcount min = 1 max = 768  // holds because hls/top bounds dim by Limits::kDim
#pragma HLS dependence variable = \
    tokens.residual inter false  // holds because segments do not overlap
        tokens.residual[segment * rows.stride + t][d] = tokens.residual[t][d];
      }
    }
  }
}

template void copy_segments(const RowSet&, int, TokenMemory<W8A8, SimulationLimits>&);
template void copy_segments(const RowSet&, int, TokenMemory<W8A8, BoardLimits>&);

}  // namespace hls
}  // namespace edgemoe
