// SPDX-License-Identifier: Apache-2.0
/// Runs a loop design: its stages one after the other.
///
/// Memory of stages: stages that are equal number for number take the same time, so each is
/// simulated
///          once (`StageCache`, kept over runs by whoever wants fast what-ifs). Every stage begins
///          with closed rows and the refresh just done; the README says what that leaves out.
/// Errors:  as elaborate() and simulate_stage(); std::invalid_argument for a memory that the DRAM
///          model cannot carry.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "sim/published/elaborate.hpp"
#include "sim/published/simulate_stage.hpp"

namespace edgemoe::sim {

class StageCache {
 public:
  /// The result for `stage` on the machine; simulated at the first time.
  const StageResult& result(const Stage& stage, const MachineParameters& machine,
                            const std::string& machine_key);
  std::size_t size() const { return results_.size(); }

 private:
  std::unordered_map<std::string, StageResult> results_;
};

/// Sums over all runs of what has the same path (or the same group).
struct StageTotal {
  std::string name;
  std::uint64_t runs = 0;
  Cycle cycles = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t write_bytes = 0;
  WorkCounts work;
  std::vector<LoopTime> processes;  ///< of stages; empty for groups
};

/// One stage in the order of execution, all its repetitions together.
struct StageSpan {
  std::string place;  ///< `block[3]/qk`; equal for stages that a sequence repeats without an index
  std::string group;
  std::uint64_t runs = 1;
  Cycle begin = 0;
  Cycle end = 0;
  std::uint64_t bytes = 0;            ///< read and written
  std::uint64_t pipeline_cycles = 0;  ///< lower limit, see Stage
};

struct DesignRun {
  Cycle cycles = 0;
  double latency_ms = 0.0;
  std::uint64_t read_bytes = 0;
  std::uint64_t write_bytes = 0;
  std::uint64_t activates = 0;
  DramCounters dram;          ///< sums over all stages
  Cycle pipeline_cycles = 0;  ///< what the loops would take if nothing ever waited
  std::vector<StageSpan> spans;
  WorkCounts work;
  std::vector<StageTotal> stages;  ///< by path, in order of first run
  std::vector<StageTotal> groups;

  /// Cycles of a group; 0 when there is none of that name.
  Cycle group_cycles(const std::string& name) const;
};

DesignRun run_design(const models::LoopDesignConfig& design, const models::ModelConfig& network,
                     const Queues& queues, const models::DramConfig& dram,
                     StageCache* cache = nullptr);

}  // namespace edgemoe::sim
