// SPDX-License-Identifier: Apache-2.0
/// Intake: one direction of the controller's look-ahead window, filled from the ports.
///
/// Ports are served round robin by AXI burst; the DRAM bursts of one stay together. A burst enters
/// when there is room, in arrival order per port. The window is ordered by age.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/dram/address_map.hpp"
#include "sim/dram/port_channel.hpp"

namespace edgemoe::sim {

/// A DRAM burst in sight of the scheduler.
struct WindowEntry {
  BankAddress place;
  int port = 0;
  std::uint64_t sequence = 0;
  std::uint64_t burst = 0;
  Tick since = 0;
};

class Intake {
 public:
  Intake(const DramParameters& parameters, bool write, Tick cycle);

  PortChannel& port(int index) { return channels_[static_cast<std::size_t>(index)]; }
  const PortChannel& port(int index) const { return channels_[static_cast<std::size_t>(index)]; }
  int ports() const { return static_cast<int>(channels_.size()); }

  /// Takes in what has reached the controller by t.
  void fill(Tick t);
  /// The tick from which fill would take in more; kNever if nothing is known or the window is full.
  Tick next_arrival() const;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const WindowEntry& operator[](std::size_t i) const { return window_[i]; }
  void erase(std::size_t i);

 private:
  bool full() const { return size_ == capacity_; }
  bool choose_port(Tick t);

  AddressMap map_;
  std::vector<PortChannel> channels_;
  std::array<WindowEntry, 64> window_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  int granted_port_ = 0;
  Grant grant_;  // being moved into the window
};

}  // namespace edgemoe::sim
