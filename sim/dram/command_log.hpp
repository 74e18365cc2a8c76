// SPDX-License-Identifier: Apache-2.0
/// What the model puts on the DRAM command bus, for checkers and waveforms, and what it counts.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/dram/parameters.hpp"

namespace edgemoe::sim {

enum class DramCommand { kActivate, kPrecharge, kPrechargeAll, kRead, kWrite, kRefresh };

/// One command. `bank` counts through bank groups: bank = group * banks_per_group + bank in group;
/// it and `row` are 0 for kPrechargeAll and kRefresh. `tick` is the memory clock edge of the
/// command.
struct CommandRecord {
  Tick tick;
  DramCommand command;
  int bank;
  std::uint64_t row;
};

/// Events since construction or the last `start`. The first burst after an activation is a row miss
/// if a refresh (or the start) had closed the bank, a row conflict if another row had to be closed
/// for it; every other burst is a row hit. hits + misses + conflicts = bursts.
struct DramCounters {
  std::uint64_t activates = 0;
  std::uint64_t precharges = 0;  ///< single-bank and all-bank commands
  std::uint64_t refreshes = 0;
  std::uint64_t read_bursts = 0;  ///< DRAM bursts on the bus
  std::uint64_t write_bursts = 0;
  std::uint64_t read_bytes = 0;  ///< bytes requested (a burst may carry fewer than it moves)
  std::uint64_t write_bytes = 0;
  std::uint64_t axi_read_beats = 0;
  std::uint64_t axi_write_beats = 0;
  std::uint64_t row_hits = 0;
  std::uint64_t row_misses = 0;
  std::uint64_t row_conflicts = 0;
  std::uint64_t busy_ticks = 0;        ///< data bus carries data
  std::uint64_t cap_stall_ticks = 0;   ///< a burst could have gone but for the efficiency cap
  std::uint64_t turnaround_ticks = 0;  ///< a burst could have gone but for the bus turning round
  std::uint64_t refresh_ticks = 0;     ///< from a refresh falling due to its end
};

/// Bytes requested whose data crossed the bus in one window of `histogram_window_cycles`.
struct BandwidthSample {
  std::uint64_t read_bytes = 0;
  std::uint64_t write_bytes = 0;
};

}  // namespace edgemoe::sim
