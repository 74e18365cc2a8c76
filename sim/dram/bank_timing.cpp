// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/bank_timing.hpp"

#include <algorithm>

namespace edgemoe::sim {
namespace {

void raise(Tick* ready, Tick t) { *ready = std::max(*ready, t); }

}  // namespace

BankTiming::BankTiming(const DramParameters& p, Tick tck, Tick start)
    : banks_(static_cast<std::size_t>(p.bank_groups * p.banks_per_group)),
      groups_(static_cast<std::size_t>(p.bank_groups)) {
  const auto ticks = [tck](int clocks) { return static_cast<Tick>(clocks) * tck; };
  const int data = p.burst_length / 2;
  trcd_ = ticks(p.trcd);
  trp_ = ticks(p.trp);
  tras_ = ticks(p.tras);
  trrd_s_ = ticks(p.trrd_s);
  trrd_l_ = ticks(p.trrd_l);
  tfaw_ = ticks(p.tfaw);
  tccd_s_ = ticks(p.tccd_s);
  tccd_l_ = ticks(p.tccd_l);
  trtp_ = ticks(p.trtp);
  trfc_ = ticks(p.trfc);
  read_data_ = ticks(p.cl + data);
  write_data_ = ticks(p.cwl + data);
  // Read data must have left the bus, plus a write preamble and a clock of slack.
  read_to_write_ = ticks(std::max(p.cl + data + 2 - p.cwl, p.tccd_s));
  write_to_read_s_ = ticks(p.cwl + data + p.twtr_s);
  write_to_read_l_ = ticks(p.cwl + data + p.twtr_l);
  write_to_precharge_ = ticks(p.cwl + data + p.twr);
  for (Bank& bank : banks_) bank.activate_ready = start;
}

Tick BankTiming::precharge_all_ready() const {
  Tick ready = 0;
  for (const Bank& bank : banks_) {
    if (bank.row != kClosed) raise(&ready, bank.precharge_ready);
  }
  return ready;
}

Tick BankTiming::refresh_ready() const {
  Tick ready = 0;
  for (const Bank& bank : banks_) raise(&ready, bank.activate_ready);
  return ready;
}

void BankTiming::activate(const BankAddress& place, Tick t) {
  Bank& bank = at(place.bank);
  bank.row = place.row;
  bank.column_ready = t + trcd_;
  bank.precharge_ready = t + tras_;
  groups_[static_cast<std::size_t>(place.group)].activate_ready = t + trrd_l_;
  activate_ready_ = t + trrd_s_;
  recent_activates_[static_cast<std::size_t>(next_recent_)] = t + tfaw_;
  next_recent_ = (next_recent_ + 1) % 4;
  ++open_count_;
}

void BankTiming::precharge(int index, Tick t) {
  Bank& bank = at(index);
  bank.row = kClosed;
  bank.activate_ready = t + trp_;
  --open_count_;
}

void BankTiming::precharge_all(Tick t) {
  for (int i = 0; i < banks(); ++i) {
    if (is_open(i)) precharge(i, t);
  }
}

void BankTiming::refresh(Tick t) {
  for (Bank& bank : banks_) bank.activate_ready = t + trfc_;
}

Tick BankTiming::column(const BankAddress& place, bool write, Tick t) {
  Bank& bank = at(place.bank);
  Group& group = groups_[static_cast<std::size_t>(place.group)];
  const std::size_t direction = write ? 1 : 0;
  column_ready_[direction] = t + tccd_s_;
  group.column_ready[direction] = t + tccd_l_;
  if (write) {
    raise(&bank.precharge_ready, t + write_to_precharge_);
    turnaround_[0] = t + write_to_read_s_;
    group.read_after_write = t + write_to_read_l_;
  } else {
    raise(&bank.precharge_ready, t + trtp_);
    turnaround_[1] = t + read_to_write_;
  }
  return t + (write ? write_data_ : read_data_);
}

}  // namespace edgemoe::sim
