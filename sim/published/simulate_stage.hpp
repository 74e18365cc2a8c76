// SPDX-License-Identifier: Apache-2.0
/// Runs one dataflow region on the cycle engine.
///
/// Start:    all processes in cycle 0, streams empty, DRAM rows closed, refresh just done.
/// End:      when the last process has ended, plus `control_cycles`.
/// Errors:   DeadlockError with, for every process that cannot go on, the loop, iteration, stream
/// or
///           port it waits for and since when; models::ConfigError for tokens left in a stream.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/dram/command_log.hpp"
#include "sim/published/loop_process.hpp"
#include "sim/published/stage.hpp"

namespace edgemoe::sim {

struct StageResult {
  Cycle cycles = 0;
  std::vector<LoopTime> processes;
  std::uint64_t read_bytes = 0;  ///< asked for by the loops
  std::uint64_t write_bytes = 0;
  DramCounters dram;
};

StageResult simulate_stage(const Stage& stage, const MachineParameters& machine,
                           std::uint64_t shuffle_seed = 0);

}  // namespace edgemoe::sim
