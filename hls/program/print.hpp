// SPDX-License-Identifier: Apache-2.0
/// Commands as text, for people and logs. Host only (std::string); the kernels do not include it.
#pragma once

#include <string>

#include "hls/program/command.hpp"

namespace edgemoe {
namespace program {

const char* name_of(Opcode opcode);  ///< e.g. `linear`, `load_weights`
const char* name_of(Unit unit);      ///< e.g. `array`
const char* name_of(Buffer buffer);  ///< e.g. `residual`

/// One line: `12 linear layer=3 ... wait=c5>=4/group ...`; fields at their default are left out.
std::string to_string(const Command& command);

}  // namespace program
}  // namespace edgemoe
