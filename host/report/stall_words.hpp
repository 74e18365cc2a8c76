// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace edgemoe::host {

/// What a stall reason of the engine means, in words; empty for a reason that explains itself or is
/// unknown.
std::string stall_words(const std::string& reason);

}  // namespace edgemoe::host
