// SPDX-License-Identifier: Apache-2.0
/// From what was booked during a run to SimulationResult. Checks that nothing was lost on the way.
#pragma once

#include "sim/units/array.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::sim {

/// `units` are the command executing units, in any order. Throws std::logic_error when a sum does
/// not close.
SimulationResult collect_results(const Machine& machine, const std::vector<Unit*>& units,
                                 const Process& sequencer, const Array& array);

/// Bytes that the program needs to read with this routing: header, program, static loads, active
/// experts.
std::uint64_t needed_bytes(const ProgramIndex& index);

}  // namespace edgemoe::sim
