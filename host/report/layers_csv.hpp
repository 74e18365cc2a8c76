// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/report/report.hpp"

namespace edgemoe::host {

/// layers.csv: one line per run, block and kind of command, for spreadsheets. Columns: image,
/// tasks, layer
/// (`-` for what belongs to no block), part (the command's name without the block), task, unit,
/// begin, end, cycles, macs, bytes, stall_cycles, main_stall. Header only when no run has timing.
std::string layers_csv(const Report& report);

/// `l03.qkv` is block "3", part "qkv"; `load.l03.qkv` is block "3", part "load.qkv"; `embed` is
/// block "-".
struct CommandParts {
  std::string layer;
  std::string part;
};
CommandParts split_command_name(const std::string& name);

}  // namespace edgemoe::host
