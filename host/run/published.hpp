// SPDX-License-Identifier: Apache-2.0
/// What publications say about a design. Errors: models::ConfigError for a figures file that cannot
/// be read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/report/report.hpp"
#include "host/run/locate.hpp"
#include "models/schema/published_figures.hpp"

namespace edgemoe::host {

/// All entries in the order of the file.
std::vector<models::PublishedFigures> published_figures(const Locations& locations);

/// The resources that were published for a design; empty when none were.
std::optional<ResourceInfo> published_resources(const Locations& locations,
                                                const std::string& design);

}  // namespace edgemoe::host
