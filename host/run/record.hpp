// SPDX-License-Identifier: Apache-2.0
/// From what executors return to one entry of report.json.
#pragma once

#include "host/report/report.hpp"
#include "host/report/timeline.hpp"
#include "host/run/executor.hpp"

namespace edgemoe::host {

/// `w8a8` and so on, as in a design's YAML.
const char* name_of(models::Precision precision);

/// Everything that has to do with time and energy. `macs`: products of the network in this frame.
void fill_timing(const LoweredProgram& program, const program::RoutingTrace& trace,
                 const sim::SimulationResult& timing, const models::DesignConfig& design,
                 const models::BoardConfig& board, std::uint64_t macs, RunRecord* record);

/// Tokens per expert, blocks in order, tasks in the order of the segments.
std::vector<ExpertLoadRecord> expert_loads(const models::ModelConfig& model,
                                           const std::vector<TaskValues>& tasks);

Timeline make_timeline(const LoweredProgram& program, const sim::SimulationResult& timing,
                       const models::DesignConfig& design, const std::string& name);

}  // namespace edgemoe::host
