// SPDX-License-Identifier: Apache-2.0
/// What publications say about a design. Errors: models::ConfigError for a figures file that cannot
/// be read.
#pragma once

#include <string>
#include <vector>

#include "host/run/locate.hpp"
#include "models/schema/published_figures.hpp"

namespace edgemoe::host {

/// All entries in the order of the file.
std::vector<models::PublishedFigures> published_figures(const Locations& locations);

}  // namespace edgemoe::host
