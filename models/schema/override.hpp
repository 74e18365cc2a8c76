// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace edgemoe::models {

/// One `--set design.KEY=VALUE` (or `board.`, `model.`) of the command line, without that prefix:
/// it replaces or adds one value of the file before the file is checked. `key` is a path such as
/// `array.out_lanes` or `ports[0].latency_cycles`; `value` is YAML (`32`, `[0, 1]`, `{seed: 3}`).
/// Errors about it carry
/// `--set design.KEY` where others carry a file position.
struct Override {
  std::string key;
  std::string value;
};

using Overrides = std::vector<Override>;

}  // namespace edgemoe::models
