// SPDX-License-Identifier: Apache-2.0
/// Token order and routing between the reference (class token first, models::Routing) and the
/// accelerator (class token last, program::RoutingTrace).
#pragma once

#include <vector>

#include "hls/program/routing.hpp"
#include "models/reference/routing.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// Row of the reference's tensors that holds accelerator row `row` of `tokens`.
inline int reference_row(int row, int tokens) { return row == tokens - 1 ? 0 : row + 1; }

/// The choices of one segment in the reference's order; a dropped choice becomes an empty slot (-1,
/// score 0). A layer that was routed once for all tasks of the frame (a shared gate) is in segment
/// 0 and counts for every segment.
models::Routing routing_of_segment(const program::RoutingTrace& trace, int segment);

/// A trace that forces `routings[s]` upon segment s. Scores are not used by the kernels and are 0.
program::RoutingTrace trace_of_routings(const std::vector<models::Routing>& routings);

}  // namespace edgemoe::host
