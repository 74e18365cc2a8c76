// SPDX-License-Identifier: Apache-2.0
/// PortChannel: the read or the write side of one AXI port, from request to response.
///
/// Front:  requests wait in order and are split, one AXI burst at a time, when the controller takes
///         them (so that a huge request costs no memory). entry = when a burst reaches the
///         controller.
/// Back:   the controller reports each DRAM burst as served; responses leave in request order, one
///         beat (read) or one write response per PL cycle.
#pragma once

#include <cstdint>
#include <deque>

#include "sim/dram/address_map.hpp"
#include "sim/dram/memory.hpp"

namespace edgemoe::sim {

/// The DRAM bursts of an AXI burst that the controller has taken.
struct Grant {
  std::uint64_t sequence = 0;  ///< names the AXI burst within its channel
  std::uint64_t next = 0;      ///< DRAM burst number (address / burst bytes)
  std::uint64_t end = 0;       ///< exclusive
};

class PortChannel {
 public:
  PortChannel(const DramParameters& parameters, int port, bool write, Tick cycle);

  /// True if the request is the next to be taken, so that entry() is news.
  bool submit(const Request& request);
  bool write() const { return write_; }

  /// When the first AXI burst that was not taken reaches the controller; kNever: there is none.
  Tick entry() const { return entry_; }
  /// Takes that burst.
  Grant take();

  /// Bytes that AXI burst `sequence` wants of DRAM burst `burst`.
  std::uint64_t bytes_in(std::uint64_t sequence, std::uint64_t burst) const;

  /// The data of `burst` is complete on the DRAM side at `data_end`. Requests that end by this are
  /// handed to `emit(response)`.
  template <class Emit>
  void served(std::uint64_t sequence, std::uint64_t burst, Tick data_end, Emit&& emit) {
    note_served(sequence, burst, data_end);
    while (!taken_.empty() && taken_.front().unserved == 0) {
      const bool last = taken_.front().last;
      const Response response = complete_front();
      if (last) emit(response);
    }
  }

  std::uint64_t beats() const { return beats_; }  ///< of the AXI bursts taken

 private:
  struct AxiBurst {
    std::uint64_t id = 0;
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
    std::uint64_t beats = 0;
    bool last = false;           // of its request
    std::uint64_t unserved = 0;  // DRAM bursts
    Tick ready = 0;              // last beat, as far as the DRAM decides
  };

  Tick up_to_edge(Tick t) const { return (t + cycle_ - 1) / cycle_ * cycle_; }
  const AxiBurst& at(std::uint64_t sequence) const { return taken_[sequence - first_taken_]; }
  void split_head();
  void note_served(std::uint64_t sequence, std::uint64_t burst, Tick data_end);
  Response complete_front();

  AddressMap map_;
  int port_;
  bool write_;
  Tick cycle_;
  std::uint64_t width_;
  std::uint64_t max_bytes_;  // of an aligned AXI burst
  Tick request_latency_;
  Tick response_latency_;

  std::deque<Request> waiting_;
  std::uint64_t split_bytes_ = 0;  // of waiting_.front() in earlier bursts
  AxiBurst head_;                  // the next burst of waiting_.front()
  Tick entry_ = kNever;
  Tick next_address_edge_ = 0;
  Tick next_data_edge_ = 0;  // write data channel

  std::deque<AxiBurst> taken_;  // not answered
  std::uint64_t first_taken_ = 0;
  Tick next_response_edge_ = 0;  // first beat of the next response at the earliest
  std::uint64_t beats_ = 0;
};

}  // namespace edgemoe::sim
