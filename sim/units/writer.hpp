// SPDX-License-Identifier: Apache-2.0
/// Writer: residual rows of every segment to DRAM, as one contiguous stream of 256-B rows.
///
/// Models:   row i on load port i mod P (write channels), `outstanding` rows in flight a port; a
/// row is assembled
///           from the residual buffer at kWriterBytes a cycle.
/// Timing:   a row starts when the group of its last byte is finished and its port has credit;
/// STORE ends with the
///           last write response. Read-to-write turnaround and the port's data beats are the memory
///           model's.
/// Tiled:    SPILL: the pieces of a tile's rows; K and V by blocks of 16 keys, for every head the
/// tiles
///           of K, then of V. STORE_EXPERTS: chunk by chunk as the array has computed it. FENCE:
///           only waits for responses.
/// Signals:  a group when its last row has been read from the residual: it may be overwritten.
/// Stats:    busy: assembling; "dram": port credit and the last responses; waits.
#pragma once

#include "sim/units/unit.hpp"

namespace edgemoe::sim {

class Writer : public Unit {
 public:
  explicit Writer(Machine& machine);

 protected:
  void execute(const program::Command& command) override;

 private:
  void store(const program::Command& command);
  void spill(const program::Command& command);
  void spill_keys(const program::Command& command);
  void store_experts(const program::Command& command);
  void write_row(std::uint64_t address, std::uint64_t bytes);

  std::uint64_t next_row_ = 0;
  Reason dram_;
  Reason experts_;
};

}  // namespace edgemoe::sim
