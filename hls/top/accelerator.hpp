// SPDX-License-Identifier: Apache-2.0
/// accelerator: fetches a program from memory and executes it. The kernels' entry for simulation,
/// and the definition of correct bits for the RTL.
///
/// Memory:   one flat image (hls/program/README.md); reads program, weights, pixels; writes the
///           result region.
/// Numbers:  hls/README.md.
/// Errors:   a program that is malformed or exceeds SimulationLimits sets `error` and stops;
///           nothing throws. (std::bad_alloc apart: a run takes its buffers from the heap.)
#pragma once

#include <cstdint>

#include "hls/program/routing.hpp"
#include "hls/support/observer.hpp"
#include "hls/top/status.hpp"

namespace edgemoe {
namespace hls {

/// Simulation only: look inside, force a routing, record the routing. All may be null.
///
/// Forced:   a (layer, segment) that the trace has takes the trace's experts with the kernels' own
///           scores, in the trace's order; its token count and top_k must match the command's, its
///           experts lie in the window and differ, else RunError::kBadShape. Others route as they
///           would.
/// Recorded: appended in execution order of the route commands.
struct SimulationHooks {
  Observer* observer = nullptr;
  const program::RoutingTrace* forced = nullptr;
  program::RoutingTrace* routing = nullptr;
};

/// Runs the program of the image in `memory` (size bytes). Results are in the image's result
/// region.
RunStatus run_program(std::uint8_t* memory, std::uint64_t size, const SimulationHooks& hooks);

}  // namespace hls
}  // namespace edgemoe
