// SPDX-License-Identifier: Apache-2.0
/// Translation of per-task commands; shared by the executor and a simulation that forces a routing.
#pragma once

#include "hls/kernels/router.hpp"
#include "hls/program/command.hpp"

namespace edgemoe {
namespace hls {

/// First row of the segment that a per-task command works on; a tile begins at row 0.
inline int segment_row(const program::Command& c) {
  return c.tiled ? 0 : c.task_slot * c.segment_stride;
}

/// The same row in the queues: of a tile, the number of its first token's record.
inline int queue_row(const program::Command& c) {
  return c.tiled ? c.task_slot * c.segment_stride + c.token_begin : segment_row(c);
}

template <typename Format>
RouteJob route_job(const program::Command& c) {
  return RouteJob{segment_row(c), c.tokens,    c.experts,              c.window_lo,  c.window_hi,
                  c.top_k,        c.threshold, Format::kLogitFraction, queue_row(c)};
}

}  // namespace hls
}  // namespace edgemoe
