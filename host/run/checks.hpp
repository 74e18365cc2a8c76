// SPDX-License-Identifier: Apache-2.0
/// What every run tests on itself: conservation of bytes, cycles, products, energy and tokens.
#pragma once

#include <vector>

#include "host/report/report.hpp"
#include "host/run/executor.hpp"
#include "host/run/rtl_executor.hpp"

namespace edgemoe::host {

/// Products that the network needs, counted from its dimensions alone (independent of compiler and
/// kernels): the part before the first task-dependent gate once, the rest per task, experts by the
/// choices made. A choice that was dropped costs nothing. One gate counts N D E.
std::uint64_t network_macs(const models::ModelConfig& model, const std::vector<TaskValues>& tasks);

/// Verdicts about one frame, in a fixed order. `kernels` may be null (engine reference: no checks).
std::vector<Check> check_frame(const models::ModelConfig& model, const RunRecord& record,
                               const Execution* kernels);

/// Adds what the RTL was held against: bits and routing of the kernels, cycles of the cycle engine.
void check_rtl(const RtlOutcome& rtl, std::vector<Check>* checks);

/// One entry per name over all frames: ok when all are, with the detail of the first that is not.
std::vector<Check> merge_checks(
    const std::vector<std::pair<std::string, std::vector<Check>>>& frames);

}  // namespace edgemoe::host
