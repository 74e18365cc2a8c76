// SPDX-License-Identifier: Apache-2.0
/// The reference against taps that another program computed in float64 and dumped as TAP.npy into a
/// folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/reference/network.hpp"

namespace edgemoe::models::testing {

struct DumpVerdict {
  std::vector<std::string> problems;  ///< empty: all is well
  int taps = 0;                       ///< compared
  double worst_nmse = 0.0;
  std::string worst_tap;
  int near_ties = 0;  ///< tokens whose choice differs although allowed to
};

/// Every tap but `moe.hidden` must be there, with an NMSE of 1e-9 or less; the reference runs with
/// the dumped routing, so that one near-tie does not spread. Its own choices must equal the dumped
/// ones wherever the last chosen and the first rejected logit, and the chosen ones among
/// themselves, are more than 1e-5 apart.
DumpVerdict check_dumped_taps(const Reference& reference, const Image& image, int task,
                              const std::filesystem::path& folder);

}  // namespace edgemoe::models::testing
