// SPDX-License-Identifier: Apache-2.0
/// What `run --stream` prints.
#pragma once

#include <string>

#include "host/report/report.hpp"

namespace edgemoe::host {

/// A line per frame (of long streams the first and the last), then throughput, latency, energy and
/// the cost of task switches. The report must hold a stream.
std::string stream_text(const Report& report);

}  // namespace edgemoe::host
