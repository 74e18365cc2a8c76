// SPDX-License-Identifier: Apache-2.0
/// accelerator: fetches a program from memory and executes it. The kernels' AXI top, and the definition of
/// correct bits for the RTL.
///
/// Memory:  one flat image (hls/program/README.md); reads program, weights, pixels; writes the result region.
/// Numbers: hls/README.md.
/// Errors:  a program that is malformed or exceeds the limits sets `error` and stops; nothing throws.
#pragma once

#include <cstdint>

#include "hls/program/routing.hpp"
#include "hls/support/observer.hpp"

namespace edgemoe {
namespace hls {

enum class RunError : std::uint8_t {
  kNone = 0,
  kBadHeader,
  kBadOpcode,
  kBadAddress,
  kBadShape,
  kBadTag,
  kBadOrder,
};

/// What a run reports back (the status registers of the hardware).
struct RunStatus {
  RunError error = RunError::kNone;
  std::uint32_t failed_command = 0;
  std::uint64_t residual_saturations = 0;    ///< an error of the model or its scales
  std::uint64_t accumulator_saturations = 0; ///< 27-bit requantiser input
  std::uint64_t int8_saturations = 0;        ///< Q, K, V, attention output, hidden clipped
  std::uint64_t macs = 0;                    ///< products of valid rows, without padding
};

/// Simulation only: look inside, force a routing, record the routing. All may be null.
struct SimulationHooks {
  Observer* observer = nullptr;
  const program::RoutingTrace* forced = nullptr;
  program::RoutingTrace* routing = nullptr;
};

/// Runs the program of the image in `memory` (size bytes). Results are in the image's result region.
RunStatus run_program(std::uint8_t* memory, std::uint64_t size, const SimulationHooks& hooks);

}  // namespace hls
}  // namespace edgemoe
