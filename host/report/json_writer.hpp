// SPDX-License-Identifier: Apache-2.0
/// report.json and its JSON schema, both from the description in fields.hpp.
#pragma once

#include <string>

#include "host/report/report.hpp"

namespace edgemoe::host {

/// The text of report.json: keys sorted, two spaces, floats rounded to 10 significant digits and
/// printed in the shortest form that gives them back, so equal runs give equal bytes. Non-finite
/// values become null.
std::string report_json(const Report& report);

/// JSON schema (draft 2020-12) that every report_json() satisfies. Additional keys are not allowed
/// in it, so that a test notices a key that is written but not described.
std::string report_schema();

}  // namespace edgemoe::host
