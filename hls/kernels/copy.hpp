// SPDX-License-Identifier: Apache-2.0
/// copy_segments: residual rows of segment 0 -> the same rows of segments 1 .. segments-1.
///
/// Why:      what does not depend on the task (embedding, block 0, the attention of block 1) runs
///           once.
#pragma once

#include "hls/kernels/token_memory.hpp"

namespace edgemoe {
namespace hls {

template <typename Format, typename Limits>
void copy_segments(const RowSet& rows, int dim, TokenMemory<Format, Limits>& tokens);

}  // namespace hls
}  // namespace edgemoe
