// SPDX-License-Identifier: Apache-2.0
#include "sim/published/access_link.hpp"

#include <algorithm>

namespace edgemoe::sim {
namespace {

constexpr std::uint64_t kPageBytes = 4096;  // AXI: a burst stays within 4 KB

}  // namespace

void AccessLink::begin(std::uint64_t bytes) {
  round_begin_ = round_end_;
  round_end_ += bytes;
}

std::uint64_t AccessLink::burst_room() const {
  const std::uint64_t offset = end_ % access_.span;
  const std::uint64_t in_run = (end_ - round_begin_) % access_.run;
  return std::min({master_.burst_beats * master_.beat_bytes,
                   kPageBytes - (base_ + offset) % kPageBytes, access_.run - in_run,
                   access_.span - offset, round_end_ - end_});
}

void AccessLink::post(const Burst& burst) {
  pending_.push_back(burst);
  ends_.push_back(burst.end);
  issuer_->wake_at(owner_.now() + 1);
}

void AccessLink::cut(std::uint64_t until, Cycle at) {
  while (end_ < until) {
    const std::uint64_t bytes = burst_room();
    const std::uint64_t address = base_ + end_ % access_.span;
    end_ += bytes;
    post({at, address, bytes, end_});
  }
}

void AccessLink::request(std::uint64_t bytes, Cycle at) {
  const std::uint64_t wanted = round_begin_ + bytes;
  if (wanted <= end_) return;
  const std::uint64_t runs = (bytes - 1) / access_.run + 1;
  cut(std::min(round_end_, round_begin_ + runs * access_.run), at);
}

Cycle AccessLink::pace(std::uint64_t upto, Cycle wanted) {
  const std::uint64_t beats = (upto + master_.beat_bytes - 1) / master_.beat_bytes;
  if (beats == beats_) return wanted;
  const Cycle at =
      any_beat_ ? std::max(wanted, last_beat_ + (beats - beats_)) : wanted + (beats - beats_ - 1);
  beats_ = beats;
  last_beat_ = at;
  any_beat_ = true;
  return at;
}

Cycle AccessLink::take(std::uint64_t bytes, Cycle wanted, Reason reason) {
  used_ += bytes;
  while (answered_.empty() || answered_.back() < used_) {
    owner_waits_ = true;
    owner_.suspend(reason, this);
  }
  while (answered_[reading_] < used_) ++reading_;
  const Cycle at = pace(used_, std::max(wanted, answers_[reading_] + 1));
  while (freed_.size() < ends_.size() && ends_[freed_.size()] <= used_) {
    freed_.push_back(at);
    if (waiting()) issuer_->wake_at(owner_.now() + 1);
  }
  return at;
}

Cycle AccessLink::give(std::uint64_t bytes, Cycle wanted, Reason reason) {
  Cycle at = pace(used_ + bytes, wanted);
  std::uint64_t left = bytes;
  while (left > 0) {
    if (used_ == write_end_) {
      const std::uint64_t burst = ends_.size();
      while (burst >= master_.outstanding && answers_.size() <= burst - master_.outstanding) {
        owner_waits_ = true;
        owner_.suspend(reason, this);
      }
      if (burst >= master_.outstanding) {
        at = std::max(at, answers_[burst - master_.outstanding] + 1);
      }
      write_end_ = end_ + burst_room();
    }
    const std::uint64_t now = std::min(left, write_end_ - used_);
    used_ += now;
    left -= now;
    if (used_ == write_end_) cut(write_end_, at);
  }
  last_beat_ = std::max(last_beat_, at);
  return at;
}

Cycle AccessLink::settled(Cycle wanted, Reason reason) {
  while (answers_.size() < ends_.size()) {
    owner_waits_ = true;
    owner_.suspend(reason, this);
  }
  return answers_.empty() ? wanted : std::max(wanted, answers_.back() + 1);
}

Cycle AccessLink::issue_from() const {
  const Cycle posted = pending_.front().posted + 1;
  if (access_.write || issued_ < master_.outstanding) return posted;
  const std::size_t place = static_cast<std::size_t>(issued_ - master_.outstanding);
  return place < freed_.size() ? std::max(posted, freed_[place] + 1) : kNoCycle;
}

AccessLink::Burst AccessLink::issue() {
  const Burst burst = pending_.front();
  pending_.pop_front();
  ++issued_;
  return burst;
}

void AccessLink::answered(std::uint64_t end, Cycle at) {
  answers_.push_back(at);
  answered_.push_back(end);
  if (!owner_waits_) return;
  owner_waits_ = false;
  owner_.wake_at(at + 1);
}

std::string AccessLink::describe() const {
  return (access_.write ? "writes to port " : "reads from port ") + master_.name + ": " +
         std::to_string(ends_.size()) + " bursts asked for, " + std::to_string(answers_.size()) +
         " answered";
}

}  // namespace edgemoe::sim
