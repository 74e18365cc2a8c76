// SPDX-License-Identifier: Apache-2.0
/// embed: patch embedding. Pixels x weights + position -> residual; the class row is its position
/// row.
///
/// Shapes:   `rows.tokens` patches of one segment; row `tokens` is the class token, unless the rows
///           are a tile of the image without it.
/// Numbers:  x = sat24(sat24(v) + pos), class row sat24(pos).
#pragma once

#include "hls/kernels/linear.hpp"

namespace edgemoe {
namespace hls {

template <typename Format, typename Limits>
void embed(MemoryPort memory, const LinearJob& job, TokenMemory<Format, Limits>& tokens,
           Counters& counters, bool class_row = true);

}  // namespace hls
}  // namespace edgemoe
