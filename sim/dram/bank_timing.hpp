// SPDX-License-Identifier: Apache-2.0
/// BankTiming: which rows are open, and from which tick each command is legal under JESD79-4.
///
/// All ticks lie on memory clock edges, because every constraint is a whole number of clocks. One
/// command per clock is the caller's business. `record` functions do not check; the scheduler asks
/// first, and tests/sim/dram checks the command log with rules of its own.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "sim/dram/address_map.hpp"
#include "sim/dram/parameters.hpp"

namespace edgemoe::sim {

/// When a read or write is legal, and what of it is due to the bus turning round.
struct ColumnReady {
  Tick without_turnaround;
  Tick turnaround;
  Tick ready() const { return without_turnaround > turnaround ? without_turnaround : turnaround; }
};

class BankTiming {
 public:
  BankTiming(const DramParameters& parameters, Tick tck, Tick start);

  int banks() const { return static_cast<int>(banks_.size()); }
  bool is_open(int bank) const { return at(bank).row != kClosed; }
  bool is_open(int bank, std::uint64_t row) const { return at(bank).row == row; }
  bool any_open() const { return open_count_ > 0; }

  Tick activate_ready(const BankAddress& place) const;
  Tick precharge_ready(int bank) const { return at(bank).precharge_ready; }
  Tick precharge_all_ready() const;  ///< the latest over open banks; 0 if none is open
  Tick refresh_ready() const;        ///< all banks precharged for tRP
  ColumnReady column_ready(const BankAddress& place, bool write) const;

  void activate(const BankAddress& place, Tick t);
  void precharge(int bank, Tick t);
  void precharge_all(Tick t);
  void refresh(Tick t);
  /// Returns the tick at which the last data bit is on the bus.
  Tick column(const BankAddress& place, bool write, Tick t);

 private:
  static constexpr std::uint64_t kClosed = ~std::uint64_t{0};  // no row: addresses end at 2^48

  struct Bank {
    std::uint64_t row = kClosed;
    Tick activate_ready = 0;
    Tick column_ready = 0;
    Tick precharge_ready = 0;
  };
  struct Group {
    Tick activate_ready = 0;             // tRRD_L
    std::array<Tick, 2> column_ready{};  // tCCD_L, [0] read, [1] write
    Tick read_after_write = 0;           // tWTR_L
  };

  const Bank& at(int bank) const { return banks_[static_cast<std::size_t>(bank)]; }
  Bank& at(int bank) { return banks_[static_cast<std::size_t>(bank)]; }

  // Constraints in ticks.
  Tick trcd_, trp_, tras_, trrd_s_, trrd_l_, tfaw_, tccd_s_, tccd_l_, trtp_, trfc_;
  Tick read_data_, write_data_;  // command to end of data
  Tick read_to_write_;
  Tick write_to_read_s_, write_to_read_l_, write_to_precharge_;

  std::vector<Bank> banks_;
  std::vector<Group> groups_;
  Tick activate_ready_ = 0;                 // tRRD_S
  std::array<Tick, 4> recent_activates_{};  // tick + tFAW of the last four
  int next_recent_ = 0;
  std::array<Tick, 2> column_ready_{};  // tCCD_S
  std::array<Tick, 2> turnaround_{};    // against the other direction, any group
  int open_count_ = 0;
};

// Inline: asked for every burst in sight at every decision.
inline Tick BankTiming::activate_ready(const BankAddress& place) const {
  const Group& group = groups_[static_cast<std::size_t>(place.group)];
  return std::max({at(place.bank).activate_ready, group.activate_ready, activate_ready_,
                   recent_activates_[static_cast<std::size_t>(next_recent_)]});
}

inline ColumnReady BankTiming::column_ready(const BankAddress& place, bool write) const {
  const Group& group = groups_[static_cast<std::size_t>(place.group)];
  const std::size_t direction = write ? 1 : 0;
  ColumnReady ready;
  ready.without_turnaround = std::max(
      {at(place.bank).column_ready, group.column_ready[direction], column_ready_[direction]});
  ready.turnaround = turnaround_[direction];
  if (!write) ready.turnaround = std::max(ready.turnaround, group.read_after_write);
  return ready;
}

}  // namespace edgemoe::sim
