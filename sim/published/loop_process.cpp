// SPDX-License-Identifier: Apache-2.0
#include "sim/published/loop_process.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace edgemoe::sim {
namespace {

// Accesses start in different banks, as buffers of a real memory map mostly do.
constexpr std::uint64_t kBankStagger = 32768;
constexpr std::uint64_t kStaggers = 4;

}  // namespace

LoopProcess::LoopProcess(Simulation& simulation, const StageProcess& what,
                         const MachineParameters& machine,
                         const std::vector<std::unique_ptr<StreamLink>>& streams)
    : Process(simulation, what.name),
      what_(what),
      machine_(machine),
      streams_(streams),
      tokens_(add_reason("tokens")),
      space_(add_reason("space")),
      reads_(add_reason("read data")),
      writes_(add_reason("write place")) {
  time_.process = what.name;
}

LoopProcess::~LoopProcess() = default;

void LoopProcess::connect(std::uint64_t* window, std::uint64_t memory_bytes) {
  const std::uint64_t windows = std::max<std::uint64_t>(1, memory_bytes / kWindowBytes / 2);
  for (const StageLoop& loop : what_.loops) {
    links_.emplace_back();
    for (const StageAccess& access : loop.accesses) {
      const std::uint64_t base =
          *window % windows * 2 * kWindowBytes + *window % kStaggers * kBankStagger;
      const MasterParameters& master = machine_.masters[static_cast<std::size_t>(access.port)];
      links_.back().push_back(std::make_unique<AccessLink>(
          what_.name + "." + loop.name + "." + master.name, access, master, base, *this));
      ++*window;
    }
  }
}

std::vector<LoopProcess::Connection> LoopProcess::connections() const {
  std::vector<Connection> all;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    for (std::size_t j = 0; j < links_[i].size(); ++j) {
      const StageAccess& access = what_.loops[i].accesses[j];
      all.push_back({access.port, access.write, links_[i][j].get()});
    }
  }
  return all;
}

void LoopProcess::run() {
  for (std::uint64_t i = 0; i < what_.repeat; ++i) {
    for (std::size_t loop = 0; loop < what_.loops.size(); ++loop) run_loop(loop);
  }
  loop_ = nullptr;
  busy_until(local_);
}

std::uint64_t LoopProcess::write_slot(const StageLoop& loop) const {
  const bool reads = std::any_of(loop.accesses.begin(), loop.accesses.end(),
                                 [](const StageAccess& access) { return !access.write; });
  const std::uint64_t last = loop.depth - 1;
  const std::uint64_t earliest = reads ? machine_.axi_latency : 0;
  return last > earliest + machine_.axi_latency ? last - machine_.axi_latency : last;
}

bool LoopProcess::Event::at_end() const {
  return kind == Kind::kPush || kind == Kind::kWrite || kind == Kind::kRelease;
}

void LoopProcess::Event::start(const StageLoop& loop) {
  iteration = phase();
  next = left > 0 && iteration < loop.trips ? iteration * loop.ii + offset : kNoCycle;
}

void LoopProcess::Event::advance(const StageLoop& loop) {
  iteration += every;
  if (period > 0 && iteration % period >= first) {
    iteration = (iteration / period + 1) * period + phase();
  }
  next = --left > 0 && iteration < loop.trips ? iteration * loop.ii + offset : kNoCycle;
}

void LoopProcess::add_event(Event event) {
  event.start(*loop_);
  if (event.next != kNoCycle) events_.push_back(event);
}

void LoopProcess::add_access_events(const StageLoop& loop, std::size_t index) {
  for (std::size_t i = 0; i < loop.accesses.size(); ++i) {
    const StageAccess& access = loop.accesses[i];
    AccessLink* link = links_[index][i].get();
    const auto event = [&](Kind kind, std::uint64_t offset) {
      add_event({kind, offset, access.every, access.bytes, link, nullptr});
    };
    const std::uint64_t times =
        access.write ? loop.trips / access.every : (loop.trips + access.every - 1) / access.every;
    link->begin(times * access.bytes);
    if (access.write) {
      event(Kind::kWrite, write_slot(loop));
    } else {
      event(Kind::kRequest, 0);
      event(Kind::kTake, std::min(machine_.axi_latency, loop.depth - 1));
    }
  }
}

