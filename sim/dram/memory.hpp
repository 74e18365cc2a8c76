// SPDX-License-Identifier: Apache-2.0
/// Memory: DDR4 behind AXI ports, as a pure function of the requests. FROZEN interface.
///
/// Models:   AXI ports (width, latency, splitting, one beat per PL cycle and direction), a
///           controller with a bounded look-ahead, banks, bank groups, rows, refresh, bus
///           turnaround, and an optional cap on efficiency. No data: only times.
/// Abstracts away: ranks, ODT, ZQ calibration, power-down, ECC; order between the read and the
///           write channel of a port (as in AXI, a master that cares waits for the write response).
/// Time:     ticks (`time_base()`); a PL cycle c is tick c * time_base().cycle.
///
/// Use:      submit(...) every request with arrival_tick < T, then advance(T), then pop_response
///           until it says no; next_event() tells when this is worth doing again.
///
/// Purity:   done_tick of every request depends only on the set of (arrival, port, write, address,
///           bytes), in submission order per port and direction, relative to the tick of `start`.
///           It does not depend on how often advance is called, nor on the order in which requests
///           of different ports, or of different directions, are submitted.
/// Causality: a decision at tick t uses requests that reached the controller at or before t.
///
/// Requests: arrival_tick is the PL edge at which the address is valid at the port (rounded up to a
///           PL edge). A port takes one AXI burst address per cycle and direction. Writes occupy
///           the write data channel from that edge on, one beat per cycle. Longer requests than
///           max_burst_beats * width, or across 4 KB, are split and answered once, at their last
///           beat.
/// Responses: reads: done_tick is the PL edge at which the last beat is seen by the master; the
///           beats of each AXI burst can be taken as contiguous, one per cycle, ending there.
///           Writes: the edge at which the write response is seen, after the data is in the DRAM.
///           In request order per port and direction; a port and direction ends at most one AXI
///           burst per edge.
/// Errors:   std::invalid_argument from the constructor (parameters) and from submit (port, 0
///           bytes, beyond the end of the memory, arrival before the promise or decreasing on its
///           channel).
/// Verified: tests/sim/dram (closed forms, an independent JEDEC checker over random traffic,
///           purity).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/dram/command_log.hpp"
#include "sim/dram/parameters.hpp"

namespace edgemoe::sim {

struct Request {
  std::uint64_t id = 0;  ///< the caller's; returned, not interpreted
  int port = 0;
  bool write = false;
  std::uint64_t address = 0;  ///< bytes, any alignment
  std::uint64_t bytes = 0;    ///< 1 or more
  Tick arrival_tick = 0;
};

struct Response {
  std::uint64_t id = 0;
  int port = 0;
  bool write = false;
  Tick done_tick = 0;
};

class Memory {
 public:
  explicit Memory(const DramParameters& parameters);
  ~Memory();
  Memory(Memory&&) noexcept;
  Memory& operator=(Memory&&) noexcept;

  const DramParameters& parameters() const;
  TimeBase time_base() const;

  /// Resets everything (rows closed, counters, histogram) and lets memory clock and refresh phase
  /// begin at `tick`, the doorbell. The constructor does start(0). Throws std::logic_error while
  /// requests are unanswered or responses not popped.
  void start(Tick tick);

  void submit(const Request& request);

  /// Promise: every request with arrival_tick < tick has been submitted. Never goes back (an
  /// earlier tick than before is without effect).
  void advance(Tick tick);

  /// The next response in order of (done_tick, port, reads first) that no later request can
  /// precede. After advance(T) that is every response with done_tick < T + min_response_ticks(), so
  /// a master learns of it before the PL edge at which it is seen. False: none now.
  bool pop_response(Response* response);

  /// A lower bound, later than the last promise unless a response is waiting to be popped, of the
  /// done_tick of all requests submitted and not popped; kNever when there are none. Popping them
  /// in time needs an advance(T) with next_event() - min_response_ticks() < T <= next_event().
  Tick next_event() const;

  /// No response is seen sooner after its decision than this; at least two PL cycles.
  Tick min_response_ticks() const;

  std::uint64_t in_flight() const;  ///< requests submitted and not popped
  DramCounters counters() const;
  const std::vector<BandwidthSample>& histogram() const;

  /// Appends every DRAM command to `log` (null: stop). Not owned; must outlive its use.
  void set_command_log(std::vector<CommandRecord>* log);

  /// For tests: look at every memory clock instead of skipping idle ones. Results must not change.
  void set_step_every_clock(bool on);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgemoe::sim
