// SPDX-License-Identifier: Apache-2.0
#include "sim/units/row_ring.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sim/units/timing.hpp"

namespace edgemoe::sim {

RowRing::RowRing(Simulation& simulation, std::string name, std::uint64_t capacity)
    : Channel(std::move(name)), capacity_(capacity), freed_(simulation, this->name() + ".freed") {
  if (capacity == 0) throw std::invalid_argument(this->name() + ": capacity 0");
}

int RowRing::open(std::uint64_t rows) {
  segments_.push_back({rows, 0, {}});
  return static_cast<int>(segments_.size()) - 1;
}

void RowRing::consume(int segment, Cycle t, std::uint64_t rows) {
  if (rows == 0) return;
  segments_.at(static_cast<std::size_t>(segment)).waiting.push_back({t, rows});
  if (static_cast<std::size_t>(segment) == head_) walk();
}

void RowRing::walk() {
  while (head_ < segments_.size()) {
    Segment& s = segments_[head_];
    while (!s.waiting.empty()) {
      const Consumption c = s.waiting.front();
      s.waiting.pop_front();
      walker_ = std::max(walker_, c.at);
      freed_.add_at(walker_ + timing::kRingCredit, c.rows);
      s.released += c.rows;
    }
    if (s.released > s.rows) throw std::logic_error(name() + ": freed more rows than were loaded");
    if (s.released < s.rows) return;
    ++head_;
    ++walker_;
  }
}

std::string RowRing::describe() const {
  return "ring " + name() + " holds " + std::to_string(fill()) + " of " +
         std::to_string(capacity_) + " rows, head segment " + std::to_string(head_) + " of " +
         std::to_string(segments_.size());
}

}  // namespace edgemoe::sim
