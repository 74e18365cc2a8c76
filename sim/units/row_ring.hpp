// SPDX-License-Identifier: Apache-2.0
/// RowRing: space of a ring of 256-B rows (weight tiles, or parameters), taken and freed in load
/// order.
///
/// Models:   one ring memory with a write pointer (loader), and a free pointer that walks the
/// segments in load
///           order: rows of the segment at the head are freed as they are consumed; rows of a later
///           one wait. A finished segment costs the walker one cycle.
/// Abstracts away: row contents and addresses (segment base = sum of the rows before it).
/// In, out:  take() by the loader; consume() by the units that read; freed() is the loader's credit
/// counter. Timing:   rows consumed for the last time in a cycle before t, at the head: freed at
/// max(t, walker) +
///           timing::kRingCredit.
/// Stats:    taken(), fill().
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "sim/engine/counter.hpp"

namespace edgemoe::sim {

class RowRing : public Channel {
 public:
  RowRing(Simulation& simulation, std::string name, std::uint64_t capacity);

  /// Opens the next segment in load order; rows > 0.
  int open(std::uint64_t rows);

  /// The value of freed() at which one more row may be requested.
  std::uint64_t next_take() const { return taken_ < capacity_ ? 0 : taken_ + 1 - capacity_; }
  void take() { ++taken_; }
  const Counter& freed() const { return freed_; }

  /// `rows` of a segment are not needed from cycle t (now or later) on.
  void consume(int segment, Cycle t, std::uint64_t rows);

  std::uint64_t capacity() const { return capacity_; }
  std::uint64_t taken() const { return taken_; }
  std::uint64_t fill() const { return taken_ - freed_.visible(); }
  std::string describe() const override;

 private:
  struct Consumption {
    Cycle at;
    std::uint64_t rows;
  };
  struct Segment {
    std::uint64_t rows = 0;
    std::uint64_t released = 0;
    std::deque<Consumption> waiting;
  };
  void walk();

  std::uint64_t capacity_;
  std::uint64_t taken_ = 0;
  Counter freed_;
  std::vector<Segment> segments_;
  std::size_t head_ = 0;
  Cycle walker_ = 0;
};

}  // namespace edgemoe::sim
