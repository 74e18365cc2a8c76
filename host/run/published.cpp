// SPDX-License-Identifier: Apache-2.0
#include "host/run/published.hpp"

#include <cmath>

namespace edgemoe::host {

std::vector<models::PublishedFigures> published_figures(const Locations& locations) {
  return models::read_published_figures(locations.published_figures());
}

std::optional<ResourceInfo> published_resources(const Locations& locations,
                                                const std::string& design) {
  for (const models::PublishedFigures& entry : published_figures(locations)) {
    if (design.empty() || entry.design != design || (!entry.dsp && !entry.bram)) continue;
    ResourceInfo info;
    info.dsp = entry.dsp;
    if (entry.bram) info.bram36 = static_cast<int>(std::ceil(*entry.bram));
    info.uram = entry.uram;
    info.source = "published: " + entry.source;
    return info;
  }
  return std::nullopt;
}

}  // namespace edgemoe::host
