// SPDX-License-Identifier: Apache-2.0
/// MemorySide: the DRAM model and the memory image behind the accelerator's AXI ports.
///
/// Cycle:   take(inputs and outputs of cycle c), then give(inputs of cycle c + 1): addresses taken
///          in cycle c reach the port in c, as in the cycle engine; the last beat of a read, and a
///          write response, are on the wires in the cycle before the one in which the model says
///          that the master has seen them, a write response behind its last beat. Read beats of a
///          burst are contiguous.
/// Manners: what AXI allows a memory to do and the DRAM model does not: channels that are not
///          ready, gaps, late answers, answers with an error. Times are then the model's or later.
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

/// Asked once a cycle for each channel of a port (the program's port is the one after the last).
class MemoryManners {
 public:
  enum class Channel { kReadAddress, kReadData, kWriteAddress, kWriteData, kWriteAnswer };
  virtual ~MemoryManners() = default;
  virtual bool willing(Channel channel, int port) = 0;
  /// Of a burst: RRESP of its beats, BRESP.
  virtual std::uint8_t response(bool write, int port, std::uint64_t address) = 0;
};

class MemorySide {
 public:
  /// `load_ports`, `program_port`: ports of the memory model. The image must outlive the object.
  MemorySide(const sim::DramParameters& parameters, std::vector<int> load_ports, int program_port,
             std::vector<std::uint8_t>* image, MemoryManners* manners = nullptr);

  /// Cycle 0, the doorbell, is the next cycle that is taken.
  void start();
  void take(std::uint64_t cycle, const ModelInputs& inputs, const ModelOutputs& outputs);
  void give(std::uint64_t cycle, ModelInputs* inputs);

  std::uint64_t in_flight() const { return memory_.in_flight(); }
  std::uint64_t read_bytes() const { return read_bytes_; }
  std::uint64_t write_bytes() const { return write_bytes_; }

 private:
  struct Burst {
    std::uint64_t address = 0;
    int beats = 0;
    std::uint64_t seen = 0;  ///< cycle; kUnknown until the model has said it
    std::uint8_t response = 0;
    int given = 0;  ///< beats
  };
  /// One direction of one port.
  struct Channel {
    int port = 0;   ///< of the memory model
    int index = 0;  ///< as the accelerator counts them
    bool write = false;
    std::deque<Burst> bursts;  ///< addresses taken, oldest first
    std::size_t answered = 0;  ///< of `bursts`, those whose time is known
    std::deque<Burst> data;    ///< writes whose data is not complete
  };
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

  void submit(Channel* channel, std::uint64_t cycle, const ReadAddress& address);
  void store(Channel* channel, const WriteBeat& beat);
  void collect(std::uint64_t cycle);
  void give_beat(Channel* channel, std::uint64_t cycle, ReadBeat* beat);
  void give_answer(Channel* channel, std::uint64_t cycle, bool* written, std::uint8_t* response);
  void give_ready(ModelInputs* inputs);
  bool willing(MemoryManners::Channel channel, int index);
  std::size_t at(std::uint64_t address, std::uint64_t bytes) const;

  sim::Memory memory_;
  std::vector<std::uint8_t>& image_;
  MemoryManners* manners_;
  sim::Tick ticks_per_cycle_;
  Channel program_;
  std::vector<Channel> loads_, stores_;
  std::uint64_t read_bytes_ = 0, write_bytes_ = 0;
};

}  // namespace edgemoe::rtl
