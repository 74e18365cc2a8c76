// SPDX-License-Identifier: Apache-2.0
/// Translation of per-task commands; shared by the executor and a simulation that forces a routing.
#pragma once

#include "hls/kernels/router.hpp"
#include "hls/program/command.hpp"

namespace edgemoe {
namespace hls {

/// First row of the segment that a per-task command works on.
inline int segment_row(const program::Command& c) { return c.task_slot * c.segment_stride; }

template <typename Format>
RouteJob route_job(const program::Command& c) {
  return RouteJob{segment_row(c), c.tokens, c.experts,   c.window_lo,
                  c.window_hi,    c.top_k,  c.threshold, Format::kLogitFraction};
}

}  // namespace hls
}  // namespace edgemoe
