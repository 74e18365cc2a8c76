// SPDX-License-Identifier: Apache-2.0
/// Independent check of a DRAM command log against JESD79-4: looks back over the log, command by
/// command, for the distance to every earlier one. Shares nothing with the model but the
/// parameters.
#pragma once

#include <string>
#include <vector>

#include "sim/dram/command_log.hpp"

namespace edgemoe::sim {

/// Sentences for the violations found (at most 10); empty: the log is legal.
std::vector<std::string> check_command_log(const DramParameters& p, Tick tck, Tick start,
                                           const std::vector<CommandRecord>& log);

}  // namespace edgemoe::sim
