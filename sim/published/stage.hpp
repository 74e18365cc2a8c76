// SPDX-License-Identifier: Apache-2.0
/// A dataflow region with all formulas evaluated, and the machine that it runs on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/dram/parameters.hpp"

namespace edgemoe::sim {

/// Addresses of one access stay within its own window of this size.
constexpr std::uint64_t kWindowBytes = std::uint64_t{64} << 20;

struct StageAccess {
  int port = 0;
  bool write = false;
  std::uint64_t bytes = 0;  ///< each time
  std::uint64_t every = 1;
  std::uint64_t run = 0;   ///< of one request; never 0
  std::uint64_t span = 0;  ///< addresses begin anew after it; never 0
};

struct StageTokens {
  int stream = 0;
  bool push = false;
  std::uint64_t count = 1;
  std::uint64_t every = 1;
  std::uint64_t first = 0;
  std::uint64_t period = 0;  ///< 0: none
  std::uint64_t most = UINT64_MAX;
};

/// What a loop, a stage or a design did, counted for energy.
struct WorkCounts {
  std::uint64_t macs = 0;
  std::uint64_t results = 0;
  std::uint64_t gelu = 0;
  std::uint64_t exponentials = 0;
  std::uint64_t norm_elements = 0;
  std::uint64_t bram_read_bits = 0;
  std::uint64_t bram_write_bits = 0;

  void add(const WorkCounts& other, std::uint64_t times);
};

struct StageLoop {
  std::string name;
  std::uint64_t trips = 0;
  std::uint64_t ii = 1;
  std::uint64_t depth = 1;
  std::vector<StageAccess> accesses;
  std::vector<StageTokens> tokens;
  WorkCounts work;  ///< of one iteration
};

struct StageProcess {
  std::string name;
  std::uint64_t repeat = 1;
  std::vector<StageLoop> loops;
};

struct StageStream {
  std::string name;
  std::uint64_t depth = 2;
  bool buffer = false;  ///< a place is held from the producer's start to the consumer's end
};

struct Stage {
  std::string path;   ///< names of the steps, outermost first, joined by '/'
  std::string place;  ///< the same with the numbers of repetitions: `block[3]/qk`
  std::string group;  ///< row of the breakdown
  std::vector<StageStream> streams;
  std::vector<StageProcess> processes;

  /// Of all iterations of all loops.
  WorkCounts work() const;
  /// Equal for stages that take the same time: everything but path, place, group and work.
  std::string key() const;

  /// Cycles that the slowest process needs if nothing ever waits: iterations x II, without pipeline
  /// depths. A lower limit on the stage's time.
  std::uint64_t pipeline_cycles() const;
};

/// An AXI master of the kernel; `MachineParameters::dram.ports` has the port behind it.
struct MasterParameters {
  std::string name;
  std::uint64_t beat_bytes = 32;
  std::uint64_t burst_beats = 16;
  std::uint64_t outstanding = 16;
};

struct MachineParameters {
  DramParameters dram;
  std::vector<MasterParameters> masters;
  std::uint64_t axi_latency = 64;
  std::uint64_t control_cycles = 2;

  std::string key() const;
};

}  // namespace edgemoe::sim
