// SPDX-License-Identifier: Apache-2.0
/// Track: a value over time, as (first cycle, value), by cycle. 0 before the first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace edgemoe::test {

class Track {
 public:
  void set(std::uint64_t cycle, std::uint64_t value) {
    if (value != last()) points_.emplace_back(cycle, value);
  }
  std::uint64_t last() const { return points_.empty() ? 0 : points_.back().second; }
  std::uint64_t at(std::uint64_t cycle) const {
    const auto later = [](std::uint64_t c, const auto& point) { return c < point.first; };
    const auto after = std::upper_bound(points_.begin(), points_.end(), cycle, later);
    return after == points_.begin() ? 0 : (after - 1)->second;
  }
  const std::vector<std::pair<std::uint64_t, std::uint64_t>>& points() const { return points_; }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> points_;
};

}  // namespace edgemoe::test
