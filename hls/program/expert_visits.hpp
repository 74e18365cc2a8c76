// SPDX-License-Identifier: Apache-2.0
/// The experts of a block token by token instead of queue by queue: what an accelerator does that
/// does not reorder its patches. For measuring what reordering is worth; no executor computes
/// values in this order (the sum over experts does not depend on it).
///
/// Order:  segments, tokens of a segment, choices of a token; dropped choices are left out.
/// Loads:  an expert that is on the chip is not loaded again; the oldest load is replaced.
#pragma once

#include <cstdint>
#include <vector>

#include "hls/program/routing.hpp"

namespace edgemoe {
namespace program {

struct ExpertVisit {
  std::uint16_t expert;
  std::uint32_t load;  ///< index into `loads`: whose rows it reads
  bool last;           ///< no later visit reads them
};

struct ExpertVisits {
  std::vector<ExpertVisit> visits;
  std::vector<std::uint16_t> loads;  ///< expert of each load, in order
};

/// `resident`: experts that stay on the chip; 0: none does, every visit loads its own. Segments
/// that the trace lacks count as empty.
ExpertVisits expert_visits(int layer, int segments, const RoutingTrace& routing, int resident);

}  // namespace program
}  // namespace edgemoe
