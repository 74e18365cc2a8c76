// SPDX-License-Identifier: Apache-2.0
#include "host/run/published.hpp"

namespace edgemoe::host {

std::vector<models::PublishedFigures> published_figures(const Locations& locations) {
  return models::read_published_figures(locations.published_figures());
}

}  // namespace edgemoe::host
