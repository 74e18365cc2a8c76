// SPDX-License-Identifier: Apache-2.0
/// MemorySide: the DRAM model and the memory image behind the accelerator's AXI ports.
///
/// Cycle:   take(outputs of cycle c), then give(inputs of cycle c + 1): addresses on the wires in
///          cycle c reach the port in c, as in the cycle engine; the last beat of a read, and a
///          write response, are on the wires in the cycle before the one in which the model says
///          that the master has seen them. Read beats of a burst are contiguous.
/// Needs:   a memory model that knows a response 17 cycles ahead (its response latency).
/// Errors:  std::invalid_argument when it does not; std::out_of_range for an address beyond the
///          image (the accelerator would read or write what is not there).
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "rtl/harness/model_ports.hpp"
#include "sim/dram/memory.hpp"

namespace edgemoe::rtl {

class MemorySide {
 public:
  /// `load_ports`, `program_port`: ports of the memory model. The image must outlive the object.
  MemorySide(const sim::DramParameters& parameters, std::vector<int> load_ports, int program_port,
             std::vector<std::uint8_t>* image);

  /// Cycle 0, the doorbell, is the next cycle that is taken.
  void start();
  void take(std::uint64_t cycle, const ModelOutputs& outputs);
  void give(std::uint64_t cycle, ModelInputs* inputs);

  std::uint64_t in_flight() const { return memory_.in_flight(); }
  std::uint64_t read_bytes() const { return read_bytes_; }
  std::uint64_t write_bytes() const { return write_bytes_; }

 private:
  struct Burst {
    std::uint64_t address = 0;
    int beats = 0;
    std::uint64_t seen = 0;  ///< cycle; kUnknown until the model has said it
  };
  /// One direction of one port.
  struct Channel {
    int port = 0;
    bool write = false;
    std::deque<Burst> bursts;  ///< addresses taken, oldest first
    std::size_t answered = 0;  ///< of `bursts`, those whose time is known
    std::uint64_t data_address = 0;
    std::deque<Burst> data;    ///< writes whose data is not complete
  };
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

  void submit(Channel* channel, std::uint64_t cycle, const ReadAddress& address);
  void store(Channel* channel, const WriteBeat& beat);
  void collect(std::uint64_t cycle);
  void give_beat(Channel* channel, std::uint64_t cycle, ReadBeat* beat);
  std::size_t at(std::uint64_t address, std::uint64_t bytes) const;

  sim::Memory memory_;
  std::vector<std::uint8_t>& image_;
  sim::Tick ticks_per_cycle_;
  Channel program_;
  std::vector<Channel> loads_, stores_;
  std::uint64_t read_bytes_ = 0, write_bytes_ = 0;
};

}  // namespace edgemoe::rtl
