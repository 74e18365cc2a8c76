// SPDX-License-Identifier: Apache-2.0
/// Energy estimates into one entry of report.json: per frame, per task, per expert load.
///
/// Per task: of several tasks in one frame, each has what its own work takes and an equal part of
///           what is common; the parts sum to the frame's energy.
/// Per expert load: the events of bringing one expert's weights from DRAM onto the chip. The powers
///           of the time that it takes are the frame's.
/// Units:    millijoules.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "host/compiler/lowered.hpp"
#include "host/energy/energy.hpp"
#include "host/report/report.hpp"
#include "models/schema/model_config.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::host {

/// Total, band, breakdown and the line of every cause with its coefficient and source.
void record_energy(const EnergyEstimate& energy, double seconds, RunRecord* record);

/// Divides `record->energy_mj` among `record->tasks` by the cycles that the array spends on
/// commands of one task alone; all other cycles are common.
void record_task_energy(const LoweredProgram& program, const sim::SimulationResult& timing,
                        RunRecord* record);

/// Bytes of one expert's weights and biases, as a design of others holds them: 8 or 16 bit each.
std::uint64_t expert_bytes(const models::ModelConfig& model, models::Precision precision);

void record_expert_load(std::uint64_t bytes, models::Precision precision,
                        const models::BoardConfig& board, RunRecord* record);

}  // namespace edgemoe::host
