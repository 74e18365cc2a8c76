// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/intake.hpp"

#include <algorithm>

namespace edgemoe::sim {

Intake::Intake(const DramParameters& parameters, bool write, Tick cycle)
    : map_(parameters),
      capacity_(static_cast<std::size_t>(write ? parameters.controller.write_window
                                               : parameters.controller.read_window)) {
  const int count = static_cast<int>(parameters.ports.size());
  for (int i = 0; i < count; ++i) channels_.emplace_back(parameters, i, write, cycle);
  granted_port_ = count - 1;  // so that the first round begins at port 0
}

bool Intake::choose_port(Tick t) {
  for (int step = 1; step <= ports(); ++step) {
    const int candidate = (granted_port_ + step) % ports();
    if (port(candidate).entry() > t) continue;
    granted_port_ = candidate;
    grant_ = port(candidate).take();
    return true;
  }
  return false;
}

void Intake::fill(Tick t) {
  while (!full()) {
    if (grant_.next == grant_.end && !choose_port(t)) return;
    WindowEntry& entry = window_[size_++];
    entry.place = map_.decode(map_.burst_start(grant_.next));
    entry.port = granted_port_;
    entry.sequence = grant_.sequence;
    entry.burst = grant_.next++;
    entry.since = t;
  }
}

Tick Intake::next_arrival() const {
  if (full()) return kNever;
  Tick first = kNever;
  for (const PortChannel& channel : channels_) first = std::min(first, channel.entry());
  return first;
}

void Intake::erase(std::size_t i) {
  std::move(window_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
            window_.begin() + static_cast<std::ptrdiff_t>(size_),
            window_.begin() + static_cast<std::ptrdiff_t>(i));
  --size_;
}

}  // namespace edgemoe::sim
