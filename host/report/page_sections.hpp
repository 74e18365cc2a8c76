// SPDX-License-Identifier: Apache-2.0
/// The parts of report.html. Each returns markup, or nothing when its data is absent. Not for use
/// outside this folder.
#pragma once

#include <string>

#include "host/report/page.hpp"

namespace edgemoe::host {

std::string headline_section(const RunRecord& run, const std::vector<double>& head_ms);
std::string maps_section(const RunRecord& run, const RunPictures& pictures);
std::string breakdown_section(const RunRecord& run);
std::string timeline_section(const Timeline& timeline);
std::string roofline_section(const RunRecord& run);
std::string stalls_section(const RunRecord& run);
std::string accuracy_section(const RunRecord& run);
std::string experts_section(const RunRecord& run);
std::string commands_section(const RunRecord& run);
std::string costs_section(const Report& report);
std::string stream_section(const Report& report);
std::string checks_section(const Report& report);
std::string facts_section(const Report& report);

}  // namespace edgemoe::host