void LoopProcess::add_token_events(const StageLoop& loop) {
  for (const StageTokens& use : loop.tokens) {
    StreamLink* stream = streams_[static_cast<std::size_t>(use.stream)].get();
    const auto event = [&](Kind kind, std::uint64_t offset) {
      add_event(
          {kind, offset, use.every, use.count, nullptr, stream, use.first, use.period, use.most});
    };
    event(use.push ? Kind::kPush : Kind::kPop, use.push ? loop.depth - 1 : 0);
    if (!stream->buffer()) continue;
    event(use.push ? Kind::kAcquire : Kind::kRelease, use.push ? 0 : loop.depth - 1);
  }
}

Cycle LoopProcess::perform(Event* event, Cycle wanted) {
  Cycle at = wanted;
  switch (event->kind) {
    case Kind::kPush:
      for (std::uint64_t i = 0; i < event->amount; ++i) at = event->stream->push(*this, at, space_);
      return at;
    case Kind::kPop:
      for (std::uint64_t i = 0; i < event->amount; ++i) at = event->stream->pop(*this, at, tokens_);
      return at;
    case Kind::kAcquire:
      for (std::uint64_t i = 0; i < event->amount; ++i) {
        at = event->stream->acquire(*this, at, space_);
      }
      return at;
    case Kind::kRelease:
      for (std::uint64_t i = 0; i < event->amount; ++i) event->stream->release(*this, at);
      return at;
    case Kind::kWrite:
      return event->access->give(event->amount, at, writes_);
    case Kind::kTake:
      return event->access->take(event->amount, at, reads_);
    case Kind::kRequest:
      event->sum += event->amount;
      event->access->request(event->sum, at);
      return at;
  }
  return at;
}

void LoopProcess::charge(Kind kind, Cycle cycles) {
  if (kind == Kind::kPush || kind == Kind::kAcquire) time_.space += cycles;
  if (kind == Kind::kPop) time_.tokens += cycles;
  if (kind == Kind::kWrite) time_.writes += cycles;
  if (kind == Kind::kTake) time_.reads += cycles;
}

void LoopProcess::run_loop(std::size_t index) {
  const StageLoop& loop = what_.loops[index];
  loop_ = &loop;
  events_.clear();
  // What is earlier in this list goes first within a slot: outputs before inputs.
  add_token_events(loop);
  std::stable_sort(events_.begin(), events_.end(),
                   [](const Event& a, const Event& b) { return a.kind < b.kind; });
  add_access_events(loop, index);
  // local_ is moved by every stall: slot s happens in cycle local_ + s.
  for (;;) {
    const auto event =
        std::min_element(events_.begin(), events_.end(),
                         [](const Event& a, const Event& b) { return a.next < b.next; });
    if (event == events_.end() || event->next == kNoCycle) break;
    slot_ = event->next;
    const Cycle wanted = local_ + slot_;
    const Cycle at = perform(&*event, wanted);
    charge(event->kind, at - wanted);
    local_ += at - wanted;
    event->advance(loop);
  }
  const Cycle work = loop.trips > 0 ? (loop.trips - 1) * loop.ii + loop.depth : 0;
  local_ += work;
  slot_ = 0;
  for (std::size_t i = 0; i < loop.accesses.size(); ++i) {
    if (!loop.accesses[i].write) continue;
    const Cycle settled = links_[index][i]->settled(local_, writes_);
    time_.writes += settled - local_;
    local_ = settled;
  }
  local_ += machine_.control_cycles;
  time_.busy += work + machine_.control_cycles;
}

LoopTime LoopProcess::time() const { return time_; }

std::string LoopProcess::place() const {
  if (loop_ == nullptr) return "after its last loop";
  const std::uint64_t iteration =
      std::min(slot_ / loop_->ii + 1, std::max<std::uint64_t>(loop_->trips, 1));
  return fmt::format("loop {}, iteration {} of {}", loop_->name, iteration, loop_->trips);
}

}  // namespace edgemoe::sim
