// SPDX-License-Identifier: Apache-2.0
/// Controller: decides, memory clock by memory clock, which command goes out.
///
/// At an edge t, in this order: take in what has arrived; if a refresh is due, close all banks and
/// refresh, nothing else; otherwise, in the present direction (see DirectionControl):
///   1. a read or write to an open row whose constraints are met, oldest first;
///   2. else an activation for the oldest burst whose bank is closed;
///   3. else a precharge for the oldest burst whose bank has another row open that no burst in
///      sight still wants (or whose bursts overtook it max_row_bypass times).
/// Purity: `step` at an edge where nothing can be done changes nothing, and it returns the next
///         edge where something might; so edges in between may be looked at or not.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "sim/dram/bank_timing.hpp"
#include "sim/dram/command_log.hpp"
#include "sim/dram/direction_control.hpp"
#include "sim/dram/efficiency_cap.hpp"
#include "sim/dram/intake.hpp"
#include "sim/dram/memory.hpp"

namespace edgemoe::sim {

/// Heap order: the response seen first on top; ties by port, reads first.
struct LaterResponse {
  bool operator()(const Response& a, const Response& b) const;
};

class Controller {
 public:
  using Responses = std::priority_queue<Response, std::vector<Response>, LaterResponse>;

  Controller(const DramParameters& parameters, const TimeBase& base, Tick start);

  /// Looks at edge t (all arrivals at the controller up to t are known). Returns the next edge to
  /// look at, later than t, not counting arrivals that are unknown now.
  Tick step(Tick t);
  /// The first edge at or after t.
  Tick edge_at(Tick t) const { return start_ + (t - start_ + tck_ - 1) / tck_ * tck_; }

  PortChannel& channel(int port, bool write) { return (write ? writes_ : reads_).port(port); }
  Responses& responses() { return responses_; }
  const Responses& responses() const { return responses_; }
  DramCounters counters() const;
  const std::vector<BandwidthSample>& histogram() const { return histogram_; }
  void set_command_log(std::vector<CommandRecord>* log) { log_ = log; }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};

  /// What a look over the window found.
  struct Choice {
    std::size_t column = kNone;  // entries whose command may go now
    std::size_t activate = kNone;
    std::size_t precharge = kNone;
    Tick next = kNever;  // when another may go
  };

  Tick step_refresh(Tick t);
  Choice choose(const Intake& window, bool write, Tick t) const;
  void choose_row(const WindowEntry& entry, std::size_t index, Tick t, Choice* choice) const;
  ColumnReady column_ready(const WindowEntry& entry, bool write) const;
  Tick cap_ready() const;
  Tick oldest_write() const { return writes_.empty() ? 0 : writes_[0].since; }
  Tick next_look(Tick t, Tick next) const;

  void issue_column(Intake* window, bool write, std::size_t index, Tick t);
  void issue_activate(const WindowEntry& entry, Tick t);
  void issue_precharge(const WindowEntry& entry, Tick t);
  void count_column(const WindowEntry& entry, bool write, Tick t);
  void count_bytes(const WindowEntry& entry, bool write, Tick data_end);
  void count_bypass(const Intake& window, std::size_t index);
  void log(Tick t, DramCommand command, int bank, std::uint64_t row);

  DramParameters parameters_;
  Tick tck_;
  Tick start_;
  Tick burst_ticks_;
  Tick histogram_ticks_;
  BankTiming banks_;
  EfficiencyCap cap_;
  DirectionControl direction_;
  Intake reads_;
  Intake writes_;
  Tick next_refresh_;
  Tick last_column_;

  /// Per bank: what the next read or write to it counts as, and how often an older request was
  /// overtaken.
  enum class Access : std::uint8_t { kHit, kMiss, kConflict };
  struct BankNote {
    Access next = Access::kHit;
    bool closed_for_request = false;
    int bypassed = 0;
  };
  std::vector<BankNote> notes_;

  Responses responses_;
  DramCounters counters_;
  std::vector<BandwidthSample> histogram_;
  std::vector<CommandRecord>* log_ = nullptr;
};

}  // namespace edgemoe::sim
