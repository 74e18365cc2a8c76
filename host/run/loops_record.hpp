// SPDX-License-Identifier: Apache-2.0
/// From the passes of a design given as loops to one entry of report.json.
///
/// One pass per task, one after the other: cycles, bytes and events are sums over them.
/// What such a design does not tell stays empty: utilisation, products per stage; energy without
/// its resources, padded products without its loops' work.
/// roofline.compute_ms: the loops of every stage at their II, the slowest of a region counting,
///                      nothing ever waiting. roofline.memory_ms: the bytes moved at the lower of
///                      the memory's usable peak and the ports.
#pragma once

#include "host/report/report.hpp"
#include "host/report/timeline.hpp"
#include "models/schema/board_config.hpp"
#include "models/schema/loop_design.hpp"
#include "sim/published/run_design.hpp"

namespace edgemoe::host {

/// `tasks`: names, one per pass. `macs`: products of the network in these passes.
void fill_loops(const std::vector<sim::DesignRun>& passes, const std::vector<std::string>& tasks,
                const models::LoopDesignConfig& design, const models::BoardConfig& board,
                std::uint64_t macs, RunRecord* record);

/// Stages as slices, a track per group.
Timeline loops_timeline(const std::vector<sim::DesignRun>& passes,
                        const models::LoopDesignConfig& design, const std::string& name);

}  // namespace edgemoe::host
