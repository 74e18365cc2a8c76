// SPDX-License-Identifier: Apache-2.0
/// What report.json says of a call before any frame ran: model, design, board, resources, and the
/// notes that a design given as loops needs.
#pragma once

#include <cstdint>

#include "host/report/report.hpp"
#include "host/run/session.hpp"

namespace edgemoe::host {

/// `parameters`: weights of the model, quantisation parameters apart.
void describe_setup(const Setup& setup, std::uint64_t parameters, Report* report);
/// For a setup with loops; `frame_of_tasks`: several tasks of one frame were asked for together.
void describe_loops(const Setup& setup, bool frame_of_tasks, Report* report);

}  // namespace edgemoe::host
