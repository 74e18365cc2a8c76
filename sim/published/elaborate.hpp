// SPDX-License-Identifier: Apache-2.0
/// Loop design + network + routing -> the stages that run, in order, with all formulas evaluated.
///
/// Errors:  ConfigError naming the formula: zero or negative II, depth or bytes, an unknown name,
/// more
///          work than one may ask for (limits below).
#pragma once

#include <vector>

#include "models/schema/board_config.hpp"
#include "models/schema/loop_design.hpp"
#include "models/schema/model_config.hpp"
#include "sim/published/scope.hpp"
#include "sim/published/stage.hpp"

namespace edgemoe::sim {

/// A stage, run `times` times in a row.
struct StageRun {
  Stage stage;
  std::uint64_t times = 1;
};

constexpr std::int64_t kMostTrips = 100'000'000;
constexpr std::int64_t kMostStages = 50'000;
/// Of one loop in all repetitions of its process: iterations, and bytes and requests of one access.
constexpr std::uint64_t kMostIterations = 1'000'000'000;
constexpr std::uint64_t kMostLoopBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostRequests = std::uint64_t{1} << 24;

std::vector<StageRun> elaborate(const models::LoopDesignConfig& design,
                                const models::ModelConfig& network, const Queues& queues);

MachineParameters machine_of(const models::LoopDesignConfig& design,
                             const models::DramConfig& dram);

}  // namespace edgemoe::sim
