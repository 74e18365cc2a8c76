// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/controller.hpp"

#include <algorithm>
#include <tuple>

namespace edgemoe::sim {

bool LaterResponse::operator()(const Response& a, const Response& b) const {
  return std::tie(a.done_tick, a.port, a.write) > std::tie(b.done_tick, b.port, b.write);
}

Controller::Controller(const DramParameters& p, const TimeBase& base, Tick start)
    : parameters_(p),
      tck_(base.tck),
      start_(start),
      burst_ticks_(static_cast<Tick>(p.burst_length / 2) * base.tck),
      histogram_ticks_(static_cast<Tick>(p.histogram_window_cycles) * base.cycle),
      banks_(p, base.tck, start),
      cap_(p.efficiency_cap, burst_ticks_, p.controller.cap_depth_bursts),
      direction_(p.controller, base.tck, start),
      reads_(p, false, base.cycle),
      writes_(p, true, base.cycle),
      next_refresh_(p.trefi == 0
                        ? kNever
                        : start + static_cast<Tick>(p.trefi - p.refresh_phase) * base.tck),
      last_column_(start),
      notes_(static_cast<std::size_t>(banks_.banks())) {}

Tick Controller::step(Tick t) {
  reads_.fill(t);
  writes_.fill(t);
  if (t >= next_refresh_) return step_refresh(t);
  direction_.decide(t, reads_.size(), writes_.size(), oldest_write());
  const bool write = direction_.writing();
  Intake& window = write ? writes_ : reads_;
  const Choice choice = choose(window, write, t);
  if (choice.column != kNone) {
    issue_column(&window, write, choice.column, t);
  } else if (choice.activate != kNone) {
    issue_activate(window[choice.activate], t);
  } else if (choice.precharge != kNone) {
    issue_precharge(window[choice.precharge], t);
  } else {
    const Tick turn = direction_.wake(reads_.size(), writes_.size(), oldest_write());
    return next_look(t, std::min({choice.next, next_refresh_, turn}));
  }
  return t + tck_;
}

Tick Controller::next_look(Tick t, Tick next) const {
  // Arrivals are always looked at on their own edge: their order decides the turns of the ports.
  next = std::min({next, reads_.next_arrival(), writes_.next_arrival()});
  return next == kNever ? kNever : std::max(edge_at(std::max(next, t)), t + tck_);
}

Tick Controller::step_refresh(Tick t) {
  if (banks_.any_open()) {
    const Tick ready = banks_.precharge_all_ready();
    if (ready > t) return next_look(t, ready);
    banks_.precharge_all(t);
    ++counters_.precharges;
    log(t, DramCommand::kPrechargeAll, 0, 0);
    for (BankNote& note : notes_) note = BankNote{};
    return t + tck_;
  }
  const Tick ready = banks_.refresh_ready();
  if (ready > t) return next_look(t, ready);
  banks_.refresh(t);
  log(t, DramCommand::kRefresh, 0, 0);
  ++counters_.refreshes;
  counters_.refresh_ticks += t + static_cast<Tick>(parameters_.trfc) * tck_ - next_refresh_;
  next_refresh_ += static_cast<Tick>(parameters_.trefi) * tck_;
  return t + tck_;
}

Tick Controller::cap_ready() const { return edge_at(start_ + cap_.ready()); }

ColumnReady Controller::column_ready(const WindowEntry& entry, bool write) const {
  return banks_.column_ready(entry.place, write);
}

Controller::Choice Controller::choose(const Intake& window, bool write, Tick t) const {
  Choice choice;
  const Tick cap = cap_ready();
  std::uint64_t hits = 0;     // banks with a burst for their open row, older than any block
  std::uint64_t misses = 0;   // banks with a burst for another row (or none open)
  std::uint64_t blocked = 0;  // of these, the ones that were overtaken too often
  std::array<std::uint8_t, 64> first_miss;
  std::size_t miss_count = 0;
  for (std::size_t i = 0; i < window.size(); ++i) {
    const WindowEntry& entry = window[i];
    const std::uint64_t bit = std::uint64_t{1} << entry.place.bank;
    if (banks_.is_open(entry.place.bank, entry.place.row)) {
      if ((blocked & bit) != 0) continue;
      hits |= bit;
      const Tick ready = std::max(cap, column_ready(entry, write).ready());
      if (ready <= t) {
        choice.column = i;
        return choice;
      }
      choice.next = std::min(choice.next, ready);
    } else if ((misses & bit) == 0) {
      misses |= bit;
      const BankNote& note = notes_[static_cast<std::size_t>(entry.place.bank)];
      if (note.bypassed >= parameters_.controller.max_row_bypass) blocked |= bit;
      first_miss[miss_count++] = static_cast<std::uint8_t>(i);
    }
  }
  for (std::size_t k = 0; k < miss_count && choice.activate == kNone; ++k) {
    const WindowEntry& entry = window[first_miss[k]];
    if ((hits >> entry.place.bank & 1) == 0) choose_row(entry, first_miss[k], t, &choice);
  }
  return choice;
}

void Controller::choose_row(const WindowEntry& entry, std::size_t index, Tick t,
                            Choice* choice) const {
  const bool open = banks_.is_open(entry.place.bank);
  const Tick ready =
      open ? banks_.precharge_ready(entry.place.bank) : banks_.activate_ready(entry.place);
  if (ready > t) {
    choice->next = std::min(choice->next, ready);
  } else if (!open) {
    choice->activate = index;
  } else if (choice->precharge == kNone) {
    choice->precharge = index;
  }
}

void Controller::issue_activate(const WindowEntry& entry, Tick t) {
  BankNote& note = notes_[static_cast<std::size_t>(entry.place.bank)];
  note.next = note.closed_for_request ? Access::kConflict : Access::kMiss;
  note.closed_for_request = false;
  banks_.activate(entry.place, t);
  ++counters_.activates;
  log(t, DramCommand::kActivate, entry.place.bank, entry.place.row);
}

void Controller::issue_precharge(const WindowEntry& entry, Tick t) {
  BankNote& note = notes_[static_cast<std::size_t>(entry.place.bank)];
  note.closed_for_request = true;
  note.bypassed = 0;
  banks_.precharge(entry.place.bank, t);
  ++counters_.precharges;
  log(t, DramCommand::kPrecharge, entry.place.bank, 0);
}

void Controller::issue_column(Intake* window, bool write, std::size_t index, Tick t) {
  const WindowEntry entry = (*window)[index];
  count_column(entry, write, t);
  count_bypass(*window, index);
  cap_.take(t - start_);
  const Tick data_end = banks_.column(entry.place, write, t);
  last_column_ = t;
  log(t, write ? DramCommand::kWrite : DramCommand::kRead, entry.place.bank, entry.place.row);
  if (write) {
    direction_.served_write();
  } else {
    direction_.served_read(t);
  }
  count_bytes(entry, write, data_end);
  window->erase(index);
  window->port(entry.port)
      .served(entry.sequence, entry.burst, data_end,
              [this](const Response& done) { responses_.push(done); });
}

void Controller::count_bypass(const Intake& window, std::size_t index) {
  const int bank = window[index].place.bank;
  for (std::size_t i = 0; i < index; ++i) {
    if (window[i].place.bank == bank && window[i].place.row != window[index].place.row) {
      ++notes_[static_cast<std::size_t>(bank)].bypassed;
      return;
    }
  }
}

void Controller::count_column(const WindowEntry& entry, bool write, Tick t) {
  BankNote& note = notes_[static_cast<std::size_t>(entry.place.bank)];
  if (note.next == Access::kHit) ++counters_.row_hits;
  if (note.next == Access::kMiss) ++counters_.row_misses;
  if (note.next == Access::kConflict) ++counters_.row_conflicts;
  note.next = Access::kHit;
  // What held this burst back beyond everything else, since the bus was last given away.
  const ColumnReady ready = column_ready(entry, write);
  const Tick cap = cap_ready();
  const Tick free = std::max({ready.without_turnaround, last_column_, entry.since});
  const Tick no_cap = std::max(free, ready.turnaround);
  if (cap > no_cap) counters_.cap_stall_ticks += std::min(cap, t) - no_cap;
  if (ready.turnaround > free) counters_.turnaround_ticks += std::min(ready.turnaround, t) - free;
  counters_.busy_ticks += burst_ticks_;
}

void Controller::count_bytes(const WindowEntry& entry, bool write, Tick data_end) {
  const PortChannel& channel = (write ? writes_ : reads_).port(entry.port);
  const std::uint64_t bytes = channel.bytes_in(entry.sequence, entry.burst);
  (write ? counters_.write_bytes : counters_.read_bytes) += bytes;
  ++(write ? counters_.write_bursts : counters_.read_bursts);
  if (histogram_ticks_ == 0) return;
  const std::size_t slot = static_cast<std::size_t>((data_end - start_) / histogram_ticks_);
  if (histogram_.size() <= slot) histogram_.resize(slot + 1);
  (write ? histogram_[slot].write_bytes : histogram_[slot].read_bytes) += bytes;
}

DramCounters Controller::counters() const {
  DramCounters all = counters_;
  for (int i = 0; i < reads_.ports(); ++i) {
    all.axi_read_beats += reads_.port(i).beats();
    all.axi_write_beats += writes_.port(i).beats();
  }
  return all;
}

void Controller::log(Tick t, DramCommand command, int bank, std::uint64_t row) {
  if (log_ != nullptr) log_->push_back(CommandRecord{t, command, bank, row});
}

}  // namespace edgemoe::sim
