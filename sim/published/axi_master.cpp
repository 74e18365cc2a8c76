// SPDX-License-Identifier: Apache-2.0
#include "sim/published/axi_master.hpp"

#include <algorithm>

namespace edgemoe::sim {

AxiMaster::AxiMaster(Simulation& simulation, const std::string& name, DramPort& port, bool write)
    : Process(simulation, name, Role::kService),
      port_(port),
      write_(write),
      idle_(add_reason("idle")),
      answers_(std::make_unique<Answers>(simulation, name + ".answers",
                                         write ? port.writes_done() : port.reads_done())) {}

void AxiMaster::attach(AccessLink* link) {
  link->set_master(this);
  links_.push_back(link);
}

void AxiMaster::issue(AccessLink* link) {
  const AccessLink::Burst burst = link->issue();
  const std::uint64_t ticket = write_ ? port_.write(*this, burst.address, burst.bytes)
                                      : port_.read(*this, burst.address, burst.bytes);
  answers_->expect(ticket, burst.end, link, now());
}

void AxiMaster::run() {
  for (;;) {
    AccessLink* ready = nullptr;
    Cycle later = kNoCycle;
    for (std::size_t i = 0; i < links_.size() && ready == nullptr; ++i) {
      AccessLink* link = links_[(next_ + i) % links_.size()];
      if (!link->waiting()) continue;
      const Cycle from = link->issue_from();
      if (from > now()) {
        later = std::min(later, from);
        continue;
      }
      ready = link;
      next_ = (next_ + i + 1) % links_.size();
    }
    if (ready == nullptr) {
      suspend(idle_, nullptr, later);
      continue;
    }
    issue(ready);
    busy(1);
  }
}

void AxiMaster::Answers::expect(std::uint64_t ticket, std::uint64_t end, AccessLink* link,
                                Cycle now) {
  if (entries_.empty()) wake_at(now + 1);
  entries_.push_back({ticket, end, link});
}

void AxiMaster::Answers::run() {
  for (;;) {
    while (entries_.empty()) suspend(waits_);
    const Entry entry = entries_.front();
    wait_for(done_, entry.ticket, waits_);
    entries_.pop_front();
    entry.link->answered(entry.end, now());
  }
}

}  // namespace edgemoe::sim
