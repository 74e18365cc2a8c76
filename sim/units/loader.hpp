// SPDX-License-Identifier: Apache-2.0
/// Loader: turns load commands into one in-order stream of 256-B row requests. RowCollector: tells
/// when rows are readable.
///
/// Models:   row i of the stream on port i mod P; at most one request a port and cycle; in order,
/// so a row that
///           lacks ring space or a port's credit holds back all later ones. Rows of one command
///           only in a cycle.
/// Abstracts away: the assemblers' fixed round-robin ring-write slots (kRingWrite covers them).
/// In, out:  DRAM ports; ring credits; routing (which listed experts to skip, which to add).
/// Timing:   a request needs the ring's credit and fewer than `outstanding` rows in flight on its
/// port. A row is
///           readable kRingWrite after the last beat of it and of all rows before it. A listed
///           expert is skipped (kSkip) when the routing is public as its first row is due and no
///           token chose it.
/// Stats:    busy: cycles with a request; "weight ring full", "parameter ring full", "dram" (port
/// credit).
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sim/units/unit.hpp"

namespace edgemoe::sim {

/// One requested row, for the collector.
struct RowRecord {
  static constexpr int kNoPort =
      -1;  ///< no row: ends its command when all rows before are readable
  int port = 0;
  std::uint64_t ticket = 0;
  WeightEntry* entry = nullptr;  ///< null: pixels, position table
  int command = 0;
  std::uint32_t groups = 0;  ///< groups of the command that are complete with this row
  bool entry_last = false;
  bool command_last = false;
};

class RowCollector : public Process {
 public:
  explicit RowCollector(Machine& machine);
  void expect(const RowRecord& row);

 protected:
  void run() override;

 private:
  void collect(const RowRecord& row);

  Machine& machine_;
  std::deque<RowRecord> rows_;
  Counter requested_;
  Cycle readable_ = 0;           // when the latest collected row is
  std::uint64_t collected_ = 0;  // rows so far
  Reason idle_;
  Reason in_flight_;
};

class Loader : public Unit {
 public:
  Loader(Machine& machine, RowCollector& collector);

 protected:
  void execute(const program::Command& command) override;

 private:
  void load_matrix(WeightEntry& entry, std::uint64_t address, bool last_of_command);
  void load_expert(const ExpertLoad& load, bool last);
  void prefetch(const MoeBlock& block);
  void load_rest(const MoeBlock& block);
  void load_chunks(const MoeBlock& block);
  void gather(const MoeBlock& block, const ExpertQueue& chunk);
  void fill();
  void load_pixels();
  void load_tokens();
  void request(std::uint64_t address, RowRing* ring, Reason full, RowRecord record);
  void flush();

  RowCollector& collector_;
  std::uint64_t next_row_ = 0;
  std::vector<Cycle> last_issue_;  // by place in load_ports
  bool issued_now_ = false;
  std::uint64_t rows_left_ = 0;
  Reason weight_full_;
  Reason parameter_full_;
  Reason dram_;
  Reason routing_;
  Reason skip_;
  Reason staging_;
  int fill_track_;
  Cycle sampled_ = 0;
};

}  // namespace edgemoe::sim
