// SPDX-License-Identifier: Apache-2.0
/// Common vocabulary of the cycle engine.
#pragma once

#include <cstdint>
#include <string>

namespace edgemoe::sim {

/// Time in PL clock cycles since the start of the simulation.
using Cycle = std::uint64_t;

/// "No time": later than everything.
constexpr Cycle kNoCycle = ~Cycle{0};

/// Why a process does not work; a handle into the reason list of one process.
struct Reason {
  int index = 0;
};

/// Something that a process can wait on, and that a deadlock report can describe.
class Channel {
 public:
  explicit Channel(std::string name) : name_(std::move(name)) {}
  virtual ~Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  const std::string& name() const { return name_; }

  /// Kind, name and fill level in words, for people.
  virtual std::string describe() const = 0;

 private:
  std::string name_;
};

}  // namespace edgemoe::sim
